"""Lists by week: what was to come of them, and what came."""

from datetime import UTC, datetime, timedelta
from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US
from features.contract.lead import micros, moment
from serving.lifecycle.lists import WEEK_US, HandedOver, usual_counts, week_lists, week_of

MONDAY = micros(datetime(2026, 11, 23, tzinfo=UTC), "")
HORIZON = 30 * DAY_US


@given(st.integers(10 * DAY_US, 50_000 * DAY_US))
def test_weeks_are_those_of_the_calendar(micros_since_1970: int) -> None:
    at = moment(micros_since_1970)
    began = moment(week_of(micros_since_1970))
    assert began.isocalendar()[:2] == at.isocalendar()[:2]
    assert (began.isoweekday(), began.time()) == (1, datetime.min.time())
    assert began <= at < began + timedelta(days=7)


@given(st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])), max_size=8))
def test_usual_counts_are_those_of_all_outcomes(probabilities: list[float]) -> None:
    chances = [0.0] * (len(probabilities) + 1)
    for outcome in product((0, 1), repeat=len(probabilities)):
        chances[sum(outcome)] += prod(
            p if won else 1 - p for p, won in zip(probabilities, outcome, strict=True)
        )
    low, high = usual_counts(probabilities)
    near = 1e-12
    assert sum(chances[:low]) <= 0.025 + near and sum(chances[: low + 1]) > 0.025 - near
    assert sum(chances[high + 1 :]) <= 0.025 + near and sum(chances[high:]) > 0.025 - near


def one(days: float, probability: float | None = 0.5, reached: float | None = None) -> HandedOver:
    at = MONDAY + round(days * DAY_US)
    return HandedOver(at, probability, None if reached is None else at + round(reached * DAY_US))


def test_a_list_is_of_one_week() -> None:
    handed = [
        one(0, 0.5), one(-1 / DAY_US, 0.25), one(-7, 0.5, reached=2), one(-6, None, reached=1),
        one(-70, 0.9), one(7, 0.9),
    ]  # fmt: skip
    found = week_lists(handed, HORIZON, MONDAY + DAY_US, 3)
    assert [(week.week, week.leads, week.unknown) for week in found] == [
        (MONDAY, 1, 0), (MONDAY - WEEK_US, 3, 1), (MONDAY - 2 * WEEK_US, 0, 0),
    ]  # fmt: skip
    assert [week.expected for week in found] == [0.5, 0.75, 0.0]
    # Whoever was handed over without a probability is not held against those that have one.
    assert [week.converted for week in found] == [0, 1, 0]


@pytest.mark.parametrize(("reached", "counts"), [(None, 0), (0, 0), (1, 1), (30, 1), (30.001, 0)])
def test_what_counts_as_seen(reached: float | None, counts: int) -> None:
    [*_, found] = week_lists([one(0, 0.5, reached)], HORIZON, MONDAY + 7 * WEEK_US, 8)
    assert (found.week, found.converted) == (MONDAY, counts)


def test_what_comes_later_is_not_known_yet() -> None:
    handed = [one(0, 0.5, reached=10)]
    for days, converted in ((9, 0), (10, 1)):
        found = week_lists(handed, HORIZON, MONDAY + days * DAY_US, 8)
        assert sum(week.converted for week in found) == converted


def test_a_list_is_mature_once_the_horizon_has_passed_for_its_last_moment() -> None:
    for as_of, mature in (
        (MONDAY + WEEK_US + HORIZON - 1, False),
        (MONDAY + WEEK_US + HORIZON, True),
    ):
        found = {week.week: week.mature for week in week_lists([], HORIZON, as_of, 8)}
        assert found[MONDAY] is mature
