"""A project tried on its past, and the model that it then makes; nothing is kept anywhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.checks.backtest import Backtest, run_backtest
from training.checks.doubts import doubts
from training.checks.evaluation import MODEL, Evaluation, evaluate_newest
from training.learning.procedure import Procedure
from training.learning.refit import Figures, Shipped, refit, ship
from training.progress import Progress
from training.project.history import open_history
from training.project.project import EvaluationChoices, Project, read_project
from training.report.report import slices_text
from training.rows.dataset import Dataset, build_dataset


@dataclass(frozen=True, slots=True)
class Study:
    """A project tried on its past.

    Attributes:
        project: Which one.
        dataset: Rows, cut-offs and features.
        procedure: What was tried.
        backtest: Figures of past cut-offs.
        evaluation: Figures of the newest slice.
        notes: What a reader must know before believing any of them, the gravest first.
    """

    project: Project
    dataset: Dataset
    procedure: Procedure
    backtest: Backtest
    evaluation: Evaluation
    notes: tuple[str, ...]


def study_project(
    project_file: Path,
    progress: Progress,
    *,
    now: int,
    evaluation: EvaluationChoices | None = None,
) -> Study:
    """Read a project's history and try the whole procedure at past cut-offs.

    Args:
        project_file: The TOML file.
        progress: Where progress is shown.
        now: Microseconds since 1970; what the sources date later is planned, and left out.
        evaluation: Cut-offs in place of the project's.

    Raises:
        MistakeError: The project, its data or its settings do not allow it.
    """
    project = read_project(project_file)
    if evaluation is not None:
        project = project.model_copy(update={"evaluation": evaluation})
    with open_history(project, project_file.parent, progress, now) as history:
        dataset = build_dataset(project, project_file.parent, history, progress)
    procedure = Procedure(dataset, project.model)
    seed = project.model.seed
    backtest = run_backtest(dataset, procedure, seed, progress)
    with progress.step("Evaluating the newest slice"):
        found = evaluate_newest(dataset, procedure, backtest, seed)
    notes = (*doubts(found, backtest), *dataset.notes)
    if found.learned_from is not None:
        notes = (*notes, f"Newest slice: {slices_text(found)}.")
    return Study(project, dataset, procedure, backtest, found, notes)


def learn_model(study: Study, progress: Progress, *, now: int) -> Shipped:
    """Run the procedure on all that is known, and describe the model that ships.

    Raises:
        TooLittleDataError: There is too little to learn from.
        CalibrationError: The calibration that the project fixes has nothing to learn from.
    """
    with progress.step("Learning from all rows"):
        fitted = refit(study.dataset, study.procedure)
    pooled = study.backtest.pooled
    figures = Figures(
        newest=study.evaluation.metrics.get(MODEL, {}),
        backtest={} if pooled is None else pooled.metrics,
        notes=(*study.notes, *_left_out(fitted.columns.constant, fitted.columns.copies)),
    )
    return ship(study.project, study.dataset, fitted, figures, now)


def _left_out(constant: tuple[str, ...], copies: tuple[str, ...]) -> Iterator[str]:
    for names, why in ((constant, "have one value only"), (copies, "equal another in every row")):
        if names:
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            yield f"{len(names)} features left out that {why}: {shown}."
