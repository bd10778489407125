"""The backtest: what the procedure would have said at past cut-offs, held against what came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serving.model.manifest import Metric
from serving.model.reference import GRADE_FROM_SCORE, Grade, Reference, grade_of
from training.checks.metrics import Outcomes, calibration_slope, evaluate
from training.learning.procedure import Fitted, Procedure
from training.progress import Progress
from training.rows.dataset import Dataset, Scene


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was said of some leads, and what became of them.

    Attributes:
        probability: float64 [leads].
        grade: Object array [leads] of str.
        outcomes: Of the same leads.
    """

    probability: NDArray[np.float64]
    grade: NDArray[np.object_]
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class BacktestLine:
    """Figures of one cut-off, or of all.

    Attributes:
        cutoff: Microseconds since 1970, or a rank of flat data; None for all together.
        dated: Whether the cut-off is a moment.
        leads: How many were open then.
        conversions: How many of them reached the target within the horizon.
        expected: Sum of their probabilities.
        metrics: By name, with intervals.
        slope: Of calibration; None where undefined.
        grades: Share of the conversions by grade.
    """

    cutoff: int | None
    dated: bool
    leads: int
    conversions: int
    expected: float
    metrics: dict[str, Metric]
    slope: float | None
    grades: dict[Grade, float]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Figures of the cut-offs that had something to learn from.

    Attributes:
        fitted: What the procedure made of each, by cut-off, newest first.
        said: float64 [leads], their probabilities, by cut-off.
        lines: Of each cut-off, oldest first.
        pooled: Of all; None where there are none.
        wanted: How many cut-offs were asked for.
    """

    fitted: dict[int, Fitted]
    said: dict[int, NDArray[np.float64]]
    lines: tuple[BacktestLine, ...]
    pooled: BacktestLine | None
    wanted: int


def run_backtest(dataset: Dataset, procedure: Procedure, seed: int, progress: Progress) -> Backtest:
    """Run the procedure at every cut-off of a dataset, on what was known that day.

    Args:
        dataset: Rows and cut-offs.
        procedure: What is tried.
        seed: Of the bootstrap.
        progress: Where progress is shown.

    Raises:
        CalibrationError: The calibration that the project fixes has nothing to learn from.
    """
    cutoffs = dataset.schedule.cutoffs
    fitted: dict[int, Fitted] = {}
    with progress.bar("Looking back from past cut-offs", len(cutoffs)) as advance:
        for cutoff in cutoffs:
            known = procedure.ground(cutoff)
            if known is not None:
                fitted[cutoff] = procedure.run(cutoff, known)
            advance(1)
    judged = {
        cutoff: _judge(fitted[cutoff], scene)
        for cutoff, scene in scored_scenes(dataset)
        if cutoff in fitted and len(scene.rows)
    }
    dated = bool(dataset.open_leads)
    lines = tuple(_line(cutoff, judged[cutoff], seed, dated=dated) for cutoff in sorted(judged))
    pooled = _line(None, _together(judged), seed, dated=dated) if judged else None
    said = {cutoff: judgement.probability for cutoff, judgement in judged.items()}
    return Backtest(fitted, said, lines, pooled, len(cutoffs))


def scored_scenes(dataset: Dataset) -> Iterator[tuple[int, Scene]]:
    """Yield the leads open at each cut-off; of flat data the rows that came next."""
    if dataset.open_leads:
        yield from dataset.open_leads.items()
        return
    for cutoff in dataset.schedule.cutoffs:
        inside = dataset.schedule.window(dataset.learning.rows, cutoff)
        yield cutoff, dataset.learning.take(inside)


def _judge(fitted: Fitted, scene: Scene) -> Judgement:
    probability = fitted.probabilities(scene.table)
    reference = Reference.of(fitted.reference)
    scores = reference.scores(np.log(probability) - np.log1p(-probability))
    grades = np.array([grade_of(int(score)) for score in scores], dtype=object)
    return Judgement(probability, grades, Outcomes(scene.rows.label, scene.rows.group))


def _together(judged: Mapping[int, Judgement]) -> Judgement:
    all_of = list(judged.values())
    return Judgement(
        np.concatenate([j.probability for j in all_of]),
        np.concatenate([j.grade for j in all_of]),
        Outcomes(
            np.concatenate([j.outcomes.label for j in all_of]),
            np.concatenate([j.outcomes.group for j in all_of]),
        ),
    )


def _line(cutoff: int | None, judged: Judgement, seed: int, *, dated: bool) -> BacktestLine:
    label = judged.outcomes.label
    conversions = int(label.sum())
    return BacktestLine(
        cutoff=cutoff,
        dated=dated,
        leads=len(label),
        conversions=conversions,
        expected=float(judged.probability.sum()),
        metrics=evaluate(judged.probability, judged.outcomes, seed),
        slope=calibration_slope(judged.probability, label),
        grades={
            grade: float(label[judged.grade == grade].sum() / max(conversions, 1))
            for grade in GRADE_FROM_SCORE
        },
    )
