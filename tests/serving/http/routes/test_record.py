"""What senders tell the service, and what it answers by lead id, over HTTP; on both databases."""

import math
import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import select

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.record.schema import metadata
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import rescore_due
from tests.serving.problems import problem_of
from tests.serving.server import running
from tests.tiny import tiny_training

START = datetime(2026, 3, 1, tzinfo=UTC)
CONSENT = [{"purpose": "profiling", "source": "test", "at": START.isoformat()}]


@pytest.fixture(scope="module")
def scoring(tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    model = tiny_training().load(tmp_path_factory.mktemp("model"))
    scoring = Scoring(read_rules(), model, Conditions(deadline=math.inf))
    scoring.warm()
    return scoring


@pytest.fixture
def state(state: ServiceState, scoring: Scoring) -> ServiceState:
    state.ready(scoring)
    return state


def put(client: httpx.Client, lead_id: str, **told: object) -> None:
    lead = {"created_at": START.isoformat(), "consents": CONSENT, **told}
    client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()


def post(client: httpx.Client, *events: dict[str, Any]) -> dict[str, int]:
    answer = client.post("/v1/events", json={"events": [*events]})
    found: dict[str, int] = answer.raise_for_status().json()
    return found


def test_consents_and_stages_told_again_without_a_moment_are_no_news(client: httpx.Client) -> None:
    consent = {"purpose": "profiling", "source": "form"}
    told = [client.put("/v1/leads/L", json={"consents": [consent]}).json() for _ in range(2)]
    assert told[0] == told[1]
    gone = {**consent, "given": False}
    for one in (gone, gone, consent):
        client.patch("/v1/leads/L", json={"consents": [one]}).raise_for_status()
    held = client.get("/v1/leads/L/export").json()["tables"]["consent"]
    assert [row["given"] for row in held] == [True, False, True]
    stages = ["MQL", "MQL", "SQL", "MQL"]
    kept = [
        client.post("/v1/stages", json={"stages": [{"lead_id": "L", "stage": stage}]}).json()
        for stage in stages
    ]
    assert [one["stored"] for one in kept] == [1, 0, 1, 1]


@pytest.mark.parametrize("lead_id", ["a\nb", "a\n", "a\r\nb/score"])
def test_a_lead_whose_id_has_several_lines_can_be_asked_for_and_erased(
    lead_id: str, client: httpx.Client
) -> None:
    path = f"/v1/leads/{quote(lead_id, safe='')}"
    assert post(client, {"lead_id": lead_id, "event_type": "click"}) == {"stored": 1, "known": 0}
    assert client.get(f"{path}/export").json()["lead_id"] == lead_id
    assert client.delete(path).json() == {"leads": 1}
    assert client.get(f"{path}/export").status_code == 404


def test_an_id_that_is_not_in_utf_8_is_refused(client: httpx.Client) -> None:
    for lead_id in ("M%FCller", "M%F6ller"):
        answer = client.put(f"/v1/leads/{lead_id}", json={})
        assert problem_of(answer) == (422, "invalid_request", "lead_id")
    assert client.get("/v1/leads").json()["leads"] == []


def test_a_stored_lead_gets_the_answer_of_a_request_with_its_history(client: httpx.Client) -> None:
    drawn = random.Random(5)
    profiles = [
        {"industry": drawn.choice(["it", "trade", "steel"]), "employees": drawn.randint(1, 500)}
        for _ in range(12)
    ]
    kinds = ["demo_request", "page_view", "webinar"]
    events: list[list[dict[str, Any]]] = [
        [
            {
                "event_type": drawn.choice(kinds),
                "occurred_at": (START + timedelta(hours=drawn.uniform(0, 900))).isoformat(),
                "value": drawn.choice([None, 1.5, -0.0, 7.25]),
                "item": drawn.choice([None, "a", "b"]),
                "event_id": drawn.choice([None, str(drawn.randint(0, 9))]),
            }
            for _ in range(drawn.randint(0, 25))
        ]
        for _ in profiles
    ]
    for event in (event for sent in events for event in sent):
        event["recorded_at"] = event["occurred_at"]
    accounts = [drawn.choice(["a", "b", None]) for _ in profiles]
    for number, profile in enumerate(profiles):
        put(client, f"L{number}", account_id=accounts[number], profile=profile)
        if events[number]:
            post(client, *({"lead_id": f"L{number}", **event} for event in events[number]))
    as_of = datetime.now(UTC).isoformat()
    ids = [f"L{number}" for number in range(len(profiles))]
    body = {"lead_ids": ids, "as_of": as_of, "language": "de"}
    stored = client.post("/v1/leads/score", json=body).raise_for_status().json()["results"]
    for number, profile in enumerate(profiles):
        others = [
            event
            for other, sent in enumerate(events)
            if other != number and accounts[other] == accounts[number]
            for event in sent
        ]
        alone = client.post(
            "/v1/score",
            json={
                "lead": {
                    "lead_id": f"L{number}", "created_at": START.isoformat(),
                    "account_id": accounts[number], "profile": profile,
                },
                "events": events[number],
                "account_events": None if accounts[number] is None else others,
                "as_of": as_of,
                "language": "de",
            },
        ).raise_for_status().json()  # fmt: skip
        # Copies are dropped when they come in, not when they are scored.
        alone["events_ignored"] = stored[number]["answer"]["events_ignored"] = 0
        assert stored[number]["answer"] == alone


def test_a_past_moment_is_scored_by_what_was_known_then(client: httpx.Client) -> None:
    put(client, "L", profile={"employees": 3})
    early = client.get("/v1/leads/L/score").raise_for_status().json()
    post(client, {"lead_id": "L", "event_type": "demo_request"})
    put(client, "L", profile={"employees": 400})
    late = client.get("/v1/leads/L/score").raise_for_status().json()
    then = client.get("/v1/leads/L/score", params={"as_of": early["as_of"]}).json()
    assert then == early
    assert late["probability"] != early["probability"]
    before = (START - timedelta(days=1)).isoformat()
    assert problem_of(client.get("/v1/leads/L/score", params={"as_of": before})) == (
        404, "unknown_lead", None,
    )  # fmt: skip


def test_a_lead_is_scored_only_on_a_basis(client: httpx.Client) -> None:
    put(client, "L", consents=[])
    refused = (409, "not_scored", None)
    assert problem_of(client.get("/v1/leads/L/score")) == refused
    given = {"purpose": "profiling", "source": "form"}
    for consent, status in (
        ({**given, "basis": "legitimate_interest"}, 409),
        ({**given, "purpose": "newsletter"}, 409),
        (given, 200),
        ({**given, "given": False}, 409),
    ):
        client.patch("/v1/leads/L", json={"consents": [consent]}).raise_for_status()
        assert client.get("/v1/leads/L/score").status_code == status
    post(client, {"anonymous_id": "cookie", "event_type": "page_view"})
    visitors = client.get("/v1/leads", params={"sort": "changed"}).json()["leads"]
    [visitor] = [lead["lead_id"] for lead in visitors if lead["kind"] == "visitor"]
    assert "cookie" not in visitor
    assert problem_of(client.get(f"/v1/leads/{visitor}/score")) == refused


def test_scores_that_were_given_are_kept(client: httpx.Client, state: ServiceState) -> None:
    put(client, "L")
    client.get("/v1/leads/L/score").raise_for_status()
    client.get("/v1/leads/L/score", params={"as_of": "2026-03-02T00:00:00Z"})
    state.kept().ledger.flush()
    with state.kept().database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT log_odds, contributions FROM score_given").all()
    assert len(rows) == 1
    # Its first grade is to be told, so it is shown once the work in the background has seen it.
    assert client.get("/v1/leads").json()["leads"] == []
    rescore_due(state.kept(), state.loaded(), now())
    answer = client.get("/v1/leads/L/score").json()
    state.kept().ledger.flush()
    [listed] = client.get("/v1/leads").json()["leads"]
    assert listed["probability"] == answer["probability"]
    assert (listed["grade"], listed["scored_at"]) == (answer["grade"], answer["as_of"])


@pytest.mark.parametrize("name", ["owner", "limit", "min_grade"])
def test_a_parameter_of_one_value_is_refused_twice(client: httpx.Client, name: str) -> None:
    answer = client.get("/v1/leads", params=[(name, "A"), (name, "B")])
    assert problem_of(answer) == (422, "invalid_request", name)


def test_lists_are_read_page_by_page(client: httpx.Client, state: ServiceState) -> None:
    for number in range(7):
        put(client, f"L{number}", account_id="a" if number % 2 else "b")
    rescore_due(state.kept(), state.loaded(), now())
    stages = [{"lead_id": "L3", "stage": "MQL"}, {"lead_id": "L4", "stage": "MAL"}]
    client.post("/v1/stages", json={"stages": stages}).raise_for_status()
    client.post("/v1/stages", json={"stages": [{"lead_id": "L4", "stage": "MQL"}]})
    for sort in ("probability", "changed"):
        assert sorted(listed(client, sort=sort, limit=2)) == [f"L{n}" for n in range(7)]
    assert listed(client, sort="changed")[0] == "L6"
    assert sorted(listed(client, account="a")) == ["L1", "L3", "L5"]
    assert sorted(listed(client, stage="MQL")) == ["L3", "L4"]
    assert listed(client, min_grade="A") == []
    whole = client.get("/v1/leads", params={"sort": "changed"}).json()["leads"]
    since = whole[2]["changed_at"]
    assert len(listed(client, sort="changed", changed_since=since)) == 3


def listed(client: httpx.Client, **query: str | int) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str | int] = {}
    while True:
        page = client.get("/v1/leads", params=query | cursor).raise_for_status().json()
        found += [lead["lead_id"] for lead in page["leads"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_a_change_of_score_is_explained_in_parts_that_add_up(
    client: httpx.Client, state: ServiceState
) -> None:
    put(client, "L", account_id="firm", profile={"employees": 3})
    put(client, "colleague", account_id="firm")
    begin = client.get("/v1/leads/L/score").json()
    post(client, {"lead_id": "L", "event_type": "demo_request"})
    post(client, {"lead_id": "colleague", "event_type": "demo_request"})
    put(client, "L", account_id="firm", profile={"employees": 400})
    end = client.get("/v1/leads/L/score").json()
    state.kept().ledger.flush()
    query = {"since": begin["as_of"], "until": end["as_of"], "language": "de"}
    told = client.get("/v1/leads/L/history", params=query).raise_for_status().json()
    assert told["start"]["log_odds"] == pytest.approx(begin["log_odds"], abs=1e-9)
    assert told["end"]["log_odds"] == pytest.approx(end["log_odds"], abs=1e-9)
    steps = {step["cause"]: step for step in told["steps"]}
    assert list(steps) == ["time", "lead", "company", "profile"]
    whole = told["end"]["log_odds"] - told["start"]["log_odds"]
    assert sum(step["contribution"] for step in told["steps"]) == pytest.approx(whole, abs=1e-6)
    for step in told["steps"]:
        inside = sum(change["contribution"] for change in step["changes"])
        assert inside + step["other_contribution"] == pytest.approx(step["contribution"], abs=1e-6)
        assert len(step["changes"]) == 5 or abs(step["other_contribution"]) < 1e-9
    assert steps["profile"]["changes"][0]["subject"] == "profile.employees"
    assert steps["lead"]["contribution"] != 0
    assert steps["lead"]["text"].startswith("Was der Lead getan hat (Chance × ")
    # What was said by another model is a step of its own.
    with state.kept().database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE score_given SET log_odds = log_odds - 1, model_version = 'earlier/1'"
        )
    told = client.get("/v1/leads/L/history", params=query).json()
    assert told["steps"][0]["cause"] == "model"
    assert told["steps"][0]["contribution"] == pytest.approx(1.0, abs=1e-9)
    assert told["start"]["model_version"] == "earlier/1"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 200),
        ({"since": "2020-01-01T00:00:00Z"}, 422),
        ({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T12:00:00Z"}, 422),
        ({"since": "yesterday"}, 422),
        ({"sinc": "2026-03-02T00:00:00Z"}, 422),
    ],
)
def test_a_history_lies_within_the_life_of_a_lead(
    client: httpx.Client, query: dict[str, str], status: int
) -> None:
    put(client, "L")
    assert client.get("/v1/leads/L/history", params=query).status_code == status
    assert client.get("/v1/leads/nobody/history", params=query).status_code in (404, 422)


