from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from serving.model.manifest import Metric
from training.checks.metrics import METRICS, Outcomes, Ranking, calibration_slope, evaluate

ROWS = st.lists(
    st.tuples(
        st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans(), st.sampled_from([0.5, 1.0, 3.0])
    ),
    min_size=2,
    max_size=40,
).filter(lambda rows: {label for _, label, _ in rows} == {True, False})


@settings(deadline=None, max_examples=100)
@given(ROWS)
def test_figures_are_those_of_scikit_learn_with_ties_and_weights(
    rows: list[tuple[float, bool, float]],
) -> None:
    probability, label, weight = (
        np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)
    )
    figures = Ranking(probability, label).figures(weight)
    assert figures["roc_auc"] == pytest.approx(
        roc_auc_score(label, probability, sample_weight=weight)
    )
    assert figures["pr_auc"] == pytest.approx(
        average_precision_score(label, probability, sample_weight=weight)
    )
    assert figures["brier"] == pytest.approx(
        brier_score_loss(label, probability, sample_weight=weight)
    )


def test_lift_is_the_share_of_positives_on_top_over_the_base_rate() -> None:
    label = np.array([1.0, 1.0] + [0.0] * 18)
    probability = np.linspace(0.9, 0.1, 20)
    figures = Ranking(probability, label).figures(np.ones(20))
    assert figures["lift_10"] == pytest.approx(10.0)
    assert figures["lift_20"] == pytest.approx(5.0)


def test_constant_probability_has_no_lift_and_half_an_auc() -> None:
    label = np.array([1.0, 0.0, 0.0, 0.0])
    figures = Ranking(np.full(4, 0.25), label).figures(np.ones(4))
    assert figures["roc_auc"] == pytest.approx(0.5)
    assert figures["lift_10"] == pytest.approx(1.0)
    assert figures["ece"] == pytest.approx(0.0)


@settings(deadline=None, max_examples=100)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(
    rows: list[tuple[float, bool, float]], random: Random
) -> None:
    shuffled = random.sample(rows, len(rows))
    figures = []
    for some in (rows, shuffled):
        columns = (np.array(column, dtype=np.float64) for column in zip(*some, strict=True))
        probability, label, weight = columns
        figures.append(Ranking(probability, label).figures(weight))
    assert figures[0] == pytest.approx(figures[1])


def test_calibrated_probabilities_have_a_small_calibration_error_and_others_a_large_one() -> None:
    random = np.random.default_rng(1)
    probability = random.uniform(size=20_000)
    label = (random.uniform(size=20_000) < probability).astype(np.float64)
    weight = np.ones(20_000)
    assert Ranking(probability, label).figures(weight)["ece"] < 0.02
    assert Ranking(probability / 2, label).figures(weight)["ece"] > 0.2


def test_intervals_hold_the_value_and_grow_where_rows_come_in_groups() -> None:
    random = np.random.default_rng(2)
    probability = np.repeat(random.uniform(size=100), 10)
    label = np.repeat((random.uniform(size=100) < 0.3).astype(np.float64), 10)
    alone = evaluate(probability, Outcomes(label, np.arange(1000)), seed=3)
    grouped = evaluate(probability, Outcomes(label, np.repeat(np.arange(100), 10)), 3)
    assert set(alone) == set(METRICS)

    assert _width(grouped["roc_auc"]) > 2 * _width(alone["roc_auc"])


def _width(metric: Metric) -> float:
    assert metric.value is not None
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low <= metric.value <= metric.high
    return metric.high - metric.low


def test_one_outcome_only_leaves_every_figure_undefined() -> None:
    metrics = evaluate(np.array([0.2, 0.4]), Outcomes(np.zeros(2), np.arange(2)), 1)
    assert all(metric.value is None for metric in metrics.values())


def test_lift_leaves_out_the_positives_that_are_not_on_top() -> None:
    label = np.array([1.0, 1.0] + [0.0] * 16 + [1.0, 1.0])
    figures = Ranking(np.linspace(0.9, 0.1, 20), label).figures(np.ones(20))
    assert figures["lift_10"] == pytest.approx(5.0)
    assert figures["lift_20"] == pytest.approx(2.5)


@pytest.mark.parametrize(("alternating_every", "error"), [(5, 0.0), (10, 0.5)])
def test_calibration_error_looks_at_ten_bins(alternating_every: int, error: float) -> None:
    label = (np.arange(100) // alternating_every % 2 == 0) * 1.0
    probability = np.linspace(0.5001, 0.4999, 100)
    figures = Ranking(probability, label).figures(np.ones(100))
    assert figures["ece"] == pytest.approx(error, abs=0.001)


def test_both_ends_of_an_interval_are_those_of_95_percent() -> None:
    random = np.random.default_rng(9)
    probability = random.uniform(size=4000)
    label = (random.uniform(size=4000) < probability).astype(np.float64)
    error = np.std((probability - label) ** 2) / np.sqrt(4000)
    brier = evaluate(probability, Outcomes(label, np.arange(4000)), seed=6)["brier"]
    assert brier.value is not None
    assert brier.low is not None
    assert brier.high is not None
    assert (brier.value - brier.low) / error == pytest.approx(1.96, rel=0.08)
    assert (brier.high - brier.value) / error == pytest.approx(1.96, rel=0.08)


def test_the_slope_of_log_odds_that_are_twice_too_far_apart_is_a_half() -> None:
    random = np.random.default_rng(7)
    log_odds = random.normal(0, 1, 20_000)
    label = (random.uniform(size=20_000) < 1 / (1 + np.exp(-log_odds))).astype(np.float64)
    for stretch in (1.0, 2.0):
        said = 1 / (1 + np.exp(-stretch * log_odds))
        assert calibration_slope(said, label) == pytest.approx(1 / stretch, rel=0.05)


def test_the_slope_of_what_is_certain_is_finite() -> None:
    label = np.array([0.0, 1.0, 0.0, 1.0])
    slope = calibration_slope(np.array([0.0, 1.0, 1.0, 1.0]), label)
    assert slope is not None
    assert np.isfinite(slope)


def test_one_outcome_or_one_probability_has_no_slope() -> None:
    assert calibration_slope(np.array([0.2, 0.4]), np.zeros(2)) is None
    assert calibration_slope(np.array([0.2, 0.4]), np.ones(2)) is None
    assert calibration_slope(np.full(2, 0.3), np.array([0.0, 1.0])) is None
