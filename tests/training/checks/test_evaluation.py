"""The procedure forward in time: what it compares, and what it must never look at."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from features.declaration.table import FeatureTable
from serving.model.scorer import probability
from tests.tiny import FEATURE_SET
from tests.training.studies import CHOICES, flat_dataset
from training.checks.backtest import Backtest, run_backtest
from training.checks.evaluation import (
    AFTER,
    BASE_RATE,
    DEFAULTS,
    LOGISTIC,
    MODEL,
    RULES,
    UNSEEN,
    Evaluation,
    SliceSize,
    evaluate_newest,
)
from training.checks.metrics import METRICS
from training.learning.procedure import Procedure
from training.progress import Progress
from training.rows.dataset import Dataset
from training.rows.grid import AFTER_EVENT, REGULAR

QUIET = Progress(Console(quiet=True))


def _backtest(dataset: Dataset) -> Backtest:
    return run_backtest(dataset, Procedure(dataset, CHOICES), 7, QUIET)


def _study(dataset: Dataset) -> tuple[Backtest, Evaluation]:
    procedure = Procedure(dataset, CHOICES)
    backtest = run_backtest(dataset, procedure, 7, QUIET)
    return backtest, evaluate_newest(dataset, procedure, backtest, 7)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return flat_dataset()


@pytest.fixture(scope="module")
def study(dataset: Dataset) -> tuple[Backtest, Evaluation]:
    return _study(dataset)


@pytest.fixture(scope="module")
def evaluation(study: tuple[Backtest, Evaluation]) -> Evaluation:
    return study[1]


def _newest(dataset: Dataset) -> NDArray[np.bool_]:
    newest: NDArray[np.bool_] = dataset.learning.rows.as_of >= min(dataset.schedule.cutoffs)
    return newest


def _with_label(dataset: Dataset, label: NDArray[np.float64]) -> Dataset:
    rows = replace(dataset.learning.rows, label=label)
    return replace(dataset, learning=replace(dataset.learning, rows=rows))


def test_every_candidate_has_every_figure(evaluation: Evaluation) -> None:
    assert list(evaluation.metrics) == [MODEL, BASE_RATE, RULES, LOGISTIC, DEFAULTS]
    for figures in evaluation.metrics.values():
        assert tuple(figures) == METRICS
        for metric in figures.values():
            assert metric.low is not None
            assert metric.high is not None
            assert metric.low <= metric.high


def test_the_slices_are_counted(dataset: Dataset, evaluation: Evaluation) -> None:
    newest = _newest(dataset)
    rows = dataset.learning.rows
    assert evaluation.newest == SliceSize.of(rows.take(newest))
    assert evaluation.learned_from == SliceSize.of(rows.take(~newest))
    assert evaluation.newest.rows == 450


def test_the_model_learns_and_the_base_rate_knows_little(evaluation: Evaluation) -> None:
    model, base = evaluation.metrics[MODEL], evaluation.metrics[BASE_RATE]
    assert model["roc_auc"].value is not None
    assert model["roc_auc"].value > 0.65
    assert model["brier"].value is not None
    assert base["brier"].value is not None
    assert model["brier"].value < base["brier"].value


def test_each_row_is_held_against_the_model_of_the_cut_off_before_it(
    dataset: Dataset, study: tuple[Backtest, Evaluation]
) -> None:
    backtest, evaluation = study
    rows, schedule = dataset.learning.rows, dataset.schedule
    expected = [
        backtest.fitted[cutoff].probabilities(
            dataset.learning.take(schedule.window(rows, cutoff)).table
        )
        for cutoff in schedule.cutoffs
    ]
    np.testing.assert_array_equal(evaluation.probability, np.concatenate(expected))


def test_the_rules_are_held_against_the_same_rows(dataset: Dataset, evaluation: Evaluation) -> None:
    rules = probability(dataset.learning.rules.log_odds[_newest(dataset)])
    label = dataset.learning.rows.label[_newest(dataset)]
    assert evaluation.metrics[RULES]["brier"].value == pytest.approx(((rules - label) ** 2).mean())


def test_leads_unseen_before_and_moments_after_events_have_figures_of_their_own(
    dataset: Dataset, study: tuple[Backtest, Evaluation]
) -> None:
    # Every two leads become one, so that some of the newest rows are of leads that were seen.
    lead = dataset.learning.rows.lead // 2
    order = np.lexsort((dataset.learning.rows.as_of, lead))
    scene = dataset.learning.take(order)
    kind = np.where(np.arange(len(order)) % 3 == 0, AFTER_EVENT, REGULAR).astype(np.int8)
    rows = replace(scene.rows, lead=lead[order], kind=kind)
    changed = replace(dataset, learning=replace(scene, rows=rows))
    evaluation = evaluate_newest(changed, Procedure(changed, CHOICES), study[0], 7)
    newest = np.concatenate(
        [np.flatnonzero(dataset.schedule.window(rows, cutoff)) for cutoff in study[0].fitted]
    )
    seen = set(rows.lead[~_newest(changed)].tolist())
    errors = (evaluation.probability - evaluation.label) ** 2
    for name, some in (
        (AFTER, rows.kind[newest] == AFTER_EVENT),
        (UNSEEN, np.array([one not in seen for one in rows.lead[newest].tolist()])),
    ):
        assert 0 < some.sum() < len(newest)
        assert evaluation.metrics[name]["brier"].value == pytest.approx(errors[some].mean())


def test_labels_after_a_cut_off_change_nothing_that_was_said_before_it(
    dataset: Dataset, study: tuple[Backtest, Evaluation]
) -> None:
    for cutoff in dataset.schedule.cutoffs:
        later = dataset.learning.rows.as_of >= cutoff
        label = np.where(later, 1 - dataset.learning.rows.label, dataset.learning.rows.label)
        flipped = _backtest(_with_label(dataset, label))
        np.testing.assert_array_equal(flipped.said[cutoff], study[0].said[cutoff])
        assert flipped.fitted[cutoff].candidate == study[0].fitted[cutoff].candidate


def test_features_of_the_newest_rows_change_no_prediction_of_others(
    dataset: Dataset, study: tuple[Backtest, Evaluation]
) -> None:
    newest = max(dataset.schedule.cutoffs)
    window = np.flatnonzero(dataset.schedule.window(dataset.learning.rows, newest))
    changed = np.arange(0, len(window), 2)
    table = _disturbed(dataset.learning.table, window[changed])
    disturbed = _backtest(replace(dataset, learning=replace(dataset.learning, table=table)))
    others = np.delete(np.arange(len(window)), changed)
    said, before = disturbed.said[newest], study[0].said[newest]
    np.testing.assert_array_equal(said[others], before[others])
    assert (said[changed] != before[changed]).any()


def _disturbed(table: FeatureTable, rows: NDArray[np.intp]) -> FeatureTable:
    numbers, industry = table.numbers.copy(), table.texts["industry"].copy()
    numbers[rows] = np.nan
    industry[rows] = "Weltraumtourismus"
    return FeatureTable(FEATURE_SET, numbers, {"industry": industry})


def test_what_was_learned_from_does_matter(
    dataset: Dataset, study: tuple[Backtest, Evaluation]
) -> None:
    label = np.where(_newest(dataset), dataset.learning.rows.label, 1 - dataset.learning.rows.label)
    flipped = _backtest(_with_label(dataset, label))
    oldest = min(dataset.schedule.cutoffs)
    assert (flipped.said[oldest] != study[0].said[oldest]).any()


def test_a_past_without_anything_to_learn_from_is_no_figure() -> None:
    dataset = flat_dataset()
    label = (dataset.learning.rows.as_of % 200 == 0) * 1.0
    backtest, evaluation = _study(_with_label(dataset, label))
    assert (backtest.lines, backtest.pooled, backtest.said) == ((), None, {})
    assert evaluation.metrics == {}
    assert (evaluation.learned_from, evaluation.newest.rows) == (None, 0)
