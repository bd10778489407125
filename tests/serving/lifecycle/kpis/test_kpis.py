"""Every figure held against its definition, for any lives; and by hand at its borders."""

import math
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from features.contract.duration import DAY_US, HOUR_US
from features.contract.lead import micros, moment
from serving.lifecycle.kpis.calendar import (
    month_begins,
    month_ends,
    month_of,
    usual_period,
    week_of,
)
from serving.lifecycle.kpis.costs import Cost, cost_per_lead, cost_per_sql, whole_months
from serving.lifecycle.kpis.figure import Figure, median, share
from serving.lifecycle.kpis.funnel import acceptance, conversion, rejections
from serving.lifecycle.kpis.journeys import Journey, Pass, Step, passes
from serving.lifecycle.kpis.promises import Promise, Scored, is_open, promises
from serving.lifecycle.kpis.speed import (
    Handed,
    in_time,
    is_in_pipeline,
    sales_cycle,
    speed_to_lead,
    velocity,
)
from serving.lifecycle.kpis.terms import KpiTerms
from serving.lifecycle.kpis.worth import Opened, amount, deal_value, pipeline_value
from serving.lifecycle.stages import Stage
from tests.serving.lifecycle.kpis.lives import (
    NOW,
    Life,
    came_to,
    cohort,
    lives,
    rounds,
    set_aside,
)

some_lives = st.lists(lives(), max_size=12)
moments = st.integers(0, NOW)


def begun(some: list[Life], stage: Stage, begin: int = 0, end: int = NOW) -> list[Pass]:
    every = [way for life in some for way in life.journey().passes]
    steps = [(way, way.begun(stage)) for way in every]
    return [way for way, step in steps if step is not None and begin <= step.at < end]


@given(some_lives, st.integers(0, 60), moments, moments, moments)
def test_conversions_are_those_in_time_of_the_cohort_that_is_old_enough(
    some: list[Life], within: int, begin: int, end: int, as_of: int
) -> None:
    members = [one for life in some for one in cohort(life, "MQL", begin, end)]
    old = [(step, steps) for step, steps in members if step.at + within <= as_of]
    moments_of = [(step.at, came_to(steps, "SQL")) for step, steps in old]
    came = [at for since, at in moments_of if at is not None and at <= since + within]
    ways = begun(some, "MQL", begin, end)
    found = conversion(ways, "MQL", "SQL", within, as_of)
    assert found == share(len(came), len(old), len(members) - len(old))


@given(some_lives)
def test_what_sales_decided_is_accepted_or_rejected(some: list[Life]) -> None:
    counts: Counter[str] = Counter()
    reasons: Counter[str | None] = Counter()
    for life in some:
        for _, steps in cohort(life, "MQL", 0, NOW):
            aside = set_aside(steps)
            if came_to(steps, "SAL") is not None:
                counts["accepted"] += 1
            elif aside is None:
                counts["open"] += 1
            elif aside.role in ("sales", "crm"):
                counts["rejected"] += 1
                reasons[aside.reason] += 1
    ways = begun(some, "MQL")
    decided = counts["accepted"] + counts["rejected"]
    assert acceptance(ways) == share(counts["accepted"], decided, counts["open"])
    found = rejections(ways)
    assert {reason: one.numerator for reason, one in found.items()} == dict(reasons)
    assert all(one.denominator == counts["rejected"] for one in found.values())
    assert [*found.values()] == sorted(found.values(), key=lambda one: -one.numerator)


