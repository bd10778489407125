"""What a request may hold; whatever it may not is named by field, and never repeated."""

import json
import re
from typing import Any

import pytest
from pydantic import ValidationError

from features.contract.lead import ContractError, micros, moment
from serving.http.errors import invalid
from serving.http.requests.fields import CLOCK_SKEW_US
from serving.http.requests.score import ScoreRequest
from tests.serving.sent import lead, request

SECRET = "erika@example.org"
EVENT = {"event_type": "x", "occurred_at": "2026-02-01T00:00:00Z"}


def event(**changes: object) -> dict[str, Any]:
    return {"events": [EVENT, {**EVENT, **changes}]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lead": lead(created_at="2026-02-01T09:00:00")}, "lead.created_at"),
        ({"lead": lead(created_at="2026-02-01")}, "lead.created_at"),
        ({"lead": lead(created_at=1700000000)}, "lead.created_at"),
        ({"lead": lead(created_at="1700000000")}, "lead.created_at"),
        ({"lead": lead(created_at=SECRET)}, "lead.created_at"),
        ({"lead": lead(created_at=None)}, "lead.created_at"),
        ({"lead": lead(created_at="2026-03-02T00:00:00Z")}, "lead.created_at"),
        ({"lead": lead(lead_id="")}, "lead.lead_id"),
        ({"lead": lead(lead_id=7)}, "lead.lead_id"),
        ({"lead": lead(lead_id=SECRET * 20)}, "lead.lead_id"),
        ({"lead": lead(account_id=[SECRET])}, "lead.account_id"),
        ({"lead": lead(profile=[SECRET])}, "lead.profile"),
        ({"lead": lead(profile={"x": [SECRET]})}, "lead.profile.x"),
        ({"lead": lead(profile={"x": float("nan")})}, "lead.profile.x"),
        ({"lead": lead(profile={"x": float("inf")})}, "lead.profile.x"),
        ({"lead": lead(profile={"x": 1.1e15})}, "lead.profile.x"),
        ({"lead": lead(profile={"x": 10**30})}, "lead.profile.x"),
        ({"lead": lead(surname=SECRET)}, "lead.surname"),
        ({"lead": SECRET}, "lead"),
        ({"lead": None}, "lead"),
        ({"as_of": "2026-03-01T12:00:00"}, "as_of"),
        ({"as_of": "1969-12-31T23:59:59Z"}, "as_of"),
        ({"as_of": "2200-01-02T00:00:00Z"}, "as_of"),
        ({"as_of": 0}, "as_of"),
        ({"language": "fr"}, "language"),
        ({"events": SECRET}, "events"),
        ({"events": [EVENT] * 10_001}, "events"),
        ({"account_events": [EVENT] * 10_001}, "account_events"),
        ({"events": [SECRET]}, "events.0"),
        (event(occurred_at="2026-02-01T00:00:00"), "events.1.occurred_at"),
        (event(recorded_at="2026-02-01T00:00:00"), "events.1.recorded_at"),
        (event(event_type=None), "events.1.event_type"),
        (event(event_type=""), "events.1.event_type"),
        (event(value=SECRET), "events.1.value"),
        (event(value=True), "events.1.value"),
        (event(value=float("nan")), "events.1.value"),
        (event(value=-1.1e15), "events.1.value"),
        (event(item=5), "events.1.item"),
        (event(event_id={}), "events.1.event_id"),
        (event(name=SECRET), "events.1.name"),
        ({"surname": SECRET}, "surname"),
    ],
)
def test_a_mistake_names_its_field_and_repeats_nothing(changes: dict[str, Any], field: str) -> None:
    body = json.dumps(request(**changes))
    with pytest.raises((ValidationError, ContractError)) as caught:
        ScoreRequest.model_validate_json(body).case(now=0)
    error = caught.value
    assert isinstance(error, ValidationError | ContractError)
    problem = invalid(error)
    assert (problem.code, problem.field) == ("invalid_request", field)
    assert SECRET not in problem.model_dump_json()


def test_limits_themselves_are_allowed() -> None:
    sent = request(
        lead=lead(lead_id="x" * 200, profile={"x": 1e15, "y": -(10**15), "z": None, "b": True}),
        events=[{**EVENT, "value": 1e15}] * 10_000,
        account_events=[],
    )
    case = ScoreRequest.model_validate_json(json.dumps(sent)).case(now=0)
    assert len(case.events) == 10_000
    assert case.account_events == []
    assert case.lead.profile["b"] is True


def test_python_objects_and_json_read_alike() -> None:
    sent = request(**event(value=3, item="a", recorded_at="2026-02-02T00:00:00+01:00"))
    from_json = ScoreRequest.model_validate_json(json.dumps(sent)).case(now=0)
    assert ScoreRequest.model_validate(sent).case(now=0) == from_json


