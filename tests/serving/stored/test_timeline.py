"""What each event adds: held against scoring with and without it, by hand."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract.case import Case
from features.contract.lead import Event, Lead, moment
from serving.model.scorer import LeadModel
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.timeline import timeline
from tests.serving.record.telling import HOUR, NOW
from tests.tiny import tiny_training

DAY = 24 * HOUR
LEAD = Lead("L", moment(NOW - 90 * DAY), "firm", {"employees": 120, "industry": "IT"})
KINDS = ["demo_request", "page_view", "webinar"]


@pytest.fixture(scope="module", params=["model", "rules"])
def scoring(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    model: LeadModel | str = "no_model"
    if request.param == "model":
        model = tiny_training().load(tmp_path_factory.mktemp("tiny"))
    return Scoring(read_rules(), model, Conditions(deadline=math.inf))  # type: ignore[arg-type]


def case(events: list[Event], as_of: int = NOW) -> Case:
    return Case(LEAD, events, [Event("page_view", moment(NOW - DAY))], as_of, "en")


def event(kind: str, at: int, recorded: int | None = None) -> Event:
    return Event(kind, moment(at), None if recorded is None else moment(recorded))


def odds(scoring: Scoring, events: list[Event]) -> float:
    return scoring.score(case(events), math.inf).log_odds


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-3, 60)), max_size=8, unique=True))
def test_differences_are_those_of_scores_with_and_without(
    scoring: Scoring, did: list[tuple[str, int]]
) -> None:
    events = [event(kind, NOW - days * DAY) for kind, days in did]
    told = timeline(scoring, case(events), most=5)
    # What happens now or later is not known yet.
    known = sorted(
        (e for e in events if e.occurred_at < moment(NOW)),
        key=lambda e: (e.occurred_at, e.event_type),
    )
    assert [entry.event for entry in told.entries] == known[::-1][:5]
    assert told.earlier == max(0, len(known) - 5)
    for back, entry in enumerate(told.entries):
        upto = known[: len(known) - back]
        expected = odds(scoring, upto) - odds(scoring, upto[:-1])
        assert entry.contribution == pytest.approx(expected, abs=1e-9)
    total = told.start + sum(entry.contribution for entry in told.entries)
    assert total == pytest.approx(odds(scoring, events), abs=1e-6)


def test_what_counts_is_what_is_visible(scoring: Scoring) -> None:
    events = [
        event("demo_request", NOW - 1),
        event("page_view", NOW),
        event("webinar", NOW - DAY, recorded=NOW),
        event("webinar", NOW - DAY, recorded=NOW + 1),
        event("demo_request", -1),
    ]
    told = timeline(scoring, case(events), most=25)
    assert [entry.event for entry in told.entries] == [events[0], events[2]]


def test_nothing_happened(scoring: Scoring) -> None:
    told = timeline(scoring, case([]), most=25)
    assert (told.entries, told.earlier) == ((), 0)
    assert told.start == pytest.approx(odds(scoring, []), abs=1e-9)


@pytest.mark.parametrize(("events", "told"), [(399, 25), (400, 25), (401, 24), (3_334, 3)])
def test_of_a_long_history_fewer_are_told(scoring: Scoring, events: int, told: int) -> None:
    did = [event("page_view", NOW - 1 - n * HOUR // 60) for n in range(events)]
    found = timeline(scoring, case(did), most=25)
    assert (len(found.entries), found.earlier) == (told, events - told)
