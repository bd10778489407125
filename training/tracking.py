"""MLflow: runs, figures and registered versions. The only file of this room that imports it."""

import logging
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import mlflow
from matplotlib.figure import Figure
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema, TensorSpec
from sqlalchemy.exc import SQLAlchemyError

from features.contract.mistake import MistakeError
from features.declaration.feature_set import FeatureSet
from serving.model.manifest import Metric
from serving.registry.address import without_secrets
from serving.registry.patience import in_time
from training.model_code import write_model_code
from training.project.text import public_project

CHAMPION = "champion"
"""Alias of the version that answers."""

_SQLITE = "sqlite:///"
_PATIENCE_SECONDS = 30.0
_MODEL_NEEDS = ("lightgbm", "numba", "numpy", "pandas", "pydantic")


class TrackingError(MistakeError):
    """MLflow cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """A version in the registry.

    Attributes:
        name: Of the model.
        version: Its number.
        champion: Whether it now answers.
        run_id: The run that made it.
    """

    name: str
    version: str
    champion: bool
    run_id: str

    @property
    def uri(self) -> str:
        """Address by which MLflow loads it."""
        return f"models:/{self.name}/{self.version}"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run keeps.

    Attributes:
        parameters: Settings by dotted name.
        project_text: The whole project file.
        metrics: By candidate and metric name.
        figures: By file name.
        summary: Markdown.
    """

    parameters: dict[str, str]
    project_text: str
    metrics: dict[str, dict[str, Metric]]
    figures: dict[str, Figure]
    summary: str


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model to register.

    Attributes:
        name: In the registry.
        folder: What it consists of.
        feature_set: For its signature.
    """

    name: str
    folder: Path
    feature_set: FeatureSet


def check_tracking(tracking_uri: str) -> None:
    """Ask MLflow for anything, so that no training ends for nothing.

    Raises:
        TrackingError: MLflow cannot be reached in seconds.
    """
    with _reaching(tracking_uri):
        client = mlflow.MlflowClient(tracking_uri, tracking_uri)
        in_time(_PATIENCE_SECONDS, lambda: client.search_experiments(max_results=1))


def record_backtest(tracking_uri: str, experiment: str, record: RunRecord) -> str:
    """Log a run without a model and return its id.

    Raises:
        TrackingError: MLflow cannot be reached or refuses.
    """
    with _reaching(tracking_uri):
        _choose_experiment(tracking_uri, experiment)
        with mlflow.start_run() as run:
            _log(record)
    return str(run.info.run_id)


def record_run(
    tracking_uri: str,
    experiment: str,
    record: RunRecord,
    model: NewModel,
    *,
    promote: bool,
) -> RegisteredVersion:
    """Log a run, register its model and, if it is the first or is promoted, make it the champion.

    Raises:
        TrackingError: MLflow cannot be reached or refuses.
    """
    name = model.name
    with _reaching(tracking_uri):
        _choose_experiment(tracking_uri, experiment)
        with mlflow.start_run() as run:
            _log(record)
            number = _register(name, model.feature_set, model.folder)
        client = mlflow.MlflowClient()
        champion = promote or CHAMPION not in client.get_registered_model(name).aliases
        if champion:
            client.set_registered_model_alias(name, CHAMPION, number)
    return RegisteredVersion(name, number, champion, run.info.run_id)


def _log(record: RunRecord) -> None:
    mlflow.log_params(record.parameters)
    mlflow.log_text(public_project(record.project_text), "project.toml")
    mlflow.log_text(record.summary, "summary.md")
    mlflow.log_metrics(_flat_metrics(record.metrics))
    for name, figure in record.figures.items():
        mlflow.log_figure(figure, f"plots/{name}")


def registered_versions(tracking_uri: str, model_name: str) -> list[RegisteredVersion]:
    """Return the versions of a model, newest first.

    Raises:
        TrackingError: MLflow cannot be reached.
    """
    with _reaching(tracking_uri):
        client = mlflow.MlflowClient(tracking_uri, tracking_uri)
        found = client.search_model_versions(f"name = '{model_name}'")
        if not found:
            return []
        champion = client.get_registered_model(model_name).aliases.get(CHAMPION)
    newest_first = sorted(found, key=lambda v: -int(v.version))
    return [
        RegisteredVersion(
            model_name, str(v.version), str(v.version) == str(champion), str(v.run_id)
        )
        for v in newest_first
    ]


def promote_version(tracking_uri: str, model_name: str, number: str) -> None:
    """Make a version the champion; also the way back to an older one.

    Raises:
        TrackingError: There is no such version, or MLflow cannot be reached.
    """
    with _reaching(tracking_uri):
        client = mlflow.MlflowClient(tracking_uri, tracking_uri)
        client.get_model_version(model_name, number)
        client.set_registered_model_alias(model_name, CHAMPION, number)


@contextmanager
def _reaching(tracking_uri: str) -> Iterator[None]:
    """Tell as a mistake, and once, what MLflow and the stores behind it raise."""
    # Its remarks on creating tables would tear a progress bar apart.
    logging.getLogger("mlflow").setLevel(logging.CRITICAL)
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError, ImportError) as error:
        reason = str(error).partition("\n")[0]
        raise TrackingError(without_secrets(f"MLflow at {tracking_uri}: {reason}")) from error


def _choose_experiment(tracking_uri: str, experiment: str) -> None:
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_registry_uri(tracking_uri)
    if mlflow.get_experiment_by_name(experiment) is None:
        mlflow.create_experiment(experiment, artifact_location=_artifact_location(tracking_uri))
    mlflow.set_experiment(experiment)


def _artifact_location(tracking_uri: str) -> str | None:
    """Return a folder beside an embedded database; a server knows its own place."""
    if not tracking_uri.startswith(_SQLITE):
        return None
    database = Path(tracking_uri.removeprefix(_SQLITE)).resolve()
    return (database.parent / "mlartifacts").as_uri()


def _register(model_name: str, feature_set: FeatureSet, model_folder: Path) -> str:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        package, loader = write_model_code(Path(folder))
        # The signature is declared; an example would be a lead's data.
        warnings.filterwarnings("ignore", message="(?s).*An input example was not provided")
        logged = mlflow.pyfunc.log_model(
            name="model",
            loader_module=loader,
            data_path=str(model_folder),
            code_paths=[str(package)],
            signature=signature(feature_set),
            pip_requirements=[f"{name}=={version(name)}" for name in _MODEL_NEEDS],
            registered_model_name=model_name,
        )
    # MLflow can store a model without its signature and only warn of it.
    if mlflow.models.get_model_info(logged.model_uri).signature is None:
        raise TrackingError("MLflow stored the model without a signature; it was not promoted")
    return str(logged.registered_model_version)


def signature(feature_set: FeatureSet) -> ModelSignature:
    """Return raw features in, probability and score out; every feature may be missing."""
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec("string" if f.kind == "category" else "double", f.name, required=False)
        for f in feature_set.features
    ]
    outputs: list[ColSpec | TensorSpec] = [
        ColSpec("double", "probability"),
        ColSpec("double", "log_odds"),
        ColSpec("long", "score"),
        ColSpec("string", "grade"),
    ]
    return ModelSignature(Schema(inputs), Schema(outputs))


def _flat_metrics(metrics: dict[str, dict[str, Metric]]) -> dict[str, float]:
    flat = {}
    for candidate, figures in metrics.items():
        owner = re.sub(r"\W+", "_", candidate.lower())
        for name, metric in figures.items():
            for bound in ("value", "low", "high"):
                figure = getattr(metric, bound)
                if figure is not None:
                    flat[f"{owner}.{name}" + ("" if bound == "value" else f".{bound}")] = figure
    return flat
