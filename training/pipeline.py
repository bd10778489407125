"""A training or a backtest as MLflow keeps it: figures, plots, summary, and the model."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from features.contract.mistake import MistakeError
from serving.model.manifest import Metric
from training.learning.refit import Shipped
from training.progress import Progress
from training.project.project import EvaluationChoices, read_project
from training.report.plots import backtest_plot, draw_plots
from training.report.report import backtest_summary, training_summary
from training.study import Study, learn_model, study_project
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
    settings = study.project.model_dump(
        mode="json", exclude={"labels", "mlflow", "record", "sources"}
    )
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


def _parameters(settings: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield settings by dotted name."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _parameters(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key}", str(value)[:500]
