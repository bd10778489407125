"""The payloads of the page on senders, posted as they stand there to a real service."""

import json
import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from features.contract.clock import now
from serving.http.routes.senders import Taken
from serving.http.state import ServiceState
from serving.intake.mapping import Sender, Take, read_mapping
from serving.record.database.database import Database
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import find_lead, parts_of
from serving.record.lifecycle.stages import stages_of
from serving.record.privacy.policy import Policy
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from tests.docs.markdown import ROOT, blocks, code, table
from tests.serving.server import running

PAGE = "docs/senders.md"
SENDERS = ("hubspot", "salesforce", "odoo", "pipedrive", "mautic")

KNOWN: dict[str, tuple[str, dict[str, Any], list[str], str | None]] = {
    "hubspot": (
        "hubspot-1246965",
        {"employees": 240.0, "employees_band": "50-249", "free_mailer": False}, ["form"], "MQL",
    ),
    "salesforce": (
        "00Q5g00000ABCdeEAH",
        {"role": "CEO", "industry": "Manufacturing", "employees": 240, "employees_band": "50-249",
         "channel": "trade_fair",
         "free_mailer": False, "phone_country": "DE"},
        [],
        "SAL",
    ),
    "odoo": (
        "odoo-77", {"role": "Einkauf", "channel": "trade_fair", "free_mailer": False}, [], "SAL",
    ),
    "pipedrive": ("pipedrive-501", {"role": "CEO", "free_mailer": False}, [], "SAL"),
    "mautic": ("mautic-42", {"role": "CEO", "free_mailer": False}, ["form"], None),
}  # fmt: skip
"""By sender: the lead, its profile, its events and its stage, as the page says."""


@pytest.fixture
def state(record_url: str) -> Iterator[ServiceState]:
    state = ServiceState()
    state.mapping = read_mapping(ROOT / "docs" / "mapping.toml")
    state.record = StoredScores(Database(record_url), Policy())
    state.ready(Scoring(read_rules(), "no_model", Conditions(deadline=math.inf)))
    yield state
    state.record.close()


@pytest.fixture
def client(state: ServiceState) -> Iterator[httpx.Client]:
    with running(state) as client:
        yield client


@pytest.mark.parametrize("sender", SENDERS)
def test_payloads_are_taken_as_they_come(
    sender: str, state: ServiceState, client: httpx.Client
) -> None:
    payloads = [block.text for block in blocks(PAGE) if block.labels == (sender,)]
    lead_id, profile, events, stage = KNOWN[sender]
    for _ in range(2):
        for payload in payloads:
            answer = client.post(f"/v1/senders/{sender}", content=payload).raise_for_status().json()
            sent = json.loads(payload)
            records = len(sent) if isinstance(sent, list) else 1
            assert answer == {"taken": records, "ignored": 0, "refused": []}
    at = now()
    with state.kept().database.reading() as connection:
        lead = find_lead(connection, lead_id)
        assert lead is not None
        parts = parts_of(connection, [lead.number])
        [case] = stored_cases(connection, [lead], parts, at, None)
        told = stages_of(connection, parts).get(lead.number, [])
        assert [entry.stage for entry in told][-1:] == [stage] * (stage is not None)
    assert dict(case.lead.profile) == profile
    assert [event.event_type for event in case.events] == events
    assert case.lead.created_at.isoformat() == "2026-06-10T08:15:00+00:00"
    if sender in ("hubspot", "pipedrive"):
        assert client.get(f"/v1/leads/{lead_id}/score").status_code == 409
        consent = {"consents": [{"purpose": "profiling", "source": "test"}]}
        client.patch(f"/v1/leads/{lead_id}", json=consent).raise_for_status()
    answer = client.get(f"/v1/leads/{lead_id}/score").raise_for_status().json()
    assert 0 < answer["probability"] < 1


def test_the_answer_of_the_page_is_that_of_the_service() -> None:
    [shown] = [json.loads(block.text) for block in blocks(PAGE) if block.labels[:1] == ("Taken",)]
    assert Taken.model_validate(shown).model_dump() == shown
    rows = [code(row["field"]) for row in table(PAGE, "The answer")]
    assert sorted(rows) == sorted(Taken.model_fields)


def test_every_key_of_a_mapping_is_documented() -> None:
    rows = table(PAGE, "A mapping of your own")
    keys = {"key of a sender": Sender.model_fields, "key of a kind": Take.model_fields}
    for title, existing in keys.items():
        documented = [code(row[title]) for row in rows if title in row]
        assert sorted(documented) == sorted(existing)
