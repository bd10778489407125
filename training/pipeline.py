"""The whole of a training: history, rows, features, backtest, the model that ships, registry."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from features.mistake import MistakeError
from serving.model.manifest import Metric
from training.backtest import Backtest, run_backtest
from training.dataset import Dataset, build_dataset
from training.doubts import doubts
from training.evaluation import MODEL, Evaluation, evaluate_newest
from training.history import open_history
from training.plots import backtest_plot, draw_plots
from training.procedure import Procedure
from training.progress import Progress
from training.project import EvaluationChoices, Project, read_project
from training.refit import Figures, Shipped, refit, ship
from training.report import backtest_summary, slices_text, training_summary
from training.tracking import (
    NewModel,
    RegisteredVersion,
    RunRecord,
    check_tracking,
    record_backtest,
    record_run,
)


class BacktestError(MistakeError):
    """There is no past to try a project on; the message says what to do."""


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


@dataclass(frozen=True, slots=True)
class Training:
    """What a training left behind.

    Attributes:
        version: In the registry.
        summary: Markdown.
        study: What the past said.
        shipped: The model.
    """

    version: RegisteredVersion
    summary: str
    study: Study
    shipped: Shipped


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


def train(
    project_file: Path,
    progress: Progress,
    *,
    now: int,
    promote: bool = False,
    tracking_uri: str | None = None,
) -> Training:
    """Train a project and register the model.

    Args:
        project_file: The TOML file.
        progress: Where progress is shown.
        now: Microseconds since 1970; what the sources date later is planned, and left out.
        promote: Make the version the champion even if there is one.
        tracking_uri: MLflow's address in place of the project's.

    Raises:
        MistakeError: The project, its data or its settings do not allow it; the message says why.
        TrackingError: MLflow cannot be used.
    """
    project = read_project(project_file)
    tracking_uri = tracking_uri or project.mlflow.tracking_uri
    with progress.step("Reaching MLflow"):
        check_tracking(tracking_uri)
    study = study_project(project_file, progress, now=now)
    shipped = learn_model(study, progress, now=now)
    summary = training_summary(shipped, study.evaluation, study.backtest)
    with progress.step("Logging to MLflow"), tempfile.TemporaryDirectory() as folder:
        record = _record(project_file, study, summary)
        record.figures.update(draw_plots(study.evaluation, study.backtest, shipped))
        shipped.save(Path(folder, "leadscore"))
        version = record_run(
            tracking_uri,
            project.mlflow.experiment or project.name,
            record,
            NewModel(project.model_name, Path(folder, "leadscore"), shipped.manifest.feature_set),
            promote=promote,
        )
    return Training(version, summary, study, shipped)


def backtest(
    project_file: Path,
    progress: Progress,
    *,
    now: int,
    evaluation: EvaluationChoices,
    tracking_uri: str | None = None,
) -> str:
    """Try a project at past cut-offs, keep what came out in MLflow, and return it as Markdown.

    Args:
        project_file: The TOML file.
        progress: Where progress is shown.
        now: Microseconds since 1970.
        evaluation: Cut-offs in place of the project's.
        tracking_uri: MLflow's address in place of the project's.

    Raises:
        MistakeError: The project, its data or its settings do not allow it; the message says why.
        BacktestError: No cut-off has anything to learn from.
        TrackingError: MLflow cannot be used.
    """
    project = read_project(project_file)
    tracking_uri = tracking_uri or project.mlflow.tracking_uri
    with progress.step("Reaching MLflow"):
        check_tracking(tracking_uri)
    study = study_project(project_file, progress, now=now, evaluation=evaluation)
    if not study.backtest.lines:
        raise BacktestError(
            "at no cut-off is there anything to learn from, or any lead to score: the history is "
            "too short; bring more history, a shorter horizon, or fewer cut-offs"
        )
    summary = backtest_summary(project.name, project.target, study.notes, study.backtest)
    with progress.step("Logging to MLflow"):
        record = _record(project_file, study, summary)
        record.figures.update(backtest_plot(study.backtest))
        record_backtest(tracking_uri, project.mlflow.experiment or project.name, record)
    return summary


def _record(project_file: Path, study: Study, summary: str) -> RunRecord:
    settings = study.project.model_dump(mode="json", exclude={"labels", "mlflow", "sources"})
    return RunRecord(
        parameters=dict(_parameters(settings)),
        project_text=project_file.read_text(encoding="utf-8"),
        metrics=_all_metrics(study),
        figures={},
        summary=summary,
    )


def _all_metrics(study: Study) -> dict[str, dict[str, Metric]]:
    pooled = study.backtest.pooled
    backtest = {} if pooled is None else {"backtest": pooled.metrics}
    return study.evaluation.metrics | backtest


def _left_out(constant: tuple[str, ...], copies: tuple[str, ...]) -> Iterator[str]:
    for names, why in ((constant, "have one value only"), (copies, "equal another in every row")):
        if names:
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            yield f"{len(names)} features left out that {why}: {shown}."


def _parameters(settings: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield settings by dotted name."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _parameters(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key}", str(value)[:500]