def test_a_person_gets_all_that_is_held_and_is_forgotten(
    client: httpx.Client, state: ServiceState
) -> None:
    post(client, {"anonymous_id": "cookie", "event_type": "page_view", "event_id": "e"})
    put(client, "L", contact={"email": "a@b.de", "anonymous_id": "cookie"}, profile={"a": 1})
    client.get("/v1/leads/L/score").raise_for_status()
    state.kept().ledger.flush()
    held = client.get("/v1/leads/L/export").raise_for_status().json()["tables"]
    assert len(held["lead"]) == 2
    assert [row["event_id"] for row in held["event"]] == ["=e"]
    assert {row["value"] for row in held["contact"]} == {"a@b.de", "cookie"}
    assert len(held["score_given"]) == len(held["consent"]) == 1
    state.kept().ledger.flush()
    entries = client.get("/v1/leads/L/audit").json()["entries"]
    assert [one["action"] for one in entries] == ["told", "scored", "exported"]
    assert client.delete("/v1/leads/L").raise_for_status().json() == {"leads": 2}
    for path in ("score", "export", "audit", "history"):
        assert problem_of(client.get(f"/v1/leads/L/{path}")) == (404, "unknown_lead", None)
    assert problem_of(client.delete("/v1/leads/L")) == (404, "unknown_lead", None)
    with state.kept().database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name not in ("audit", "secret", "tombstone"):
                assert connection.execute(select(table)).all() == [], table.name
    put(client, "L")


