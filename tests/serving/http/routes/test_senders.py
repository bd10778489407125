"""Payloads of other systems over HTTP: what is wrong in one record, and what is sent again."""

import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from features.contract.document import DocumentError
from serving.http.state import ServiceState
from serving.intake.mapping import Mapping, read_mapping
from serving.record.schema import event, lead, profile_value, stage_change
from tests.serving.problems import problem_of

MAPPING = """
[senders.crm]
prefix = "crm-"
moments = "epoch_ms"
numbers = ["employees"]
empty = ["", false]
stages = {won = "SQL"}
[[senders.crm.take]]
lead_id = "id"
occurred_at = "at"
created_at = "created"
account_id = "company"
contact = {email = "mail", phone = "phone"}
profile = {role = "role", employees = "employees"}
consents = {profiling = "agreed"}
stage = "stage"
[[senders.crm.take]]
when = {kind = ["visit", 0]}
lead_id = "id"
event_type = "visit"
value = "value"
item = "page"
[senders.web]
moments = "epoch_ms"
[[senders.web.take]]
records = ["clicks.all", "list"]
contact = {email = "mail"}
occurred_at = "at"
event_type = "click"
"""

AT = 1_781_079_300_000


@pytest.fixture
def state(state: ServiceState) -> ServiceState:
    state.mapping = Mapping.model_validate(tomllib.loads(MAPPING))
    return state


def send(client: httpx.Client, body: object) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/v1/senders/crm", json=body).raise_for_status().json()
    return found


def counts(state: ServiceState) -> list[int]:
    with state.kept().database.reading() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (lead, event, profile_value, stage_change)
        ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": True}, "lead_id"),
        ({"id": 1.5}, "lead_id"),
        ({"id": ["7"]}, "lead_id"),
        ({"id": None}, "lead_id"),
        ({"id": "x" * 10_000}, "lead_id"),
        ({"id": "\0"}, "lead_id"),
        ({"at": "2026-06-10"}, "occurred_at"),
        ({"at": True}, "occurred_at"),
        ({"at": 10**30}, "occurred_at"),
        ({"at": 253_370_764_800_000}, "occurred_at"),
        ({"created": {}}, "created_at"),
        ({"company": []}, "account_id"),
        ({"mail": "nobody"}, "contact.email"),
        ({"mail": ["a@example.com"]}, "contact.email"),
        ({"phone": 12}, "contact.phone"),
        ({"role": {"a": 1}}, "profile.role"),
        ({"role": "jana@example.com"}, "profile.role"),
        ({"employees": "nan"}, "profile.employees"),
    ],
)
def test_a_wrong_record_is_refused_and_the_others_are_kept(
    wrong: dict[str, Any], field: str, state: ServiceState, client: httpx.Client
) -> None:
    bad = {"id": 6, "at": AT, "role": "CEO"} | wrong
    answer = send(client, [{"id": 7, "at": AT, "role": "CEO"}, bad, {"id": 8, "role": "CTO"}, 5])
    assert (answer["taken"], answer["ignored"]) == (2, 1)
    [refused] = answer["refused"]
    assert refused["index"] == 1
    assert refused["error"]["field"].startswith(field)
    assert "jana" not in refused["error"]["message"]
    assert counts(state) == [2, 0, 2, 0]


def test_what_is_sent_again_changes_nothing(state: ServiceState, client: httpx.Client) -> None:
    lead = {"id": 7, "at": AT, "mail": "Jana@Example.com", "employees": "120", "stage": "won"}
    visit = {"id": 7, "kind": "visit", "page": "/prices", "value": "3"}
    clicks = {"clicks.all": {"list": [{"mail": "jana@example.com", "at": AT + 1}]}}
    for _ in range(3):
        assert send(client, [lead, visit])["refused"] == []
        answer = client.post("/v1/senders/web", json=clicks).raise_for_status().json()
        assert answer == {"taken": 1, "ignored": 0, "refused": []}
    assert send(client, lead | {"at": AT + 5})["taken"] == 1
    # The headcount is kept with its band.
    assert counts(state) == [1, 2, 3, 1]


def test_what_is_empty_is_taken_back_and_false_is_not_zero(
    state: ServiceState, client: httpx.Client
) -> None:
    send(client, {"id": 7, "at": AT, "employees": 12, "role": "CEO"})
    send(client, {"id": 7, "at": AT + 1, "employees": 0, "role": False})
    client.patch("/v1/leads/crm-7", json={"consents": [{"purpose": "profiling", "source": "t"}]})
    tables = client.get("/v1/leads/crm-7/export").json()["tables"]["profile_value"]
    newest = {row["field"]: row["value"] for row in sorted(tables, key=lambda row: row["occurred"])}
    assert newest == {"employees": 0, "employees_band": "1-9", "role": None}


def test_consent_is_given_and_withdrawn(client: httpx.Client) -> None:
    for agreed, status in ((True, 200), ("perhaps", 200), (False, 409)):
        send(client, {"id": 7, "at": AT, "role": "CEO", "agreed": agreed})
        assert client.get("/v1/leads/crm-7/score").status_code == status


def test_a_consent_withdrawn_elsewhere_is_not_given_anew_by_another_change(
    client: httpx.Client,
) -> None:
    send(client, {"id": 7, "at": AT, "agreed": True})
    withdrawn = {"purpose": "profiling", "source": "form", "given": False}
    withdrawn["at"] = "2026-06-11T00:00:00Z"
    client.patch("/v1/leads/crm-7", json={"consents": [withdrawn]}).raise_for_status()
    for days, agreed, status in ((3, True, 409), (4, False, 409), (5, True, 200)):
        send(client, {"id": 7, "at": AT + days * 86_400_000, "agreed": agreed})
        assert client.get("/v1/leads/crm-7/score").status_code == status


def test_who_is_not_known_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/senders/nobody", json={})
    assert problem_of(answer) == (404, "unknown_sender", None)
    for body in ("", "{", "[" * 100_000, "\xff", "NaN"):
        answer = client.post("/v1/senders/crm", content=body.encode("latin-1"))
        assert problem_of(answer) == (400, "invalid_json", None)
    answer = client.post("/v1/senders/crm", json=[{"id": 1}] * 1_001)
    assert answer.status_code == 422


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["id", "at", "created", "company", "mail", "phone", "role", "employees",
                         "agreed", "stage", "kind", "value", "page", "clicks.all", "list"]),
        inner, max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@given(body=ANYTHING)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_body_is_a_defect(body: object, client: httpx.Client) -> None:
    assert client.post("/v1/senders/crm", json=body).status_code in (200, 400, 422)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[senders.crm]", "key 'senders.crm.take' is missing"),
        ("[senders.crm]\nzone = 'Mars'\n[[senders.crm.take]]", "senders.crm.zone"),
        ("[[senders.crm.take]]\nlead = 'id'", "did you mean 'lead_id'?"),
        ("[[senders.crm.take]]\nlead_id = ''", "senders.crm.take.0.lead_id"),
        ("[[senders.crm.take]]\ncontact = {fax = 'x'}", "senders.crm.take.0.contact.fax"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=r"mapping\.toml") as raised:
        read_mapping(path)
    assert said in str(raised.value)
