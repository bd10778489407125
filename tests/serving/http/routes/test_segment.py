"""Senders of the Segment protocol, with their own libraries, against the running service."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import httpx
import pytest

from features.contract.case import Case
from features.contract.clock import now
from serving.http.state import ServiceState
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import find_lead, parts_of
from tests.serving.problems import problem_of

KEY = "write-key"


@pytest.fixture
def state(state: ServiceState) -> ServiceState:
    state.write_key = KEY
    return state


@pytest.fixture
def client(client: httpx.Client) -> httpx.Client:
    client.auth = httpx.BasicAuth(KEY, "")
    return client


def case_of(state: ServiceState, lead_id: str) -> Case:
    with state.kept().database.reading() as connection:
        lead = find_lead(connection, lead_id)
        assert lead is not None
        [case] = stored_cases(connection, [lead], parts_of(connection, [lead.number]), now(), None)
    return case


def kind_of(state: ServiceState, lead_id: str) -> str:
    with state.kept().database.reading() as connection:
        lead = find_lead(connection, lead_id)
    assert lead is not None
    return lead.kind


def types(case: Case) -> list[str]:
    return sorted(event.event_type for event in case.events)


@pytest.mark.parametrize(
    ("library", "packed"),
    [("segment.analytics.client", False), ("segment.analytics.client", True),
     ("rudderstack.analytics.client", True)],
)  # fmt: skip
def test_senders_work_unchanged(
    client: httpx.Client, state: ServiceState, library: str, packed: bool
) -> None:
    failures: list[object] = []
    sender = import_module(library).Client(
        KEY, host=str(client.base_url), gzip=packed, on_error=lambda e, _: failures.append(e),
        max_retries=0,
    )  # fmt: skip
    sender.page(anonymous_id="cookie", name="Preise", properties={"path": "/preise"})
    sender.identify(
        "u1", {"email": "Karla@Example.com", "industry": "Bau", "employees": 12, "lastName": "S"}
    )
    sender.identify("u1", anonymous_id="cookie")
    sender.track("u1", "Demo Requested", {"value": 3.5, "item": "tour"})
    sender.group("u1", "firm", {"name": "Firm", "size": 7})
    sender.alias("cookie-2", "u1")
    sender.track("u1", "Webinar", timestamp=datetime.now(UTC) - timedelta(days=3))
    sender.screen("u1", name="Start")
    sender.flush()
    sender.join()
    assert failures == []
    case = case_of(state, "u1")
    assert types(case) == ["Demo Requested", "Webinar", "page_view", "screen_view"]
    assert case.lead.account_id == "firm"
    assert case.lead.profile == {
        "industry": "Bau", "employees": 12, "free_mailer": False, "company_size": 7,
        "company_name": "Firm", "employees_band": "10-49",
    }  # fmt: skip
    [demo] = [event for event in case.events if event.event_type == "Demo Requested"]
    assert (demo.value, demo.item) == (3.5, "tour")
    [webinar] = [event for event in case.events if event.event_type == "Webinar"]
    away = datetime.now(UTC) - webinar.occurred_at
    assert timedelta(days=3) <= away < timedelta(days=3, minutes=1)
    assert kind_of(state, "u1") == "lead"


def batch(client: httpx.Client, *messages: object, sent_at: str | None = None) -> dict[str, Any]:
    answer = client.post("/v1/batch", json={"batch": [*messages], "sentAt": sent_at})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def track(user: str, event: str = "click", **other: object) -> dict[str, object]:
    return {"type": "track", "userId": user, "event": event, "messageId": "1", **other}


def test_a_message_sent_again_is_kept_once(client: httpx.Client) -> None:
    assert batch(client, track("u"))["stored"] == 1
    assert batch(client, track("u"), track("u", messageId="2"))["stored"] == 1


def test_a_clock_that_is_wrong_is_corrected(client: httpx.Client, state: ServiceState) -> None:
    wrong = datetime(2031, 1, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    sent = {"timestamp": (wrong - hour).isoformat(), "sentAt": wrong.isoformat()}
    batch(client, track("u", timestamp=sent["timestamp"]), sent_at=sent["sentAt"])
    batch(client, track("u", messageId="2", timestamp=wrong.isoformat()))
    early, late = sorted(case_of(state, "u").events, key=lambda event: event.occurred_at)
    present = datetime.now(UTC)
    assert hour <= present - early.occurred_at < hour + timedelta(minutes=1)
    assert present - late.occurred_at < timedelta(minutes=1)


def test_what_cannot_be_read_is_told_and_the_rest_is_kept(client: httpx.Client) -> None:
    told = batch(
        client, track("u"), 7, {"type": "nonsense"}, {"type": "track", "event": "x"},
        {"type": "identify", "userId": "u", "traits": {"email": "nobody"}},
        {"type": "track", "userId": "u"}, track("u", messageId="2"),
    )  # fmt: skip
    assert told["stored"] == 2
    assert [(one["index"], one["error"]["field"]) for one in told["refused"]] == [
        (1, None), (2, "type"), (3, "userId"), (4, "traits.email"), (5, "event"),
    ]  # fmt: skip


def test_no_address_becomes_a_fact(client: httpx.Client, state: ServiceState) -> None:
    traits = {"email": "a@b.de", "c@d.de": "x", "remark": "e@f.de", "industry": "it"}
    properties = {"url": "/unsubscribe?of=a@b.de", "title": "Bye"}
    answer = batch(
        client,
        {"type": "identify", "userId": "u", "traits": traits},
        track("u", properties=properties),
        track("u", "mailed a@b.de", messageId="2"),
        {"type": "group", "userId": "u", "groupId": "a@b.de"},
    )
    assert [one["index"] for one in answer["refused"]] == [2, 3]
    case = case_of(state, "u")
    assert {"industry", "free_mailer"} >= set(case.lead.profile) and case.lead.account_id is None
    assert [event.item for event in case.events] == ["Bye"]


def test_calls_of_one_message(client: httpx.Client, state: ServiceState) -> None:
    calls: dict[str, dict[str, object]] = {
        "identify": {"traits": {"phone": "+49 30 901820", "budget": "yes"}},
        "track": {"event": "demo"},
        "page": {"name": "Preise"},
        "screen": {"name": "Start"},
        "group": {"groupId": "firm"},
        "alias": {"previousId": "cookie"},
    }
    for call, body in calls.items():
        assert client.post(f"/v1/{call}", json={"userId": "u"} | body).status_code == 200
    assert types(case_of(state, "u")) == ["demo", "page_view", "screen_view"]
    refused = client.post("/v1/track", json={"event": "demo"})
    assert refused.status_code == 422
    assert problem_of(refused) == (422, "invalid_request", "userId")


def test_loops_of_aliases_end(client: httpx.Client, state: ServiceState) -> None:
    def alias(previous: str, user: str) -> dict[str, str]:
        return {"type": "alias", "previousId": previous, "userId": user}

    batch(client, track("a"), track("b"), track("c"))
    told = batch(client, alias("a", "b"), alias("b", "c"), alias("c", "a"), alias("a", "a"))
    assert told["refused"] == []
    assert len(case_of(state, "a").events) == 3
    assert case_of(state, "a").events == case_of(state, "c").events


def test_who_cannot_be_reached_stays_a_visitor(client: httpx.Client, state: ServiceState) -> None:
    batch(client, {"type": "identify", "userId": "u", "traits": {"industry": "Bau"}})
    assert kind_of(state, "u") == "visitor"
    batch(client, {"type": "identify", "userId": "u", "traits": {"email": "a@b.de"}})
    assert kind_of(state, "u") == "lead"
    batch(client, {"type": "identify", "userId": "u", "traits": {"industry": "IT"}})
    assert kind_of(state, "u") == "lead"


@pytest.mark.parametrize("auth", [("other", ""), ("", KEY), ("ä", "")])
def test_without_the_write_key_nothing_is_kept(client: httpx.Client, auth: tuple[str, str]) -> None:
    answer = client.post("/v1/batch", json={"batch": [track("u")]}, auth=auth)
    assert problem_of(answer) == (401, "unauthorized", None)


@pytest.mark.parametrize(
    ("content", "packed", "status"),
    [
        (b"{", False, 400),
        (b"[]", False, 400),
        (b"no gzip", True, 400),
        (gzip.compress(b'{"batch": [%s]}' % (b" " * 2_000_000)), True, 413),
        (b'{"batch": [%s]}' % (b" " * 600_000), False, 413),
        (json.dumps({"batch": 7}).encode(), False, 422),
    ],
)
def test_a_body_that_is_none(
    client: httpx.Client, content: bytes, packed: bool, status: int
) -> None:
    headers = {"Content-Encoding": "gzip"} if packed else {}
    assert client.post("/v1/batch", content=content, headers=headers).status_code == status
