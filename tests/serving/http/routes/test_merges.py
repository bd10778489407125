"""Leads that may be one person, joined and taken apart over HTTP; on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.work.comparing import compare_new
from serving.work.rescoring import rescore_due
from tests.serving.problems import problem_of

START = datetime(2026, 3, 1, tzinfo=UTC)
CONSENT = {"purpose": "profiling", "source": "test", "at": START.isoformat()}
KARLA = {"email": "karla@muster.de", "phone": "030 901820", "name": "Karla Sommer"}


def put(client: httpx.Client, lead_id: str, **told: object) -> None:
    lead = {"created_at": START.isoformat(), "consents": [CONSENT], **told}
    client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()


def compare(state: ServiceState) -> None:
    while compare_new(state.kept().database):
        pass


def pairs(client: httpx.Client, **query: str | int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    cursor: dict[str, str | int] = {}
    while True:
        answer = client.get("/v1/duplicates", params=query | cursor).raise_for_status().json()
        found += [(one["kept"], one["joined"]) for one in answer["duplicates"]]
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


def merge(client: httpx.Client, kept: str, joined: str) -> dict[str, Any]:
    answer = client.post("/v1/merges", json={"kept": kept, "joined": joined})
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def test_duplicates_are_suggested_with_their_evidence(
    client: httpx.Client, state: ServiceState
) -> None:
    put(client, "new", contact=KARLA, created_at=(START + timedelta(days=1)).isoformat())
    put(client, "old", contact={**KARLA, "email": "sommer@muster.de", "name": "Sommer, Dr. Karla"})
    put(client, "mail", contact={"email": "KARLA@muster.de"})
    put(client, "other", contact={"email": "uwe@muster.de", "name": "Uwe Berg"})
    first = client.get("/v1/duplicates").json()
    assert (first["duplicates"], first["waiting"]) == ([], 4)
    compare(state)
    answer = client.get("/v1/duplicates").raise_for_status()
    evidence = {"email": False, "phone": True, "name_company": 1.0}
    by_mail = {"email": True, "phone": False, "name_company": None}
    assert answer.json() == {
        "duplicates": [
            {"kept": "old", "joined": "new", "evidence": evidence, "strength": 4.0},
            {"kept": "mail", "joined": "new", "evidence": by_mail, "strength": 3.0},
        ],
        "waiting": 0,
        "next_cursor": None,
    }
    assert not any(text in answer.text for text in ("karla", "muster", "901820"))
    assert pairs(client, limit=1) == [("old", "new"), ("mail", "new")]
    assert pairs(client, lead_id="mail") == [("mail", "new")]
    assert pairs(client, lead_id="other") == []


def test_a_merge_joins_all_that_is_held_and_its_undoing_gives_it_back(
    client: httpx.Client, state: ServiceState
) -> None:
    for lead_id in ("A", "B"):
        put(client, lead_id, contact=KARLA, profile={"told by": lead_id})
        told(client, lead_id, "before")
    compare(state)
    assert pairs(client) == [("A", "B")]
    made = merge(client, "A", "B")
    assert (made["kept"], made["joined"], made["by"], made["undone_at"]) == ("A", "B", "api", None)
    assert pairs(client) == []
    # What is told of either is told of both, and stays with the one it was told of.
    told(client, "B", "while merged")
    assert held(client, "A") == held(client, "B") == {"A before", "B before", "B while merged"}
    score = client.get("/v1/leads/B/score").raise_for_status().json()
    assert score["lead_id"] == "A"
    assert client.get("/v1/merges", params={"lead_id": "B"}).json() == {"merges": [made]}
    undone = client.delete(f"/v1/merges/{made['merge_id']}").raise_for_status().json()
    assert undone == {**made, "undone_at": undone["undone_at"]} and undone["undone_at"] is not None
    assert client.delete(f"/v1/merges/{made['merge_id']}").json() == undone
    assert held(client, "A") == {"A before"}
    assert held(client, "B") == {"B before", "B while merged"}
    for lead_id in ("A", "B"):
        assert client.get("/v1/merges", params={"lead_id": lead_id}).json() == {"merges": [undone]}
        entries = client.get(f"/v1/leads/{lead_id}/audit").json()["entries"]
        done = [(one["actor"], one["action"], one["detail"]) for one in entries]
        assert ("api", "merged", f"merge {made['merge_id']}") in done
        assert ("api", "taken_apart", f"merge {made['merge_id']}") in done
    assert pairs(client) == [("A", "B")]


def told(client: httpx.Client, lead_id: str, mark: str) -> None:
    said = f"{lead_id} {mark}"
    event = {"lead_id": lead_id, "event_type": "click", "event_id": said}
    stage = {"lead_id": lead_id, "stage": said}
    feedback = {"lead_id": lead_id, "kind": "rejected", "reason": said}
    client.post("/v1/events", json={"events": [event]}).raise_for_status()
    client.post("/v1/stages", json={"stages": [stage]}).raise_for_status()
    client.post("/v1/feedback", json=feedback).raise_for_status()
    consent = {**CONSENT, "source": said}
    client.patch(f"/v1/leads/{lead_id}", json={"consents": [consent]}).raise_for_status()


def held(client: httpx.Client, lead_id: str) -> set[str]:
    """Return the marks of what is held, which must be the same in every table."""
    tables = client.get(f"/v1/leads/{lead_id}/export").raise_for_status().json()["tables"]
    marks = {row["event_id"].removeprefix("=") for row in tables["event"]}
    assert {row["stage"] for row in tables["stage_change"]} == marks
    assert {row["reason"] for row in tables["feedback"]} == marks
    assert {row["source"] for row in tables["consent"]} - {"test"} == marks
    return marks


def test_merges_of_merged_leads_are_undone_the_last_first(client: httpx.Client) -> None:
    for lead_id in "ABC":
        put(client, lead_id)
    inner, outer = merge(client, "B", "C"), merge(client, "A", "C")
    assert (outer["kept"], outer["joined"]) == ("A", "B")
    assert problem_of(client.post("/v1/merges", json={"kept": "C", "joined": "A"})) == (
        409, "already_one", None,
    )  # fmt: skip
    listed = client.get("/v1/merges", params={"lead_id": "C"}).json()["merges"]
    assert listed == [inner, outer]
    early = client.delete(f"/v1/merges/{inner['merge_id']}")
    assert problem_of(early) == (409, "merged_again", None)
    for made in (outer, inner):
        client.delete(f"/v1/merges/{made['merge_id']}").raise_for_status()
    assert client.get("/v1/leads/C/export").json()["lead_id"] == "C"


def test_a_score_is_due_after_a_merge_and_after_its_undoing(
    client: httpx.Client, state: ServiceState
) -> None:
    put(client, "A")
    put(client, "B")
    demo = {"lead_id": "B", "event_type": "demo_request"}
    client.post("/v1/events", json={"events": [demo]}).raise_for_status()
    kept = state.kept()
    scoring = state.loaded()
    rescore_due(kept, scoring, now())
    grades = [listed(client)]
    made = merge(client, "A", "B")
    rescore_due(kept, scoring, now())
    grades.append(listed(client))
    client.delete(f"/v1/merges/{made['merge_id']}").raise_for_status()
    rescore_due(kept, scoring, now())
    grades.append(listed(client))
    assert grades[0] == grades[2] and set(grades[0]) == {"A", "B"}
    assert grades[1] == {"A": grades[0]["B"]} and grades[0]["A"] != grades[0]["B"]


def listed(client: httpx.Client) -> dict[str, str]:
    found = client.get("/v1/leads").raise_for_status().json()["leads"]
    return {one["lead_id"]: one["grade"] for one in found}


def test_who_is_different_is_noted_once(client: httpx.Client, state: ServiceState) -> None:
    put(client, "A", contact=KARLA)
    put(client, "B", contact=KARLA)
    compare(state)
    body = {"lead_ids": ["B", "A"], "by": "u-7"}
    assert client.post("/v1/duplicates/different", json=body).json() == {"stored": 1, "known": 0}
    assert client.post("/v1/duplicates/different", json=body).json() == {"stored": 0, "known": 1}
    assert pairs(client) == []
    for lead_id in ("A", "B"):
        entries = client.get(f"/v1/leads/{lead_id}/audit").json()["entries"]
        assert [one["actor"] for one in entries if one["action"] == "told_different"] == ["u-7"]
    # Whoever decides otherwise may still join them.
    merge(client, "A", "B")
    assert problem_of(client.post("/v1/duplicates/different", json=body)) == (
        409,
        "already_one",
        None,
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "merges", {"kept": "A", "joined": "no"}, (404, "unknown_lead", "joined")),
        ("POST", "merges", {"kept": "no", "joined": "A"}, (404, "unknown_lead", "kept")),
        ("POST", "merges", {"kept": "A", "joined": "A"}, (409, "already_one", None)),
        ("POST", "merges", {"kept": "visitor", "joined": "A"}, (422, "invalid_request", "kept")),
        ("POST", "merges", {"kept": "A\0", "joined": "A"}, (422, "invalid_request", "kept")),
        ("POST", "merges", {"kept": "A"}, (422, "invalid_request", "joined")),
        ("DELETE", "merges/99", None, (404, "unknown_merge", None)),
        ("DELETE", "merges/9999999999999999999", None, (422, "invalid_request", "path.merge_id")),
        ("GET", "merges", None, (422, "invalid_request", "query.lead_id")),
        ("GET", "merges?lead_id=no", None, (404, "unknown_lead", None)),
        ("GET", "merges?lead_id=%00", None, (422, "invalid_request", "query.lead_id")),
        ("GET", "duplicates?lead_id=no", None, (404, "unknown_lead", None)),
        ("GET", "duplicates?cursor=W10=", None, (422, "invalid_request", "cursor")),
        ("GET", "duplicates?cursor=WzEsMSwxZTMwXQ==", None, (422, "invalid_request", "cursor")),
        ("POST", "duplicates/different", {"lead_ids": ["A"]},
         (422, "invalid_request", "lead_ids")),
        ("POST", "duplicates/different", {"lead_ids": ["A", "no"]},
         (404, "unknown_lead", "lead_ids.1")),
        ("POST", "duplicates/different", {"lead_ids": ["A", "A"]}, (409, "already_one", None)),
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_changes_nothing(
    client: httpx.Client,
    method: str,
    path: str,
    body: object,
    expected: tuple[int, str, str | None],
) -> None:
    put(client, "A")
    events = {"events": [{"lead_id": "visitor", "event_type": "click"}]}
    client.post("/v1/events", json=events).raise_for_status()
    assert problem_of(client.request(method, f"/v1/{path}", json=body)) == expected
    assert client.get("/v1/merges", params={"lead_id": "A"}).json() == {"merges": []}


def test_a_visitor_is_joined_to_the_lead_that_it_is(client: httpx.Client) -> None:
    put(client, "A")
    events = {"events": [{"anonymous_id": "cookie", "event_type": "click", "event_id": "e"}]}
    client.post("/v1/events", json=events).raise_for_status()
    every = client.get("/v1/leads", params={"sort": "changed"}).json()["leads"]
    [visitor] = [one["lead_id"] for one in every if one["kind"] == "visitor"]
    merge(client, "A", visitor)
    tables = client.get("/v1/leads/A/export").json()["tables"]
    assert [row["event_id"] for row in tables["event"]] == ["=e"]


def test_facts_of_a_company_are_the_same_with_and_without_a_record(client: httpx.Client) -> None:
    profile = {"country": "Österreich", "employees": "51-200"}
    put(client, "A", profile=profile)
    kept = client.get("/v1/leads/A/export").json()["tables"]["profile_value"]
    assert {row["field"]: row["value"] for row in kept} == {
        "country": "Österreich", "country_code": "AT", "employees": "51-200",
        "employees_band": "50-249",
    }  # fmt: skip
    stored = client.get("/v1/leads/A/score").raise_for_status().json()
    lead = {"lead_id": "A", "created_at": START.isoformat(), "profile": profile}
    alone = client.post("/v1/score", json={"lead": lead, "as_of": stored["as_of"]}).json()
    assert stored == alone
    # What the sender need not have sent is no misspelling.
    assert stored["unknown"] == ["profile.country", "profile.employees"]
    client.patch("/v1/leads/A", json={"profile": {"country": None}}).raise_for_status()
    kept = client.get("/v1/leads/A/export").json()["tables"]["profile_value"]
    newest = {row["field"]: row["value"] for row in sorted(kept, key=lambda row: row["recorded"])}
    assert (newest["country"], newest["country_code"]) == (None, None)
    assert newest["employees_band"] == "50-249"
