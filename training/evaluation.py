"""The whole procedure tried forward in time, beside what it has to beat."""

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from features.encoder import Encoder, category_columns
from features.mistake import MistakeError
from features.table import FeatureTable
from serving.model.manifest import Calibration, Metric, Mixture
from serving.model.scorer import Explained, Halves, probability
from training.calibration import fit_platt
from training.dataset import Dataset
from training.grid import LabelledRows
from training.learners import TREES_FROM, Examples, Learned, learn, recency_weights
from training.metrics import Outcomes, evaluate
from training.project import ModelChoices
from training.split import CALIBRATE, FIT, TEST

FEWEST_LEADS = 10
"""Fewest leads of the rarer outcome from which anything is learned."""

MODEL, BASE_RATE, RULES = "leadscore", "base rate", "rules"
LOGISTIC, DEFAULTS = "logistic alone", "LightGBM, defaults"

_RAREST_CATEGORY_LEADS = 20
_MOST_CATEGORIES = 100


class TooLittleDataError(MistakeError):
    """There is too little data to learn from; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the procedure achieved on the newest slice, which it never saw.

    Attributes:
        metrics: By candidate and metric name.
        learned: Fitted on the oldest slice.
        calibration: Fitted on out-of-time margins of the two later slices, for the shipped model.
        reference: float64 [rows], calibrated log-odds of those slices.
        label: float64 [test rows].
        weight: float64 [test rows].
        probability: float64 [test rows], of the procedure.
    """

    metrics: dict[str, dict[str, Metric]]
    learned: Learned
    calibration: Calibration
    reference: NDArray[np.float64]
    label: NDArray[np.float64]
    weight: NDArray[np.float64]
    probability: NDArray[np.float64]


def fit_encoder(table: FeatureTable, lead: NDArray[np.int64]) -> Encoder:
    """Freeze the categories of training rows; rare ones are treated as unknown ones will be."""
    return Encoder.fit(
        table, lead, min_leads=_RAREST_CATEGORY_LEADS, max_categories=_MOST_CATEGORIES
    )


def examples(
    encoder: Encoder, table: FeatureTable, rows: LabelledRows, half_life: float | None
) -> Examples:
    """Encode rows for the learners, weighted by recency where a half-life is given."""
    weight = rows.lead_weight
    if half_life is not None:
        weight = recency_weights(rows.as_of, weight, half_life)
    return Examples(encoder.encode(table), rows.label, weight)


def evaluate_procedure(dataset: Dataset, choices: ModelChoices, rules: Explained) -> Evaluation:
    """Fit on the oldest slice, calibrate on the next, and evaluate on the newest.

    Args:
        dataset: Rows, features and slices.
        choices: Settings of the learners.
        rules: What the rules say of the test rows.

    Raises:
        TooLittleDataError: Too few leads reached the target, or too few did not.
    """
    slices = [dataset.split.mask(part) for part in (FIT, CALIBRATE, TEST)]
    rows = [dataset.rows.take(mask) for mask in slices]
    tables = [dataset.table.take(mask) for mask in slices]
    rarer = leads_of_rarer_outcome(rows[0])
    if rarer < FEWEST_LEADS:
        raise TooLittleDataError(
            f"only {rarer} leads of the rarer outcome are there to fit on, at least {FEWEST_LEADS} "
            "are needed; bring more history or a longer horizon, and serve the rules until then"
        )
    encoder = fit_encoder(tables[0], rows[0].lead)
    fit = examples(encoder, tables[0], rows[0], choices.half_life)
    calibrate = examples(encoder, tables[1], rows[1], None)
    test = examples(encoder, tables[2], rows[2], None)
    learned = learn(
        dataset.feature_set, encoder, fit, choices, calibrate if rarer >= TREES_FROM else 0
    )
    candidates = {
        MODEL: _calibrated(learned.halves, calibrate, test),
        BASE_RATE: np.full(len(test.label), _rate(calibrate)),
        RULES: probability(rules.log_odds),
        LOGISTIC: _calibrated(_logistic_alone(learned.halves), calibrate, test),
        DEFAULTS: _lightgbm_defaults(dataset, fit, test, choices.seed),
    }
    outcomes = Outcomes(test.label, test.weight, rows[2].group)
    margins = np.concatenate([learned.halves.margins(e.matrix) for e in (calibrate, test)])
    calibration = fit_platt(
        margins,
        np.concatenate([calibrate.label, test.label]),
        np.concatenate([calibrate.weight, test.weight]),
    )
    return Evaluation(
        metrics={name: evaluate(p, outcomes, choices.seed) for name, p in candidates.items()},
        learned=learned,
        calibration=calibration,
        reference=calibration.slope * margins + calibration.offset,
        label=test.label,
        weight=test.weight,
        probability=candidates[MODEL],
    )


def leads_of_rarer_outcome(rows: LabelledRows) -> int:
    """Return how many leads ever, or never, reach the target inside a row's horizon."""
    leads = len(np.unique(rows.lead))
    positive = len(np.unique(rows.lead[rows.label > 0]))
    return min(positive, leads - positive)


def _calibrated(halves: Halves, calibrate: Examples, test: Examples) -> NDArray[np.float64]:
    platt = fit_platt(halves.margins(calibrate.matrix), calibrate.label, calibrate.weight)
    return probability(platt.slope * halves.margins(test.matrix) + platt.offset)


def _logistic_alone(halves: Halves) -> Halves:
    return Halves(None, halves.linear, Mixture(trees=0.0, linear=1.0))


def _rate(known: Examples) -> float:
    return float(np.average(known.label, weights=known.weight))


def _lightgbm_defaults(
    dataset: Dataset, fit: Examples, test: Examples, seed: int
) -> NDArray[np.float64]:
    """Return what most would try first: no regularisation, no calibration, no recency."""
    settings = {"objective": "binary", "verbosity": -1, "seed": seed, "deterministic": True}
    categories = category_columns(dataset.feature_set)
    booster = lightgbm.train(
        settings, lightgbm.Dataset(fit.matrix, fit.label, categorical_feature=categories)
    )
    return np.asarray(booster.predict(test.matrix), dtype=np.float64)
