"""The procedure forward in time: what it compares, and what it must never look at."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from training.split import CALIBRATE, FIT, TEST, split_rows

from features.table import FeatureTable
from serving.model.scorer import Explained, probability
from tests.tiny import FEATURE_SET, random_table
from training.dataset import Dataset
from training.evaluation import (
    BASE_RATE,
    DEFAULTS,
    LOGISTIC,
    MODEL,
    RULES,
    Evaluation,
    TooLittleDataError,
    evaluate_procedure,
    leads_of_rarer_outcome,
)
from training.grid import LabelledRows
from training.metrics import METRICS
from training.project import ModelChoices

ROWS = 1500
CHOICES = ModelChoices(most_rounds=60, learning_rate=0.1)


def _dataset() -> Dataset:
    table = random_table(ROWS, seed=3)
    random = np.random.default_rng(3)
    logit = -1.0 + 1.2 * table.numbers[:, 3] + (table.texts["industry"] == "IT")
    label = (random.uniform(size=ROWS) < 1 / (1 + np.exp(-logit))) * 1.0
    lead = np.arange(ROWS)
    rows = LabelledRows(lead, random.permutation(ROWS), label, lead, immature=0)
    lead_id = np.array([f"L{n}" for n in lead], dtype=object)
    return Dataset(lead_id, rows, split_rows(rows, 0, seed=3), table, ())


def _rules(dataset: Dataset) -> Explained:
    rows = int(dataset.split.mask(TEST).sum())
    return Explained(-2.0, np.linspace(-3, 1, rows), np.zeros((rows, 1)))


def _evaluate(dataset: Dataset) -> Evaluation:
    return evaluate_procedure(dataset, CHOICES, _rules(dataset))


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return _evaluate(_dataset())


def test_every_candidate_has_every_figure(evaluation: Evaluation) -> None:
    assert list(evaluation.metrics) == [MODEL, BASE_RATE, RULES, LOGISTIC, DEFAULTS]
    for figures in evaluation.metrics.values():
        assert tuple(figures) == METRICS
        for metric in figures.values():
            assert metric.low is not None
            assert metric.high is not None
            assert metric.low <= metric.high


def test_the_model_learns_and_the_base_rate_knows_nothing(evaluation: Evaluation) -> None:
    model, base = evaluation.metrics[MODEL], evaluation.metrics[BASE_RATE]
    assert base["roc_auc"].value == pytest.approx(0.5)
    assert model["roc_auc"].value is not None
    assert model["roc_auc"].value > 0.65
    assert model["brier"].value is not None
    assert base["brier"].value is not None
    assert model["brier"].value < base["brier"].value


def test_the_shipped_calibration_and_reference_are_of_the_later_slices(
    evaluation: Evaluation,
) -> None:
    dataset = _dataset()
    later = dataset.split.mask(CALIBRATE, TEST)
    assert len(evaluation.reference) == int(later.sum())
    expected = float(dataset.rows.label[later].mean())
    assert float(probability(evaluation.reference).mean()) == pytest.approx(expected, abs=0.01)


def test_labels_of_the_newest_slice_change_no_prediction(evaluation: Evaluation) -> None:
    dataset = _dataset()
    newest = dataset.split.mask(TEST)
    label = np.where(newest, 1 - dataset.rows.label, dataset.rows.label)
    flipped = _evaluate(replace(dataset, rows=replace(dataset.rows, label=label)))
    np.testing.assert_array_equal(flipped.probability, evaluation.probability)
    np.testing.assert_array_equal(flipped.label, 1 - evaluation.label)
    assert flipped.learned.booster_text == evaluation.learned.booster_text
    assert flipped.learned.halves.linear.model == evaluation.learned.halves.linear.model


def test_features_of_the_newest_rows_change_no_prediction_of_others(
    evaluation: Evaluation,
) -> None:
    dataset = _dataset()
    newest = np.flatnonzero(dataset.split.mask(TEST))
    changed = np.arange(0, len(newest), 2)
    disturbed = _evaluate(replace(dataset, table=_disturbed(dataset.table, newest[changed])))
    others = np.delete(np.arange(len(newest)), changed)
    np.testing.assert_array_equal(disturbed.probability[others], evaluation.probability[others])
    assert (disturbed.probability[changed] != evaluation.probability[changed]).any()
    assert disturbed.learned.booster_text == evaluation.learned.booster_text


def _disturbed(table: FeatureTable, rows: NDArray[np.intp]) -> FeatureTable:
    numbers, industry = table.numbers.copy(), table.texts["industry"].copy()
    numbers[rows] = np.nan
    industry[rows] = "Weltraumtourismus"
    return FeatureTable(FEATURE_SET, numbers, {"industry": industry})


def test_what_fits_does_matter(evaluation: Evaluation) -> None:
    dataset = _dataset()
    oldest = dataset.split.mask(FIT)
    label = np.where(oldest, 1 - dataset.rows.label, dataset.rows.label)
    flipped = _evaluate(replace(dataset, rows=replace(dataset.rows, label=label)))
    assert (flipped.probability != evaluation.probability).any()


def _one_positive_in(dataset: Dataset, rows: int) -> Dataset:
    label = (dataset.rows.as_of % rows == 0) * 1.0
    return replace(dataset, rows=replace(dataset.rows, label=label))


def test_little_data_leave_the_logistic_alone() -> None:
    evaluation = _evaluate(_one_positive_in(_dataset(), 20))
    assert evaluation.learned.halves.trees is None
    assert evaluation.metrics[MODEL] == evaluation.metrics[LOGISTIC]


def test_very_little_data_are_refused() -> None:
    with pytest.raises(TooLittleDataError, match=r"only 9 leads .* at least 10 are needed"):
        _evaluate(_one_positive_in(_dataset(), 100))


def test_the_rarer_outcome_is_counted_by_leads() -> None:
    lead = np.array([0, 0, 0, 1, 2, 3])
    label = np.array([0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    rows = LabelledRows(lead, np.arange(6), label, lead, immature=0)
    assert leads_of_rarer_outcome(rows) == 2
    assert leads_of_rarer_outcome(rows.take(label > 0)) == 0
