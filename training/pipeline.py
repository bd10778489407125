"""The whole of a training: history, rows, features, evaluation, refit, registry."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from features.history import History
from features.local import LocalFeatures
from serving.model.scorer import Explained
from training.basis import project_rules
from training.dataset import Dataset, build_dataset, open_history
from training.evaluation import Evaluation, evaluate_procedure
from training.plots import draw_plots
from training.progress import Progress
from training.project import Project, read_project
from training.refit import Shipped, refit
from training.report import training_summary
from training.split import TEST
from training.tracking import RegisteredVersion, RunRecord, check_tracking, record_run


@dataclass(frozen=True, slots=True)
class Training:
    """What a training left behind.

    Attributes:
        version: In the registry.
        summary: Markdown.
        dataset: Rows, slices and features.
        evaluation: Figures of the newest slice.
        shipped: The model.
    """

    version: RegisteredVersion
    summary: str
    dataset: Dataset
    evaluation: Evaluation
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
        ValueError: The project, its data or its settings do not allow it; the message says why.
        TrackingError: MLflow cannot be used.
    """
    project = read_project(project_file)
    tracking_uri = tracking_uri or project.mlflow.tracking_uri
    with progress.step("Reaching MLflow"):
        check_tracking(tracking_uri)
    with open_history(project, project_file.parent, progress, now) as history:
        dataset = build_dataset(project, history, progress)
        rules = _rules_on_newest(project, project_file.parent, history, dataset, progress)
    with progress.step("Fitting and evaluating forward in time"):
        evaluation = evaluate_procedure(dataset, project.model, rules)
    with progress.step("Fitting again on all rows"):
        shipped = refit(project, dataset, evaluation, now)
    summary = training_summary(shipped.manifest, evaluation.metrics)
    with progress.step("Logging to MLflow"), tempfile.TemporaryDirectory() as folder:
        record = RunRecord(
            parameters=dict(
                _parameters(
                    project.model_dump(mode="json", exclude={"labels", "mlflow", "sources"})
                )
            ),
            project_text=project_file.read_text(encoding="utf-8"),
            metrics=evaluation.metrics,
            figures=draw_plots(evaluation, shipped),
            summary=summary,
            feature_set=dataset.feature_set,
        )
        shipped.save(Path(folder, "leadscore"))
        version = record_run(
            tracking_uri,
            project.mlflow.experiment or project.name,
            project.model_name,
            record,
            Path(folder, "leadscore"),
            promote=promote,
        )
    return Training(version, summary, dataset, evaluation, shipped)


def _rules_on_newest(
    project: Project, folder: Path, history: History, dataset: Dataset, progress: Progress
) -> Explained:
    rules = project_rules(project, folder)
    rows = dataset.rows.take(dataset.split.mask(TEST))
    features = LocalFeatures(rules.feature_set, history)
    with progress.bar("Asking the rules about the newest slice", len(rows)) as advance:
        return rules.explain(features.table(rows.lead, rows.as_of, advance))


def _parameters(settings: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield settings by dotted name."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _parameters(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key}", str(value)[:500]
