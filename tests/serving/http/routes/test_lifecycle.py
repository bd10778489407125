"""Leads moved along the agreement, and evidence of BANT, over HTTP; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.record.schema import bant_report, outbox, stage_change
from serving.work.rescoring import rescore_due
from tests.serving.problems import problem_of

HOT = [{"lead_id": "L", "event_type": kind} for kind in ("demo_request", "price_page", "webinar")]
CONSENT = {"purpose": "profiling", "source": "form"}
WHOLE = {
    "budget": {"at_least": 20_000, "currency": "EUR"},
    "authority": {"part": "decides"},
    "need": {"code": "replace_legacy"},
    "timeline": {"day": (datetime.now(UTC) + timedelta(days=90)).date().isoformat()},
    "source": "call",
    "confidence": 0.9,
}


def put(client: httpx.Client, lead_id: str = "L", **told: object) -> None:
    lead = {"consents": [CONSENT], "contact": {"email": f"{lead_id}@example.com"}, **told}
    client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()


def heat(client: httpx.Client, state: ServiceState) -> None:
    """Let a lead become MQL by what it is and does."""
    put(client, profile={"role": "CEO", "employees": 240, "industry": "Maschinenbau"})
    client.post("/v1/events", json={"events": HOT}).raise_for_status()
    rescore_due(state.kept(), state.loaded(), now())


def stands(client: httpx.Client, lead_id: str = "L", **query: str) -> dict[str, Any]:
    answer = client.get(f"/v1/leads/{lead_id}/lifecycle", params=query)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def move(client: httpx.Client, to: object, expected: object, **more: object) -> httpx.Response:
    body = {"to": to, "expected": expected, "role": "sales", "by": "u-17", **more}
    return client.post("/v1/leads/L/transitions", json=body)


def tell(client: httpx.Client, stage: str, **more: object) -> dict[str, int]:
    answer = client.post("/v1/stages", json={"stages": [{"lead_id": "L", "stage": stage, **more}]})
    kept: dict[str, int] = answer.raise_for_status().json()
    return kept


def path(client: httpx.Client) -> list[tuple[str | None, str, str]]:
    moves = stands(client)["history"]
    return [(one["from_stage"], one["to_stage"], one["cause"]) for one in moves]


def test_a_lead_goes_from_nothing_to_a_customer(client: httpx.Client, state: ServiceState) -> None:
    put(client)
    assert (stands(client)["stage"], stands(client)["view"]) == ("lead", "cold")
    heat(client, state)
    here = stands(client)
    assert (here["stage"], here["view"], here["next_stage"]) == ("MQL", "warm", "SAL")
    assert here["history"][1]["grade"] in ("A", "B")
    assert here["history"][1]["agreement"] == state.kept().lifecycle.name
    assert move(client, "SAL", "MQL").json()["to_stage"] == "SAL"
    lacks = stands(client, language="de")
    [way] = [way for way in lacks["ways"] if way["to_stage"] == "SQL"]
    [check] = way["needs"]
    assert (way["open"], check["value"], check["wanted"]) == (False, 0, 4)
    assert check["text"] == "BANT zu 0 von 4 Teilen geklärt, nötig 4"
    assert problem_of(move(client, "SQL", "SAL")) == (409, "criteria_unmet", None)
    answer = client.post("/v1/leads/L/bant", json=WHOLE).raise_for_status().json()
    assert (answer["established"], answer["missing"]) == (4, "BANT is complete.")
    move(client, "SQL", "SAL").raise_for_status()
    move(client, "customer", "SQL").raise_for_status()
    assert path(client) == [
        ("lead", "MAL", "rule"), ("MAL", "MQL", "rule"), ("MQL", "SAL", "person"),
        ("SAL", "SQL", "person"), ("SQL", "customer", "person"),
    ]  # fmt: skip
    assert stands(client)["ways"] == []
    [listed] = client.get("/v1/leads", params={"sort": "changed"}).json()["leads"]
    assert listed["stage"] == "customer"
    moved = [
        (entry["actor"], entry["detail"])
        for entry in client.get("/v1/leads/L/audit").json()["entries"]
        if entry["action"] == "moved"
    ]
    assert moved[:3] == [
        ("rule", "lead -> MAL, as rule"), ("rule", "MAL -> MQL, as rule"),
        ("u-17", "MQL -> SAL, as sales"),
    ]  # fmt: skip
    with state.kept().database.reading() as connection:
        told = select(outbox.c.payload).where(outbox.c.type == "stage.changed")
        messages = connection.execute(told.order_by(outbox.c.number)).scalars().all()
    assert [(m["data"]["old"], m["data"]["new"], m["data"]["cause"]) for m in messages] == path(
        client
    )
    assert messages[2]["data"]["by"] == "u-17"


def test_rules_decide_once(client: httpx.Client, state: ServiceState) -> None:
    heat(client, state)
    before = path(client)
    client.post("/v1/events", json={"events": HOT[:1]}).raise_for_status()
    assert rescore_due(state.kept(), state.loaded(), now()) == 1
    assert path(client) == before


def test_of_two_who_move_a_lead_the_second_is_told_of_the_first(
    client: httpx.Client, state: ServiceState
) -> None:
    heat(client, state)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: move(client, "SAL", "MQL", by=f"u-{n}"), range(8)))
    won = [number for number, answer in enumerate(answers) if answer.status_code == 200]
    assert len(won) == 1
    for number, answer in enumerate(answers):
        if number not in won:
            assert problem_of(answer) == (409, "moved_meanwhile", None)
            assert f"u-{won[0]} (sales) moved the lead to SAL at 20" in answer.json()["detail"]
    assert [to for _, to, _ in path(client)].count("SAL") == 1


def test_what_the_agreement_does_not_allow_is_refused(
    client: httpx.Client, state: ServiceState
) -> None:
    heat(client, state)
    with state.kept().database.reading() as connection:
        before = connection.execute(select(stage_change)).all()
    for body, expected in (
        ({"to": "SQL"}, (409, "no_such_way", None)),
        ({"to": "SAL", "role": "marketing"}, (409, "no_such_way", None)),
        ({"to": "recycled"}, (422, "invalid_request", "reason")),
        ({"to": "recycled", "reason": "spam"}, (422, "invalid_request", "reason")),
        ({"to": "recycled", "reason": "Ruft nie zurück"}, (422, "invalid_request", "reason")),
        ({"to": "SAL", "role": "rule"}, (422, "invalid_request", "role")),
        ({"to": "hot"}, (422, "invalid_request", "to")),
        ({"to": "SAL", "by": "k@example.com"}, (422, "invalid_request", "by")),
        ({"to": "SAL", "note": "\0"}, (422, "invalid_request", "note")),
        ({"to": "SAL", "note": "x" * 2_001}, (422, "invalid_request", "note")),
        ({"to": "SAL", "expected": None}, (422, "invalid_request", "expected")),
        ({"to": "SAL", "force": True}, (422, "invalid_request", "force")),
    ):
        to, thought = body.pop("to"), body.pop("expected", "MQL")
        assert problem_of(move(client, to, thought, **body)) == expected, (to, body)
    nobody = client.post("/v1/leads/x/transitions", json={"to": "SAL", "expected": "MQL",
                                                          "role": "sales"})  # fmt: skip
    assert problem_of(nobody) == (404, "unknown_lead", None)
    with state.kept().database.reading() as connection:
        assert connection.execute(select(stage_change)).all() == before


def test_without_a_basis_for_profiling_nothing_is_asked_and_the_lead_is_put_aside(
    client: httpx.Client, state: ServiceState
) -> None:
    put(client, consents=[])
    rescore_due(state.kept(), state.loaded(), now())
    here = stands(client)
    assert here["stage"] == "lead" and here["history"] == []
    assert here["not_scored"].startswith("no basis for profiling")
    refused = move(client, "MQL", "lead", role="marketing")
    assert problem_of(refused) == (409, "not_scored", None)
    move(client, "disqualified", "lead", reason="no_consent").raise_for_status()
    assert client.delete("/v1/leads/L").json() == {"leads": 1}
    for answer in (
        client.get("/v1/leads/L/lifecycle"), client.get("/v1/leads/L/bant"),
        client.post("/v1/leads/L/bant", json=WHOLE), move(client, "recycled", "disqualified"),
    ):  # fmt: skip
        assert problem_of(answer) == (404, "unknown_lead", None)


def test_a_visitor_is_moved_by_nobody(client: httpx.Client) -> None:
    client.post("/v1/events", json={"events": HOT}).raise_for_status()
    here = stands(client)
    assert (here["stage"], here["view"], here["ways"]) == ("visitor", "cold", [])
    assert problem_of(move(client, "MQL", "visitor")) == (409, "no_such_way", None)


def test_a_crm_is_believed_and_what_the_agreement_would_not_allow_is_marked(
    client: httpx.Client, state: ServiceState
) -> None:
    heat(client, state)
    assert tell(client, "SQL") == {"stored": 1, "known": 0}
    newest = stands(client)["history"][-1]
    assert (newest["from_stage"], newest["to_stage"], newest["cause"]) == ("MQL", "SQL", "crm")
    assert newest["allowed"] is False
    assert tell(client, " Won ") == {"stored": 1, "known": 0}
    here = stands(client)
    assert (here["stage"], here["history"][-1]["allowed"]) == ("customer", True)
    # What is no stage of the agreement is kept, and no rule guesses what it means.
    tell(client, "Opportunity")
    assert stands(client)["stage"] is None
    assert problem_of(move(client, "SAL", "customer")) == (409, "moved_meanwhile", None)
    rescore_due(state.kept(), state.loaded(), now())
    assert stands(client)["stage"] is None


def test_a_crm_that_repeats_what_it_said_moves_nothing_back(
    client: httpx.Client, state: ServiceState
) -> None:
    put(client)
    assert tell(client, "MAL") == {"stored": 1, "known": 0}
    heat(client, state)
    assert stands(client)["stage"] == "MQL"
    assert tell(client, "MAL") == {"stored": 0, "known": 1}
    assert stands(client)["stage"] == "MQL"
    # It confirms what was decided here, and later moves the lead back; a rule does not fight that.
    assert tell(client, "MQL") == {"stored": 1, "known": 0}
    assert tell(client, "MAL") == {"stored": 1, "known": 0}
    client.post("/v1/events", json={"events": HOT}).raise_for_status()
    rescore_due(state.kept(), state.loaded(), now())
    assert path(client) == [
        ("lead", "MAL", "crm"), ("MAL", "MQL", "rule"), ("MQL", "MAL", "crm"),
    ]  # fmt: skip


def test_a_stage_of_the_past_is_put_where_it_belongs(
    client: httpx.Client, state: ServiceState
) -> None:
    put(client, created_at="2026-01-01T00:00:00Z")
    tell(client, "SQL", at="2026-03-01T00:00:00Z")
    assert tell(client, "MAL", at="2026-02-01T00:00:00Z") == {"stored": 1, "known": 0}
    assert tell(client, "MAL", at="2026-02-01T00:00:00Z") == {"stored": 0, "known": 1}
    here = stands(client)
    assert (here["stage"], here["since"]) == ("SQL", "2026-03-01T00:00:00Z")
    assert [one["to_stage"] for one in here["history"]] == ["MAL", "SQL"]
    with state.kept().database.reading() as connection:
        told = connection.execute(select(outbox.c.payload)).scalars().all()
    # Only what it is now is told.
    assert [one["data"]["new"] for one in told] == ["SQL"]


def test_evidence_stays_with_whom_it_was_told_of_and_counts_for_the_person(
    client: httpx.Client,
) -> None:
    put(client)
    put(client, "M")
    client.post("/v1/leads/M/bant", json=WHOLE).raise_for_status()
    made = client.post("/v1/merges", json={"kept": "L", "joined": "M"}).raise_for_status().json()
    assert client.get("/v1/leads/L/bant").json()["complete"]
    client.delete(f"/v1/merges/{made['merge_id']}").raise_for_status()
    assert client.get("/v1/leads/L/bant").json()["established"] == 0
    assert client.get("/v1/leads/M/bant").json()["established"] == 4


def test_a_note_is_held_and_forgotten_with_the_lead(
    client: httpx.Client, state: ServiceState
) -> None:
    put(client)
    note = "Frau Sommer, <script>alert(1)</script>, ruft Montag an"
    told = {**WHOLE, "note": note, "at": "2026-01-01T00:00:00Z"}
    for _ in range(2):
        client.post("/v1/leads/L/bant", json=told).raise_for_status()
    [held] = client.get("/v1/leads/L/export").json()["tables"]["bant_report"]
    assert held["note"] == note
    entries = client.get("/v1/leads/L/audit").json()["entries"]
    assert [e["detail"] for e in entries if (e["detail"] or "").startswith("bant")] == [
        "bant: budget, authority, need, timeline"
    ]
    client.delete("/v1/leads/L").raise_for_status()
    with state.kept().database.reading() as connection:
        assert connection.execute(select(bant_report)).all() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"budget": {"at_least": 1, "currency": "XXXX"}}, "budget.currency"),
        ({"budget": {"at_least": 2, "at_most": 1, "currency": "EUR"}}, "budget"),
        ({"budget": "viel"}, "budget"),
        ({"authority": {"part": "boss"}}, "authority.part"),
        ({"need": {"code": "Karla will das"}}, "need.code"),
        ({"timeline": {"quarter": "2026-Q9"}}, "timeline.quarter"),
        ({"timeline": {"day": "2026-02-30"}}, "timeline.day"),
        ({"source": "rumour"}, "source"),
        ({"confidence": 0}, "confidence"),
        ({"confidence": "1"}, "confidence"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"by": "k@example.com"}, "by"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_evidence_in_another_form_is_refused(
    changes: dict[str, object], field: str, client: httpx.Client
) -> None:
    put(client)
    answer = client.post("/v1/leads/L/bant", json={**WHOLE, **changes})
    assert problem_of(answer) == (422, "invalid_request", field)
    only = client.post("/v1/leads/L/bant", json={"source": "call", "confidence": 1})
    assert problem_of(only) == (422, "invalid_request", None)
    assert client.get("/v1/leads/L/bant").json()["established"] == 0


def test_no_id_ends_in_a_path_of_leads(client: httpx.Client) -> None:
    for ending, allowed in (("lifecycle", "GET"), ("transitions", "POST"), ("bant", "GET, POST")):
        answer = client.put(f"/v1/leads/L/{ending}", json={})
        assert problem_of(answer) == (405, "method_not_allowed", None)
        assert answer.headers["allow"] == allowed


def test_the_agreement_in_force_is_told(client: httpx.Client, state: ServiceState) -> None:
    told = client.get("/v1/lifecycle").raise_for_status().json()
    lifecycle = state.kept().lifecycle
    assert (told["version"], told["fingerprint"]) == (lifecycle.version, lifecycle.fingerprint)
    assert len(told["transitions"]) == len(lifecycle.transitions)
    [aged] = [
        way for way in told["transitions"] if way["needs"]["in_stage_at_least"] == "30d"
    ]  # fmt: skip
    assert (aged["from_stages"], aged["to_stage"], aged["by"]) == (["recycled"], "MQL", ["rule"])