def test_a_company_is_told_by_its_leads(client: httpx.Client) -> None:
    put(client, "A", account_id="firm/1")
    put(client, "B", account_id="firm/1", profile={"employees": 400})
    put(client, "C", account_id="firm/1", consents=[])
    told = client.get("/v1/accounts/firm/1").raise_for_status().json()
    a, b, c = told["leads"]
    chances = [a["answer"]["probability"], b["answer"]["probability"]]
    assert told["best_probability"] == max(chances)
    combined = 1 - (1 - chances[0]) * (1 - chances[1])
    assert told["combined_probability"] == pytest.approx(combined, abs=1e-12)
    assert c["error"]["code"] == "not_scored"
    assert problem_of(client.get("/v1/accounts/none")) == (404, "unknown_account", None)


FINE = {"event_type": "fine", "lead_id": "fine"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("events", {"events": []}, "events"),
        ("events", {"events": [FINE, {"event_type": "a"}]}, "events.1"),
        ("events", {"events": [FINE, {**FINE, "email": "a@b.de"}]}, "events.1"),
        ("events", {"events": [FINE, {"event_type": "a", "email": "nobody"}]}, "events.1.email"),
        ("events", {"events": [FINE, {**FINE, "occurred_at": "2190-01-01T00:00:00Z"}]},
         "events.1.occurred_at"),
        ("stages", {"stages": [{"lead_id": "nobody", "stage": "MQL"}]}, "stages.0.lead_id"),
        ("feedback", {"lead_id": "nobody", "kind": "accepted"}, "lead_id"),
        ("feedback", {"lead_id": "L", "kind": "so so"}, "kind"),
        ("leads/score", {"lead_ids": []}, "lead_ids"),
        ("events", {"events": [FINE, {**FINE, "occurred_at": "1969-12-31T23:59:59Z"}]},
         "events.1.occurred_at"),
        ("events", {"events": [FINE, {**FINE, "item": "mail to a@b.de"}]}, "events.1.item"),
        ("events", {"events": [FINE, {**FINE, "event_type": "a@b.de"}]}, "events.1.event_type"),
        ("events", {"events": [FINE], "source": "a@b.de"}, "source"),
        ("feedback", {"lead_id": "L", "kind": "accepted", "by": "a@b.de"}, "by"),
        ("feedback", {"lead_id": "L", "kind": "rejected"}, "reason"),
        ("feedback", {"lead_id": "L", "kind": "wrong_reason"}, "subject"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_field_and_nothing_is_kept(
    client: httpx.Client, path: str, body: dict[str, Any], field: str
) -> None:
    assert problem_of(client.post(f"/v1/{path}", json=body)) == (422, "invalid_request", field)
    assert client.get("/v1/leads", params={"sort": "changed"}).json()["leads"] == []


@pytest.mark.parametrize(
    ("lead", "field"),
    [
        ({"account_id": "a@b.de"}, "account_id"),
        ({"profile": {"a@b.de": 1}}, "profile.a@b.de"),
        ({"profile": {"remark": "a@b.de"}}, "profile.remark"),
        ({"source": "a@b.de"}, "source"),
        ({"created_at": "1969-12-31T23:59:59Z"}, "created_at"),
    ],
)
def test_no_address_and_no_moment_before_all_becomes_a_fact(
    client: httpx.Client, lead: dict[str, Any], field: str
) -> None:
    assert problem_of(client.put("/v1/leads/L", json=lead)) == (422, "invalid_request", field)
    assert client.get("/v1/leads/L/export").status_code == 404


def test_what_is_asked_with_an_unknown_word_is_refused(client: httpx.Client) -> None:
    put(client, "L")
    answer = client.get("/v1/leads/L/score", params={"as_off": "2026-03-02T00:00:00Z"})
    assert problem_of(answer) == (422, "invalid_request", "query.as_off")


def test_without_a_record_the_service_says_so(scoring: Scoring) -> None:
    state = ServiceState()
    state.ready(scoring)
    with running(state) as client:
        assert problem_of(client.get("/v1/leads/L/score")) == (503, "no_record", None)
        assert problem_of(client.put("/v1/leads/L", json={})) == (503, "no_record", None)


def test_a_record_that_is_away_is_told_and_the_stateless_score_goes_on(
    scoring: Scoring, tmp_path: Path
) -> None:
    away = "postgresql+psycopg://crm:geheim@127.0.0.1:9/x?connect_timeout=2"
    state = ServiceState()
    state.record = StoredScores(Database(away), Policy())
    state.ready(scoring)
    lead = {"lead_id": "L", "created_at": START.isoformat()}
    with running(state) as client:
        answer = client.get("/v1/leads/L/score")
        assert problem_of(answer) == (503, "record_away", None)
        assert answer.headers["retry-after"] == "5"
        assert "geheim" not in answer.text
        assert client.post("/v1/score", json={"lead": lead}).status_code == 200


def test_those_who_wait_for_the_record_keep_nobody_waiting_who_needs_none(
    scoring: Scoring, record_file: str
) -> None:
    state = ServiceState()
    state.record = StoredScores(Database(record_file, patience=20), Policy())
    state.ready(scoring)
    event = {"event_type": "page_view", "occurred_at": START.isoformat(), "item": "x" * 100}
    lead = {"lead_id": "L", "created_at": START.isoformat()}
    large = {"lead": lead, "events": [event] * 300}
    other = sqlite3.connect(record_file.removeprefix("sqlite:///"), check_same_thread=False)
    with running(state) as client, ThreadPoolExecutor(60) as threads, closing(other):
        other.execute("BEGIN IMMEDIATE")
        # More than there are threads in which requests wait.
        told = [threads.submit(client.put, f"/v1/leads/L{n}", json={}) for n in range(60)]
        for path, body in (("/v1/score", large), ("/v1/score/batch", {"leads": [large]})):
            assert client.post(path, json=body).status_code == 200
        assert not any(one.done() for one in told)
        other.rollback()
        assert {one.result().status_code for one in told} == {200}
    state.record.close()
