"""The threshold of the highest expected value is what trying every threshold finds."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from features.contract.duration import DAY_US
from serving.lifecycle.handover import NOBODY, Candidates, HandoverTerms, expected_value

shares = st.floats(0, 1)
leads = st.lists(st.one_of(shares, st.sampled_from([0.0, 0.05, 0.1, 0.1000001, 0.5, 1.0])))


def terms(
    calls: int = 3, value: float = 100.0, cost: float = 10.0, **more: object
) -> HandoverTerms:
    said = {"calls_per_week": calls, "value_of_conversion": value, "cost_of_call": cost}
    return HandoverTerms.model_validate({**said, "currency": "EUR", **more})


priced = st.builds(
    lambda calls, value, share: terms(calls, value, value * share),
    st.integers(0, 20), st.floats(1, 1e6), st.floats(0, 0.99),
)  # fmt: skip


def called(probabilities: list[float], agreed: HandoverTerms, threshold: float) -> list[float]:
    above = [p for p in probabilities if p >= threshold]
    return sorted(above, reverse=True)[: agreed.calls_per_week]


def value(probabilities: list[float], agreed: HandoverTerms, threshold: float) -> float:
    return sum(expected_value(p, agreed) for p in called(probabilities, agreed, threshold))


@given(leads, priced)
def test_no_threshold_is_worth_more(probabilities: list[float], agreed: HandoverTerms) -> None:
    best = Candidates(probabilities, agreed)
    found = best.at(best.threshold)
    every = {*probabilities, 0.0, agreed.break_even, NOBODY}
    most = max(value(probabilities, agreed, one) for one in every)
    near = 1e-9 * agreed.value_of_conversion * (len(probabilities) + 1)
    assert found.value == pytest.approx(value(probabilities, agreed, best.threshold), abs=near)
    assert found.value == pytest.approx(most, abs=near)
    # No call is wasted: whoever is called pays, and nobody who pays is left out for want of nerve.
    assert found.too_early == pytest.approx(0.0, abs=near)
    assert found.too_late == pytest.approx(0.0, abs=near)


@given(leads, priced, shares)
def test_what_is_lost_adds_up(
    probabilities: list[float], agreed: HandoverTerms, threshold: float
) -> None:
    best = Candidates(probabilities, agreed)
    found = best.at(threshold)
    asked = called(probabilities, agreed, threshold)
    worth = [expected_value(p, agreed) for p in asked]
    near = 1e-9 * agreed.value_of_conversion * (len(probabilities) + 1)
    assert found.leads == sum(p >= threshold for p in probabilities)
    assert found.called == len(asked)
    assert found.conversions == pytest.approx(sum(asked), abs=1e-9)
    assert found.too_early == pytest.approx(-sum(one for one in worth if one < 0), abs=near)
    left = sorted((p for p in probabilities if p < threshold), reverse=True)
    room = agreed.calls_per_week - sum(one > 0 for one in worth)
    missed = [one for p in left[: max(room, 0)] if (one := expected_value(p, agreed)) > 0]
    assert found.too_late == pytest.approx(sum(missed), abs=near)
    top = best.at(best.threshold).value
    assert found.value + found.too_early + found.too_late == pytest.approx(top, abs=near)


@given(leads, priced)
def test_one_call_more(probabilities: list[float], agreed: HandoverTerms) -> None:
    best = Candidates(probabilities, agreed)
    more = terms(agreed.calls_per_week + 1, agreed.value_of_conversion, agreed.cost_of_call)
    wider = Candidates(probabilities, more)
    gain = wider.at(wider.threshold).value - best.at(best.threshold).value
    near = 1e-9 * agreed.value_of_conversion * (len(probabilities) + 1)
    assert best.one_call_more == pytest.approx(gain, abs=near)


@pytest.mark.parametrize(
    ("probabilities", "calls", "threshold", "counted"),
    [
        ([], 3, 0.1, (0, 0)),  # nobody there: from where a call pays on
        ([0.5, 0.4, 0.3, 0.2], 3, 0.3, (3, 3)),
        ([0.5, 0.4, 0.3], 3, 0.3, (3, 3)),
        ([0.5, 0.4], 3, 0.1, (2, 2)),  # room is left for whoever comes
        ([0.5, 0.3, 0.3, 0.3], 3, 0.3, (4, 3)),  # of leads that are alike, all are handed over
        ([0.09, 0.05], 3, 0.1, (0, 0)),  # nobody pays
        ([0.1, 0.5], 1, 0.5, (1, 1)),
        ([0.1], 1, 0.1, (1, 1)),  # at the border a call is worth nothing, and costs nothing
        ([0.5, 0.4], 0, 1.0, (0, 0)),  # no time
    ],
)
def test_borders(
    probabilities: list[float], calls: int, threshold: float, counted: tuple[int, int]
) -> None:
    best = Candidates(probabilities, terms(calls))
    assert best.threshold == threshold
    assert (best.at(threshold).leads, best.at(threshold).called) == counted


def test_the_curve_shows_every_threshold_or_an_even_choice() -> None:
    drawn = random.Random(1)
    probabilities = [drawn.random() for _ in range(1_000)]
    best = Candidates(probabilities, terms(calls=37))
    every = best.curve(1_000)
    assert [point.threshold for point in every] == sorted(probabilities, reverse=True)
    assert max(every, key=lambda point: point.value).threshold == best.threshold
    few = best.curve(10)
    assert len(few) <= 12
    assert {best.threshold, min(probabilities), max(probabilities)} <= {p.threshold for p in few}
    assert all(few[n].threshold > few[n + 1].threshold for n in range(len(few) - 1))
    assert Candidates([], terms()).curve(10) == [(0.1, 0, 0, 0.0, 0.0, 0.0, 0.0)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cost_of_call": 100.0}, "must be less than value_of_conversion"),
        ({"value_of_conversion": 0.0, "cost_of_call": 0.0}, "must be less than"),
        ({"calls_per_week": -1}, "greater than or equal to 0"),
        ({"calls_per_week": 2.5}, "integer"),
        ({"calls_per_week": 1_000_001}, "less than or equal to 1000000"),
        ({"cost_of_call": -1.0}, "greater than or equal to 0"),
        ({"value_of_conversion": 1.1e12}, "less than or equal to 1000000000000"),
        ({"value_of_conversion": math.inf}, "finite"),
        ({"currency": "EURO"}, "pattern"),
        ({"currency": "XQQ"}, "no currency of ISO 4217"),
        ({"apply": "always"}, "'propose' or 'automatic'"),
        ({"stage": "SQL"}, "'MAL', 'MQL' or 'SAL'"),
    ],
)
def test_what_terms_must_not_say(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        terms(**changes)  # type: ignore[arg-type]


def test_what_terms_leave_out_is_usual() -> None:
    usual = terms(calls=1_000_000, value=1e12, cost=0.0)
    assert (usual.apply, usual.stage, usual.horizon) == ("propose", "MQL", 30 * DAY_US)


@pytest.mark.parametrize("calls", [10, 50, 200])
def test_the_threshold_is_near_the_best_that_comes_true(calls: int) -> None:
    """Where probabilities are true, what was chosen without knowing brings nearly the most."""
    drawn, agreed = random.Random(calls), terms(calls, value=2_000.0, cost=60.0)
    chosen = best = 0.0
    for _ in range(200):
        true = [drawn.betavariate(0.4, 8.0) for _ in range(1_000)]
        became = [drawn.random() < p for p in true]
        ranked = sorted(zip(true, became, strict=True), reverse=True)
        worth = [agreed.value_of_conversion * won - agreed.cost_of_call for _, won in ranked]
        found = Candidates(true, agreed)
        chosen += sum(worth[: found.at(found.threshold).called])
        # Whoever knew the outcomes of that very week, and could choose any threshold.
        best += max(sum(worth[:n]) for n in range(calls + 1))
    assert chosen > 0.97 * best
