"""The baseline by age: steep where the data are, and no steeper than enough leads tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.learning.baseline import Baseline, fit_baseline


def _fit(age: np.ndarray, label: np.ndarray, weight: np.ndarray | None = None) -> Baseline:
    weights = np.ones(len(age)) if weight is None else np.asarray(weight, dtype=np.float64)
    outcome = np.asarray(label, dtype=np.float64)
    return fit_baseline(0, age[:, None], outcome, weights, np.arange(len(age)))


def test_rates_by_age_are_met_however_steep_they_are() -> None:
    random = np.random.default_rng(1)
    age = random.uniform(0, 400, 60_000)
    rate = np.where(age < 3, 0.3, np.where(age < 60, 0.03, 0.003))
    label = (random.random(len(age)) < rate) * 1.0
    said = 1 / (1 + np.exp(-_fit(age, label).margins(age[:, None])))
    for begin, until in ((0, 1), (14, 30), (120, 400)):
        inside = (begin <= age) & (age < until)
        assert said[inside].sum() == pytest.approx(label[inside].sum(), rel=0.15)


def test_a_part_with_few_conversions_joins_the_next() -> None:
    age = np.repeat([0.5, 2.0, 5.0], 100)
    label = np.tile(np.arange(100) < 5, 3) * 1.0
    baseline = _fit(age, label)
    assert baseline.days == (2.0,)
    label[age == 0.5] = np.arange(100) < 10
    assert _fit(age, label).days == (0.5, 3.5)


def test_rows_of_one_lead_are_one_observation() -> None:
    age = np.repeat([0.5, 2.0], 100)
    label = np.tile(np.arange(100) < 50, 2).astype(np.float64)
    lead = np.tile(np.arange(100) // 25, 2)
    baseline = fit_baseline(0, age[:, None], label, np.ones(200), lead)
    assert len(baseline.days) == 1


def test_an_unknown_age_has_the_rate_of_those() -> None:
    age = np.concatenate([np.full(200, 5.0), np.full(100, np.nan)])
    label = np.concatenate([np.arange(200) < 20, np.arange(100) < 50]) * 1.0
    margins = _fit(age, label).margins(age[:, None])
    assert 1 / (1 + np.exp(-margins[0])) == pytest.approx(0.1, abs=0.01)
    assert 1 / (1 + np.exp(-margins[-1])) == pytest.approx(0.5, abs=0.01)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(0, 1000), st.sampled_from([0.0, 1.0, 3.0, 240.0]), st.just(np.nan)),
            st.booleans(),
            st.floats(0.01, 3),
        ),
        min_size=1,
        max_size=80,
    )
)
def test_it_is_finite_and_ascending_whatever_the_rows(
    rows: list[tuple[float, bool, float]],
) -> None:
    age, label, weight = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    baseline = _fit(age, label, weight)
    assert np.isfinite(baseline.margins(age[:, None])).all()
    assert list(baseline.days) == sorted(set(baseline.days))
    assert len(baseline.days) == len(baseline.log_odds)


def test_an_age_of_zero_is_young_and_what_is_left_over_goes_to_the_oldest_part() -> None:
    age = np.concatenate([np.zeros(20), np.full(20, 2.0), np.full(5, 300.0)])
    label = np.concatenate([np.arange(20) < 10, np.arange(20) < 10, np.zeros(5)])
    baseline = _fit(age, label)
    assert baseline.days == (0.0, 2.0)
    assert baseline.log_odds[1] < baseline.log_odds[0]


def test_an_age_that_no_row_lacks_has_the_overall_rate_where_it_is_unknown() -> None:
    baseline = _fit(np.arange(4.0), np.array([1.0, 0.0, 0.0, 0.0]))
    assert baseline.unknown == pytest.approx(np.log(0.3 / 0.7))


def test_an_age_at_a_border_belongs_to_the_older_part() -> None:
    age = np.repeat([0.5, 1.0], 100)
    label = np.tile(np.arange(100) < 50, 2) * 1.0
    assert _fit(age, label).days == (0.5, 1.0)


def test_a_term_with_the_baseline_in_it_says_what_the_baseline_says() -> None:
    age = np.concatenate([np.repeat([0.5, 5.0, 50.0], 200), np.full(100, np.nan)])
    label = (np.arange(700) % 10 < np.repeat([5, 3, 1, 2], [200, 200, 200, 100])) * 1.0
    baseline = _fit(age, label)
    nothing = baseline.term.model_copy(update={"weight": 0.0, "missing_weight": 0.0})
    term, rest = baseline.added_to(nothing, 0.5)
    known = ~np.isnan(age)
    said = np.where(
        known, term.weight * np.interp(age, term.grid, term.normal), term.missing_weight
    )
    np.testing.assert_allclose(said + rest, 0.5 * baseline.margins(age[:, None]), atol=1e-9)
