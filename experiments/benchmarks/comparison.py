"""The product and its peers at past cut-offs of a project, on the same rows and columns."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.learners import LIGHTGBM, PEERS, Task
from features.contract.clock import now
from features.contract.mistake import MistakeError
from features.declaration.encoder import category_columns
from serving.model.manifest import Metric
from training.checks.evaluation import MODEL
from training.checks.metrics import Outcomes, Ranking, evaluate
from training.progress import Progress
from training.study import Study, study_project

_RESAMPLES = 300
_CERTAIN = 1e-12


class NothingComparedError(MistakeError):
    """No cut-off of a project has rows to learn from and rows to predict."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each learner achieved on rows of a project that it never saw.

    Attributes:
        project: Its name.
        cutoffs: How many past moments were learned at.
        rows: How many rows were predicted, over all cut-offs.
        positives: How many of them had the target.
        metrics: By learner and metric name.
        log_loss: By learner.
        ahead: ROC-AUC of the product minus that of LightGBM's defaults.
    """

    project: str
    cutoffs: int
    rows: int
    positives: int
    metrics: dict[str, dict[str, Metric]]
    log_loss: dict[str, float]
    ahead: Metric


def compare(project_file: Path, progress: Progress) -> Comparison:
    """Try the product on a project's past, and its peers on the same rows and columns.

    Raises:
        NothingComparedError: The history is too short.
        MistakeError: The project, its data or its settings do not allow it.
    """
    study = study_project(project_file, progress, now=now())
    seed = study.project.model.seed
    said, outcomes, cutoffs = _said(study, seed, progress)
    return Comparison(
        project=study.project.name,
        cutoffs=cutoffs,
        rows=len(outcomes.label),
        positives=int(outcomes.label.sum()),
        metrics={name: evaluate(p, outcomes, seed) for name, p in said.items()},
        log_loss={name: log_loss(p, outcomes.label) for name, p in said.items()},
        ahead=difference(said[MODEL], said[LIGHTGBM], outcomes, "roc_auc", seed),
    )


def _said(
    study: Study, seed: int, progress: Progress
) -> tuple[dict[str, NDArray[np.float64]], Outcomes, int]:
    """Return the probabilities by learner over all cut-offs, the outcomes, and how many cut-offs.

    As in the evaluation of the newest slice: the rows between a cut-off and the next are predicted
    by what was learned from the rows mature at the cut-off.
    """
    learning, schedule = study.dataset.learning, study.dataset.schedule
    said: dict[str, list[NDArray[np.float64]]] = {name: [] for name in (MODEL, *PEERS)}
    outcomes: list[Outcomes] = []
    with progress.step("Asking the peers") as show:
        for cutoff, fitted in study.backtest.fitted.items():
            scene = learning.take(schedule.window(learning.rows, cutoff))
            known = study.procedure.ground(cutoff)
            if known is None or len(scene.rows) == 0:
                continue
            outcomes.append(Outcomes(scene.rows.label, scene.rows.group))
            said[MODEL].append(fitted.probabilities(scene.table))
            task = Task(
                known.matrix,
                known.rows.label,
                known.encode(scene.table),
                category_columns(known.feature_set),
            )
            for name, peer in PEERS.items():
                show(f"{name}, cut-off {len(outcomes)}")
                said[name].append(peer(task, seed))
    if not outcomes:
        raise NothingComparedError(
            f"{study.project.name}: no cut-off has rows to learn from and rows to predict; the "
            "history is too short"
        )
    pooled = Outcomes(
        np.concatenate([each.label for each in outcomes]),
        np.concatenate([each.group for each in outcomes]),
    )
    return {name: np.concatenate(parts) for name, parts in said.items()}, pooled, len(outcomes)


def log_loss(probability: NDArray[np.float64], label: NDArray[np.float64]) -> float:
    """Return the mean negative log-likelihood of the outcomes."""
    clipped = np.clip(probability, _CERTAIN, 1 - _CERTAIN)
    return float(-np.mean(label * np.log(clipped) + (1 - label) * np.log1p(-clipped)))


def difference(
    ours: NDArray[np.float64],
    theirs: NDArray[np.float64],
    outcomes: Outcomes,
    metric: str,
    seed: int,
) -> Metric:
    """Return how far a metric of one is above that of another, with a paired bootstrap interval.

    Whole groups are drawn, the same ones for both.
    """
    first, second = (Ranking(each, outcomes.label) for each in (ours, theirs))

    def apart(weight: NDArray[np.float64]) -> float:
        return first.figures(weight)[metric] - second.figures(weight)[metric]

    groups, position = np.unique(outcomes.group, return_inverse=True)
    random = np.random.default_rng(seed)
    share = np.full(len(groups), 1 / len(groups))
    draws = [
        apart(random.multinomial(len(groups), share)[position].astype(np.float64))
        for _ in range(_RESAMPLES)
    ]
    value = apart(np.ones(len(outcomes.label)))
    if not np.isfinite(value):
        return Metric(value=None, low=None, high=None)
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return Metric(value=value, low=float(low), high=float(high))
