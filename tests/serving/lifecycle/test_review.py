"""Leads drawn at random stand for those that were not: in a world where all is known."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.disagreement import (
    Decision,
    Reviewed,
    decisions_of,
    disagreement,
)
from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.journeys import Journey, Step, passes
from serving.lifecycle.review import ReviewTerms, draw, weighted_share
from serving.lifecycle.stages import Role, Stage
from tests.serving.lifecycle.agreements import SHIPPED
from tests.serving.lifecycle.kpis.lives import (
    NOW,
    Life,
    came_to,
    lives,
    rounds,
    set_aside,
)

WEEKS = [f"2026-W{week:02}" for week in range(1, 53)]


@given(st.sets(st.integers(1, 10**6), min_size=1, max_size=50), st.integers(1, 60))
def test_a_draw_is_the_same_of_the_same_leads(numbers: set[int], most: int) -> None:
    drawn = draw(sorted(numbers), most, "2026-W01")
    assert drawn == draw(sorted(numbers, reverse=True), most, "2026-W01")
    assert {*drawn.sampled} <= numbers
    assert len({*drawn.sampled}) == min(most, len(numbers))
    assert (drawn.eligible, drawn.probability) == (
        len(numbers), len(drawn.sampled) / len(numbers),
    )  # fmt: skip


def test_a_draw_is_the_same_in_every_version() -> None:
    assert draw(range(100), 4, "2026-W01") == (100, (12, 29, 0, 88), 0.04)


def test_a_week_draws_one_lead_at_least_and_ten_thousand_at_most() -> None:
    for most in (1, 10_000):
        assert ReviewTerms(leads_per_week=most).grades == ("D",)
    for most in (0, 10_001):
        with pytest.raises(ValueError, match="leads_per_week"):
            ReviewTerms(leads_per_week=most)


def test_every_lead_is_as_likely_to_be_drawn_and_weeks_know_nothing_of_each_other() -> None:
    weeks = [f"{year}-W{week:02}" for year in range(2000, 2040) for week in range(1, 53)]
    drawn = [{*draw(range(40), 10, week).sampled} for week in weeks]
    expected, deviation = len(weeks) / 4, math.sqrt(len(weeks) * 3 / 16)
    for number in range(40):
        assert abs(sum(number in one for one in drawn) - expected) < 4.5 * deviation
    again = sum(0 in one and 0 in then for one, then in pairwise(drawn))
    assert abs(again - len(weeks) / 16) < 4.5 * math.sqrt(len(weeks) * 15 / 256)


def test_the_weighted_share_is_right_on_average_where_the_drawn_alone_mislead() -> None:
    """Early weeks have few leads, and good ones; the later ones many, and poor ones."""
    world = {
        week: {
            number: number % (4 if place < 10 else 25) == 0
            for number in range(place * 10_000, place * 10_000 + (40 if place < 10 else 400))
        }
        for place, week in enumerate(WEEKS)
    }
    leads = [good for of_week in world.values() for good in of_week.values()]
    truth = sum(leads) / len(leads)
    weighted, plain, covered = [], [], 0
    for trial in range(60):
        reached, probabilities = [], []
        for week, of_week in world.items():
            drawn = draw(of_week, 20, f"{trial}:{week}")
            reached += [of_week[number] for number in drawn.sampled]
            probabilities += [drawn.probability] * len(drawn.sampled)
        found = weighted_share(reached, probabilities)
        assert found.value is not None and found.low is not None and found.high is not None
        weighted.append(found.value)
        plain.append(sum(reached) / len(reached))
        covered += found.low <= truth <= found.high
    mean = sum(weighted) / len(weighted)
    spread = math.sqrt(sum((one - mean) ** 2 for one in weighted) / len(weighted))
    assert abs(mean - truth) < 3 * spread / math.sqrt(len(weighted))
    assert sum(plain) / len(plain) > 1.5 * truth
    assert covered >= 52


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.floats(0.01, 1))
def test_weights_that_are_equal_change_nothing(reached: list[bool], probability: float) -> None:
    found = weighted_share(reached, [probability] * len(reached))
    plain = share(sum(reached), len(reached))
    assert found.value == pytest.approx(plain.value)
    assert found.low == pytest.approx(plain.low)
    assert found.high == pytest.approx(plain.high)


def test_nobody_drawn_tells_nothing() -> None:
    assert weighted_share([], []) == Figure(0, 0, None)


@given(st.lists(lives(), max_size=10), st.integers(0, NOW), st.integers(0, NOW))
def test_decisions_are_those_of_people_and_the_crm(some: list[Life], begin: int, end: int) -> None:
    expected = {}
    for number, life in enumerate(some):
        for steps in rounds(life):
            at = came_to(steps, "SAL")
            accepted = [s for s in steps if s.at == at and s.stage in ("SAL", "SQL", "customer")]
            aside = set_aside(steps)
            step = min(
                accepted, key=lambda one: ("SAL", "SQL", "customer").index(one.stage or ""),
                default=aside,
            )  # fmt: skip
            if step and step.role in ("sales", "crm") and begin <= step.at < end:
                expected[number] = (("accepted" if accepted else "rejected"), step.at)
    found = decisions_of([life.journey(n) for n, life in enumerate(some)], begin, end)
    assert {n: (one.verdict, one.at) for n, one in found.items()} == expected


def test_a_period_ends_before_its_last_moment() -> None:
    journey = Journey(1, 0, passes(0, [Step("SAL", 10, "sales")]), {})
    for begin, end, counts in ((10, 11, True), (9, 10, False), (11, 20, False)):
        assert bool(decisions_of([journey], begin, end)) is counts


def _reviewed(*steps: tuple[Stage, int], drawn: int = 10) -> Reviewed:
    role: Role = "sales"
    every = [Step(stage, at, role) for stage, at in steps]
    return Reviewed(Journey(1, 0, passes(0, every), {}), drawn, 0.5)


def test_a_report_tells_who_was_right_about_what() -> None:
    decisions = [
        Decision(1, "rejected", "A", 5, "no_budget"), Decision(2, "accepted", "A", 6, None),
        Decision(3, "accepted", "D", 7, None), Decision(4, "rejected", None, 8, None),
    ]  # fmt: skip
    wrong = [(1, "profile.role"), (1, "profile.role"), (2, "profile.role"), (2, "webinar")]
    reviewed = [
        _reviewed(("SAL", 11), ("SQL", 20)), _reviewed(("SAL", 10)), _reviewed(("SAL", 21)),
        _reviewed(), _reviewed(("SAL", 11), drawn=11),
    ]  # fmt: skip
    found = disagreement(decisions, wrong, reviewed, 10, 20)
    assert found.by_grade == {"A": share(1, 2), "D": share(0, 1), None: share(1, 1)}
    assert [one.lead for one in found.against] == [3, 1]
    assert found.wrong_reasons == {"profile.role": share(2, 3), "webinar": share(1, 3)}
    rate = share(1, 4)
    for figure in (found.accepted, found.qualified):
        assert (figure.numerator, figure.denominator, figure.value) == (2.0, 8.0, 0.25)
        assert figure.low == pytest.approx(rate.low)
        assert figure.high == pytest.approx(rate.high)
        assert figure.waiting == 1


@pytest.mark.parametrize(
    "terms", [{"leads_per_week": 0}, {"grades": [], "leads_per_week": 5}, {"grades": ["D"]}]
)
def test_terms_that_draw_nobody_are_refused(terms: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"review"):
        Lifecycle.model_validate({**SHIPPED, "review": terms})


def test_terms_of_figures_and_reviews_leave_the_fingerprint() -> None:
    usual = Lifecycle.model_validate(SHIPPED)
    other = {**SHIPPED, "kpis": {"sql_within": "5d"}, "review": {"leads_per_week": 1}}
    assert Lifecycle.model_validate(other).fingerprint == usual.fingerprint