@given(some_lives, st.lists(moments, max_size=4), st.integers(0, 60), moments)
def test_speed_is_until_sales_did_anything(
    some: list[Life], contacts: list[int], within: int, as_of: int
) -> None:
    hours, waiting = [], 0
    for life in some:
        for step, steps in cohort(life, "MQL", 0, NOW):
            if step.at + within > as_of:
                waiting += 1
                continue
            aside = set_aside(steps)
            accepted = [one for one in steps if one.stage in ("SAL", "SQL", "customer")][:1]
            first = min(accepted, key=lambda one: one.at, default=None)
            acted = [at for at in contacts if at >= step.at and (not aside or at <= aside.at)]
            acted += [
                one.at for one in (first, aside) if one and one.role not in ("rule", "marketing")
            ]
            waited = min(acted) - step.at if acted else math.inf
            hours.append(waited / HOUR_US if waited <= within else math.inf)
    handed = [Handed(way, sorted(contacts)) for way in begun(some, "MQL")]
    assert speed_to_lead(handed, within, as_of) == median(hours, waiting)


@given(some_lives, st.lists(moments, max_size=4), st.integers(1, 30), moments)
def test_in_time_is_who_moved_on_or_was_spoken_to_until_it_was_due(
    some: list[Life], contacts: list[int], within: int, as_of: int
) -> None:
    kept = due = waiting = 0
    for life in some:
        for step, steps in cohort(life, "MQL", 0, NOW):
            left = [one.at for one in steps if one.stage in ("SAL", "SQL", "customer")]
            aside = set_aside(steps)
            left += [aside.at] if aside else []
            left += [at for at in contacts if at >= step.at]
            if step.at + within >= as_of:
                waiting += 1
            else:
                due += 1
                kept += bool(left) and min(left) <= step.at + within
    handed = [
        Handed(way, keeping=sorted(contacts), due=way.entered["MQL"].at + within)
        for way in begun(some, "MQL")
    ]
    assert in_time(handed, as_of) == share(kept, due, waiting)
    assert in_time([one._replace(due=None) for one in handed], as_of) == share(0, 0)


@given(some_lives, st.integers(0, 60), moments)
def test_a_pipeline_is_worth_what_its_parts_are(some: list[Life], within: int, as_of: int) -> None:
    members = [one for life in some for one in cohort(life, "SQL", 0, NOW)]
    old = [(step, steps) for step, steps in members if step.at + within <= as_of]
    moments_of = [(step.at, came_to(steps, "customer")) for step, steps in old]
    took = [at - since for since, at in moments_of if at is not None and at <= since + within]
    waiting = len(members) - len(old)
    ways = begun(some, "SQL")
    assert sales_cycle(ways, within, as_of) == median([one / DAY_US for one in took], waiting)
    found = velocity(7, ways, within, as_of)
    if any(took):
        cycle = median([one / DAY_US for one in took]).value
        if cycle:
            assert found.value == pytest.approx(7 * len(took) / len(old) / cycle)
    else:
        assert found.value is None
    for way, (step, steps) in zip(ways, members, strict=True):
        decided = [one.at for one in steps if one.stage in ("customer", "recycled", "disqualified")]
        is_in = step.at < as_of <= step.at + within and all(at >= as_of for at in decided)
        assert is_in_pipeline(way, within, as_of) is is_in


TAKEN_UP_AT_ONCE = Life(0, [Step("disqualified", 0, "crm"), Step("lead", 0, "crm")])


@given(some_lives, st.integers(0, 60), moments, moments)
@example([TAKEN_UP_AT_ONCE], 0, 0, 0)
def test_promises_are_held_against_what_people_decided(
    some: list[Life], within: int, scored_at: int, as_of: int
) -> None:
    expected: list[float] = []
    came = waiting = 0
    for place, life in enumerate(some):
        qualified = [
            one.at
            for steps in rounds(life)
            for stage in ("SQL", "customer")
            for one in [one for one in steps if one.stage == stage][:1]
            if one.role != "rule"
        ]
        stages = _first_of_each(life, scored_at)
        out = stages[-1:] == ["disqualified"]
        if out or any(at <= scored_at for at in qualified):
            continue
        if scored_at + within > as_of:
            waiting += 1
            continue
        expected.append(place / 100)
        came += any(scored_at < at <= scored_at + within for at in qualified)
    scored = [
        Scored(life.journey(), scored_at, place / 100, "B", "model")
        for place, life in enumerate(some)
    ]
    found = promises(scored, within, as_of)
    if not expected and not waiting:
        assert found == ()
    else:
        mean = sum(expected) / len(expected) if expected else None
        [one] = found
        assert one == Promise("B", "model", mean, share(came, len(expected), waiting))