NOW = micros(moment(0).replace(year=2026), "now")


@pytest.mark.parametrize(("ahead", "as_of"), [(-5, NOW), (0, NOW), (CLOCK_SKEW_US, None)])
def test_without_as_of_it_is_now_or_the_creation_just_ahead(ahead: int, as_of: int | None) -> None:
    created = moment(NOW + ahead).isoformat()
    sent = ScoreRequest.model_validate({"lead": lead(created_at=created)})
    assert sent.case(NOW).as_of == (NOW + ahead if as_of is None else as_of)


def _at(offset: int) -> str:
    return moment(NOW + offset).isoformat()


@pytest.mark.parametrize(
    ("occurred", "recorded", "expected"),
    [
        (-1, None, (-1, None)),
        (0, None, (-1, None)),
        (CLOCK_SKEW_US, None, (-1, None)),
        (CLOCK_SKEW_US + 1, None, (CLOCK_SKEW_US + 1, None)),
        (-5, 0, (-5, 0)),
        (-5, 1, (-5, 0)),
        (5, CLOCK_SKEW_US, (-1, 0)),
        (5, CLOCK_SKEW_US + 1, (-1, CLOCK_SKEW_US + 1)),
    ],
)
@pytest.mark.parametrize("source", ["events", "account_events"])
def test_an_event_a_little_ahead_happens_now(
    source: str, occurred: int, recorded: int | None, expected: tuple[int, int | None]
) -> None:
    event = {"event_type": "x", "occurred_at": _at(occurred)}
    if recorded is not None:
        event["recorded_at"] = _at(recorded)
    sent = ScoreRequest.model_validate({"lead": lead(created_at=_at(-9)), source: [event]})
    [read] = getattr(sent.case(NOW), source)
    at, known = read.occurred_at, read.recorded_at
    found = micros(at, "") - NOW, None if known is None else micros(known, "") - NOW
    assert found == expected


def test_an_event_counts_from_the_moment_of_a_lead_that_is_ahead_itself() -> None:
    event = {"event_type": "x", "occurred_at": _at(CLOCK_SKEW_US)}
    sent = ScoreRequest.model_validate({"lead": lead(created_at=_at(9)), "events": [event]})
    case = sent.case(NOW)
    assert (case.as_of, micros(case.events[0].occurred_at, "")) == (NOW + 9, NOW + 8)


def test_where_the_moment_is_given_no_clock_is_forgiven() -> None:
    event = {"event_type": "x", "occurred_at": _at(0), "recorded_at": _at(1)}
    sent = {"lead": lead(created_at=_at(-9)), "events": [event], "as_of": _at(0)}
    [read] = ScoreRequest.model_validate(sent).case(NOW).events
    assert (micros(read.occurred_at, ""), micros(read.recorded_at or moment(0), "")) == (
        NOW,
        NOW + 1,
    )


def test_a_clock_far_ahead_is_refused() -> None:
    created = moment(NOW + CLOCK_SKEW_US + 1).isoformat()
    sent = ScoreRequest.model_validate({"lead": lead(created_at=created)})
    with pytest.raises(ContractError, match=r"lead\.created_at: is after as_of"):
        sent.case(NOW)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lead": lead(lead_id=7)}, "must be a text"),
        ({"lead": lead(lead_id="")}, "must have at least 1 character"),
        ({"lead": lead(created_at="2026-13-01T09:00:00Z")}, "must be an ISO date and time"),
        ({"lead": lead(created_at=1700000000)}, "must be an ISO date and time"),
        ({"lead": lead(profile=7)}, "must be an object"),
        ({"events": [EVENT] * 10_001}, "must have at most 10000 items, not 10001"),
        ({"language": "fr"}, "must be 'de' or 'en'"),
        (event(value="7"), "must be a number"),
        (event(value=1.1e15), "must be less than or equal to 1000000000000000"),
    ],
)
def test_a_mistake_says_what_to_do(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ScoreRequest.model_validate(request(**changes))
    assert invalid(caught.value).message.startswith(said)


def test_the_schema_tells_the_years_of_a_moment_to_score_at() -> None:
    [as_of, _] = ScoreRequest.model_json_schema()["properties"]["as_of"]["anyOf"]
    for year, taken in ((1969, False), (1970, True), (2199, True), (2200, False), (2201, False)):
        assert bool(re.search(as_of["pattern"], f"{year}-06-01T00:00:00Z")) == taken


def test_long_names_are_shortened_in_an_error() -> None:
    sent = request(lead=lead(**{"k" * 5000: 1}))
    with pytest.raises(ValidationError) as caught:
        ScoreRequest.model_validate(sent)
    assert len(invalid(caught.value).field or "") < 100
