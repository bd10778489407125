"""What ships: the procedure on all that is known, with a calibration and a reference of its own."""

from dataclasses import replace

import numpy as np
import pytest

from serving.model.reference import Reference
from serving.model.scorer import probability
from tests.training.studies import CHOICES, flat_dataset
from training.learning.forward import Forward, Window
from training.learning.logistic import fit_linear
from training.learning.procedure import Fitted, Procedure
from training.learning.refit import Figures, TooLittleDataError, refit, ship
from training.project.project import Project
from training.rows.dataset import Dataset
from training.rows.schedule import MEMORY

PROJECT = Project.model_validate(
    {
        "name": "tiny",
        "sources": {"leads": {"path": "leads.csv"}},
        "flat": {"label": "y", "positive": "1"},
    }
)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return flat_dataset()


@pytest.fixture(scope="module")
def fitted(dataset: Dataset) -> Fitted:
    return refit(dataset, Procedure(dataset, CHOICES))


def test_every_row_is_learned_from(dataset: Dataset, fitted: Fitted) -> None:
    known = Procedure(dataset, CHOICES).ground(dataset.schedule.end)
    assert known is not None
    assert len(known.rows) == len(dataset.learning.rows)
    assert fitted.base_rate == dataset.learning.rows.label.mean()


def _reference(dataset: Dataset, fitted: Fitted) -> tuple[np.ndarray, list[Window]]:
    """Return calibrated log-odds of the windows before the end, and these windows."""
    forward = Forward(dataset, (30,), CHOICES.learning_rate, CHOICES.seed)
    windows = forward.windows(dataset.schedule.end, MEMORY)[::-1]
    assert len(windows) == MEMORY
    margins = np.concatenate([forward.margins(w, fitted.candidate) for w in windows])
    return fitted.calibration.slope * margins + fitted.calibration.offset, windows


def test_the_reference_is_of_rows_it_had_not_learned_from(dataset: Dataset, fitted: Fitted) -> None:
    expected, windows = _reference(dataset, fitted)
    np.testing.assert_array_equal(fitted.reference, expected)
    label = np.concatenate([w.rows.label for w in windows])
    assert probability(expected).mean() == pytest.approx(label.mean(), abs=0.05)


def test_recency_moves_what_is_learned(dataset: Dataset) -> None:
    with_recency, without = (
        refit(dataset, Procedure(dataset, CHOICES.model_copy(update={"half_life": half_life})))
        for half_life in (0.1, 0.0)
    )
    assert with_recency.candidate.half_life == 0.1
    assert with_recency.learned.ensemble.linear.model != without.learned.ensemble.linear.model


def test_a_fixed_calibration_is_of_the_model_that_ships(dataset: Dataset) -> None:
    choices = CHOICES.model_copy(update={"calibration": "slope_and_offset"})
    fitted = refit(dataset, Procedure(dataset, choices))
    assert fitted.calibration.slope != 1.0
    assert fitted.calibration.offset != 0.0
    np.testing.assert_array_equal(fitted.reference, _reference(dataset, fitted)[0])
    assert all(trial.question != "calibration" for trial in fitted.trials)


def test_the_manifest_tells_what_ships(dataset: Dataset, fitted: Fitted) -> None:
    shipped = ship(PROJECT, dataset, fitted, Figures({}, {}, ("Doubt.",)), now=0)
    manifest = shipped.manifest
    assert manifest.feature_set == fitted.feature_set
    assert manifest.calibration == fitted.calibration
    assert manifest.reference == Reference.of(fitted.reference)
    assert manifest.window.rows == 1500
    assert manifest.notes == ("Doubt.",)
    log_odds = shipped.sample_explained.log_odds
    np.testing.assert_allclose(
        probability(log_odds), fitted.probabilities(shipped.sample), atol=1e-12
    )
    assert sum(manifest.importance.values()) > 0


def test_very_little_data_are_refused(dataset: Dataset) -> None:
    label = (dataset.learning.rows.as_of % 200 == 0) * 1.0
    rows = replace(dataset.learning.rows, label=label)
    few = replace(dataset, learning=replace(dataset.learning, rows=rows))
    with pytest.raises(TooLittleDataError, match=r"only 8 leads .* at least 10 are needed"):
        refit(few, Procedure(few, CHOICES))


def test_ten_conversions_are_learned_from_by_a_logistic_alone(dataset: Dataset) -> None:
    label = (dataset.learning.rows.as_of % 150 == 0) * 1.0
    rows = replace(dataset.learning.rows, label=label)
    few = replace(dataset, learning=replace(dataset.learning, rows=rows))
    fitted = refit(few, Procedure(few, CHOICES))
    assert fitted.candidate.tree_weight == 0.0
    assert fitted.trials == ()
    assert 0 < probability(fitted.reference).mean() < 0.05


def test_a_world_without_signal_ships_the_base_rate() -> None:
    noise = flat_dataset(signal=0.0)
    fitted = refit(noise, Procedure(noise, CHOICES))
    said = fitted.probabilities(noise.learning.table)
    base = noise.learning.rows.label.mean()
    assert said.mean() == pytest.approx(base, rel=0.05)
    assert np.quantile(said, 0.95) < 1.3 * base


def test_what_ships_is_learned_with_the_recency_that_was_chosen(dataset: Dataset) -> None:
    fixed = {"half_life": 0.1, "tree_weight": 0.0}
    procedure = Procedure(dataset, CHOICES.model_copy(update=fixed))
    known = procedure.ground(dataset.schedule.end)
    assert known is not None
    fitted = procedure.run(dataset.schedule.end, known)
    examples = known.examples(0.1, by_age=fitted.candidate.by_age)
    expected = fit_linear(known.feature_set, known.encoder, examples, fitted.candidate.logistic_c)
    assert fitted.learned.ensemble.linear.model == expected.model


def test_plots_show_the_newest_rows(
    dataset: Dataset, fitted: Fitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.learning.refit._SAMPLE", 40)
    shipped = ship(PROJECT, dataset, fitted, Figures({}, {}, ()), now=0)
    newest = np.flatnonzero(dataset.learning.rows.as_of >= 1500 - 40)
    expected = dataset.learning.table.take(newest).select(fitted.feature_set)
    np.testing.assert_array_equal(shipped.sample.numbers, expected.numbers)