def _first_of_each(life: Life, until: int) -> list[str]:
    """Return stages in the order of their first steps in each round, up to a moment."""
    found: list[str] = []
    for steps in rounds(life):
        seen: set[str] = set()
        for step in steps:
            if step.stage is not None and step.at <= until and step.stage not in seen:
                seen.add(step.stage)
                found.append(step.stage)
    return found


def test_a_pass_begins_anew_once_a_lead_was_set_aside() -> None:
    steps = [
        Step("MQL", 1, "rule"), Step("MQL", 2, "crm"), Step("recycled", 3, "sales", "no_time"),
        Step("disqualified", 4, "admin"), Step("MQL", 5, "rule"), Step("SQL", 6, "sales"),
        Step("MQL", 7, "sales"), Step(None, 8, "crm"), Step("SAL", 9, "sales"),
    ]  # fmt: skip
    first, second, third = passes(0, steps)
    assert (first.entered["MQL"].at, first.aside) == (1, steps[2])
    assert (second.entered, second.aside) == ({}, steps[3])
    assert (third.entered["MQL"].at, third.aside) == (5, None)
    reached = third.reached("SAL")
    assert reached is not None and reached.at == 6
    # It was qualified before sales said that it accepted it.
    assert third.begun("SAL") is None and third.begun("MQL") is not None


def test_one_exactly_as_old_as_it_takes_counts_and_comes_in_time() -> None:
    way = passes(0, [Step("MQL", 10, "rule"), Step("SQL", 20, "sales")])[0]
    assert conversion([way], "MQL", "SQL", 10, 20).numerator == 1
    assert conversion([way], "MQL", "SQL", 10, 19) == share(0, 0, 1)
    assert conversion([way], "MQL", "SQL", 9, 20) == share(0, 1)
    assert in_time([Handed(way, due=20)], 21) == share(1, 1)
    assert in_time([Handed(way, due=19)], 20) == share(0, 1)
    assert in_time([Handed(way, due=20)], 20) == share(0, 0, 1)
    assert in_time([Handed(way, keeping=[9, 19], due=19)], 20) == share(1, 1)
    assert in_time([Handed(way, keeping=[9], due=19)], 20) == share(0, 1)


def test_those_that_wait_do_not_make_sales_look_fast() -> None:
    fast = passes(0, [Step("MQL", 0, "rule"), Step("SAL", HOUR_US, "sales")])[0]
    never = passes(0, [Step("MQL", 0, "rule")])[0]
    handed = [Handed(one) for one in [fast] * 3 + [never] * 4]
    assert speed_to_lead(handed, DAY_US, DAY_US).value is None
    assert speed_to_lead(handed[:5], DAY_US, DAY_US).value == 1
    assert speed_to_lead(handed, DAY_US, DAY_US - 1) == Figure(0, 0, None, waiting=7)


def _lead(day: str, *steps: Step) -> Journey:
    created = micros(moment(month_begins(day[:7])), "") + (int(day[8:]) - 1) * DAY_US
    return Journey(1, created, passes(created, steps), {})


def _sql(day: str, after: int) -> Journey:
    created = _lead(day).created
    return _lead(day, Step("SQL", created + after * DAY_US, "crm"))


