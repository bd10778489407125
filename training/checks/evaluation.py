"""The newest slice: rows that came after the oldest cut-off, as the model of the day saw them."""

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from features.declaration.encoder import category_columns
from serving.model.manifest import Metric
from serving.model.scorer import probability
from training.checks.backtest import Backtest
from training.checks.metrics import Outcomes, evaluate
from training.learning.ground import Ground
from training.learning.procedure import Procedure
from training.rows.dataset import Dataset, Scene
from training.rows.grid import AFTER_EVENT, LabelledRows

MODEL, BASE_RATE, RULES = "leadscore", "base rate", "rules"
LOGISTIC, DEFAULTS = "logistic alone", "LightGBM, defaults"
UNSEEN, AFTER = "leadscore, leads unseen before", "leadscore, right after an event"


@dataclass(frozen=True, slots=True)
class SliceSize:
    """What a slice of rows holds.

    Attributes:
        rows: Rows of (lead, as_of).
        leads: Different leads.
        positives: Rows with the target.
    """

    rows: int
    leads: int
    positives: int

    @classmethod
    def of(cls, rows: LabelledRows) -> "SliceSize":
        """Count rows."""
        return cls(len(rows), rows.leads, int(rows.label.sum()))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the procedure achieved on rows that it never saw.

    Attributes:
        metrics: By candidate and metric name; empty where there is no such row.
        learned_from: The rows of the oldest cut-off; None where there is none.
        newest: The rows that came after it.
        label: float64 [rows of the newest slice].
        probability: float64 [rows of the newest slice], of the procedure.
    """

    metrics: dict[str, dict[str, Metric]]
    learned_from: SliceSize | None
    newest: SliceSize
    label: NDArray[np.float64]
    probability: NDArray[np.float64]


def evaluate_newest(
    dataset: Dataset, procedure: Procedure, backtest: Backtest, seed: int
) -> Evaluation:
    """Hold every row after the oldest cut-off against what was said of it at the cut-off before.

    Between what was learned from and what is predicted lies a gap of one horizon, since a cut-off
    knows only outcomes that had come by then.
    """
    rows, schedule = dataset.learning.rows, dataset.schedule
    parts: list[LabelledRows] = []
    said: dict[str, list[NDArray[np.float64]]] = {}
    learned_from = None
    for cutoff, fitted in backtest.fitted.items():
        scene = dataset.learning.take(schedule.window(rows, cutoff))
        known = procedure.ground(cutoff)
        if known is None or len(scene.rows) == 0:
            continue
        learned_from = SliceSize.of(known.rows)
        parts.append(scene.rows)
        for name, probabilities in (
            (MODEL, fitted.probabilities(scene.table)),
            (BASE_RATE, np.full(len(scene.rows), fitted.base_rate)),
            (RULES, probability(scene.rules.log_odds)),
            (LOGISTIC, fitted.by_logistic_alone(scene.table)),
            (DEFAULTS, _lightgbm_defaults(known, scene, seed)),
        ):
            said.setdefault(name, []).append(probabilities)
    if not parts:
        none = np.zeros(0)
        return Evaluation({}, None, SliceSize(0, 0, 0), none, none)
    newest = _concatenated(parts)
    found = {name: np.concatenate(of_all) for name, of_all in said.items()}
    outcomes = Outcomes(newest.label, newest.group)
    metrics = {name: evaluate(p, outcomes, seed) for name, p in found.items()}
    for name, some in (
        (UNSEEN, _unseen(rows, newest)),
        (AFTER, newest.kind == AFTER_EVENT),
    ):
        if 0 < some.sum() < len(newest):
            metrics[name] = evaluate(found[MODEL][some], outcomes.take(some), seed)
    return Evaluation(metrics, learned_from, SliceSize.of(newest), newest.label, found[MODEL])


def _unseen(rows: LabelledRows, newest: LabelledRows) -> NDArray[np.bool_]:
    """Return which of the newest rows are of leads that have no older one."""
    first = rows.as_of[np.searchsorted(rows.lead, newest.lead)]
    unseen: NDArray[np.bool_] = first >= newest.as_of.min()
    return unseen


def _concatenated(parts: list[LabelledRows]) -> LabelledRows:
    return LabelledRows(
        lead=np.concatenate([part.lead for part in parts]),
        as_of=np.concatenate([part.as_of for part in parts]),
        label=np.concatenate([part.label for part in parts]),
        group=np.concatenate([part.group for part in parts]),
        kind=np.concatenate([part.kind for part in parts]),
        immature=0,
    )


def _lightgbm_defaults(known: Ground, scene: Scene, seed: int) -> NDArray[np.float64]:
    """Return what most would try first: no regularisation, no calibration, no recency."""
    settings = {"objective": "binary", "verbosity": -1, "seed": seed, "deterministic": True}
    data = lightgbm.Dataset(
        known.matrix, known.rows.label, categorical_feature=category_columns(known.feature_set)
    )
    booster = lightgbm.train(settings, data)
    return np.asarray(booster.predict(known.encode(scene.table)), dtype=np.float64)