def test_costs_are_divided_by_what_came_in_their_months() -> None:
    costs = [
        Cost("2026-01", "ads", None, 100.0), Cost("2026-01", "ads", "x", 50.0),
        Cost("2026-02", "ads", None, 80.0),
    ]  # fmt: skip
    leads = [
        _sql("2026-01-01", 10), _sql("2026-01-31", 11), _lead("2026-01-31"), _lead("2026-02-01"),
        _sql("2026-03-01", 1),
    ]  # fmt: skip
    over = month_ends("2026-02")
    assert cost_per_lead(costs, leads, over) == Figure(230.0, 4, 57.5)
    assert cost_per_lead(costs, leads, over - 1) == Figure(150.0, 3, 50.0, waiting=1)
    assert cost_per_lead([], leads, over) == Figure(0, 0, None)
    # January is mature ten days after its end, and one of its SQLs came in time.
    mature = month_ends("2026-01") + 10 * DAY_US
    found = cost_per_sql(costs, leads, 10 * DAY_US, mature)
    rate = share(1, 3)
    assert rate.low is not None and rate.high is not None
    assert (found.numerator, found.denominator, found.value) == (150.0, 1, 150.0)
    assert found.low == pytest.approx(150 / 3 / rate.high)
    assert found.high == pytest.approx(150 / 3 / rate.low)
    assert found.waiting == 1
    none = cost_per_sql(costs, leads, 10 * DAY_US, mature - 1)
    assert none == Figure(0, 0, None, waiting=4)


def test_without_an_sql_there_is_a_least_that_one_costs_and_no_most() -> None:
    leads = [_lead("2026-01-05")] * 10
    found = cost_per_sql([Cost("2026-01", "a", None, 100.0)], leads, 0, month_ends("2026-01"))
    high = share(0, 10).high
    assert found == Figure(100.0, 0, None, 100 / ((high or 0) * 10), None)


def test_only_whole_months_have_costs() -> None:
    begin, end = month_begins("2026-02"), month_begins("2026-04")
    every = {"2026-01", "2026-02", "2026-03", "2026-04"}
    assert whole_months(every, begin, end) == {"2026-02", "2026-03"}
    assert whole_months(every, begin + 1, end - 1) == set()


def test_deals_whose_value_is_known_have_a_mean() -> None:
    won = passes(0, [Step("SQL", 1, "crm"), Step("customer", 2, "crm")])[0]
    lost = passes(0, [Step("SQL", 1, "crm")])[0]
    opened = [Opened(won, 10.0), Opened(won, 30.0), Opened(won, None), Opened(lost, 99.0)]
    assert deal_value(opened) == Figure(40.0, 2, 20.0)
    assert pipeline_value(Figure(6, 3, 2.0, waiting=1), deal_value(opened)) == Figure(
        120.0, 3, 40.0, waiting=1
    )
    assert pipeline_value(Figure(6, 3, 2.0), deal_value([])).value is None
    assert pipeline_value(Figure(0, 0, None), deal_value(opened)).value is None
    assert [amount(one) for one in (5, 2.5, 0, -1, True, "7", None, math.inf)] == [
        5.0, 2.5, 0.0, None, None, None, None, None,
    ]  # fmt: skip


def test_who_was_ruled_out_and_came_back_is_open_again() -> None:
    life = Life(0, [Step("disqualified", 10, "sales"), Step("recycled", 20, "marketing")])
    back = Life(0, [Step("disqualified", 10, "sales"), Step("MQL", 20, "crm")])
    assert [is_open(life.journey(), at) for at in (9, 10, 19, 20)] == [True, False, False, True]
    assert [is_open(back.journey(), at) for at in (9, 10, 19, 20)] == [True, False, False, True]


def test_months_and_weeks_are_those_of_the_calendar() -> None:
    first = month_begins("2026-01")
    assert (month_of(first), month_of(first - 1)) == ("2026-01", "2025-12")
    assert (week_of(first), week_of(first - 1)) == ("2026-W01", "2026-W01")
    assert week_of(month_begins("2027-01")) == "2026-W53"
    assert month_ends("2026-02") == month_begins("2026-03")
    assert month_ends("2025-12") == first
    assert usual_period(first) == (month_begins("2025-02"), first + DAY_US)
    assert usual_period(first - 1) == (month_begins("2025-01"), first)


def test_terms_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="no currency"):
        KpiTerms.model_validate({"currency": "XYZ"})
    with pytest.raises(ValueError, match="not a duration"):
        KpiTerms.model_validate({"sql_within": "90"})
