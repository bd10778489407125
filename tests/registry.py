"""A real MLflow in a folder, with small real models registered in it."""

import warnings
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from serving.model.manifest import Metric
from tests.tiny import FEATURE_SET, tiny_training
from training.tracking import NewModel, RegisteredVersion, RunRecord, record_run

MODEL_NAME = "leadscore-tiny"
EXPERIMENT = "tiny"
PROJECT_TEXT = """\
name = "tiny"
[[sources.events]]
query = "SELECT * FROM events"
database = "postgresql+psycopg://crm:geh/eim@warehouse:5432/crm"
"""


@dataclass(frozen=True, slots=True)
class Registry:
    """Where MLflow is, and what is in it.

    Attributes:
        tracking_uri: MLflow's address.
        model_folder: What was registered.
        versions: In the order of registration.
    """

    tracking_uri: str
    model_folder: Path
    versions: tuple[RegisteredVersion, ...]


def run_record() -> RunRecord:
    """Return what a training of the small model would log."""
    figure = Figure()
    figure.add_subplot()
    metric = Metric(value=0.8, low=0.7, high=0.9)
    return RunRecord(
        parameters={"model.leaves": "16", "rows.horizon": "30d"},
        project_text=PROJECT_TEXT,
        metrics={
            "leadscore": {"roc_auc": metric},
            "LightGBM, defaults": {"roc_auc": Metric(value=None, low=None, high=None)},
        },
        figures={"lift.png": figure},
        summary="### tiny",
    )


def make_registry(folder: Path) -> Registry:
    """Register the small model twice."""
    tracking_uri = f"sqlite:///{folder / 'mlflow.db'}"
    model_folder = tiny_training().save(folder / "model")
    with warnings.catch_warnings():
        # MLflow warns of itself when its parts are imported first.
        warnings.simplefilter("ignore")
        first, second = (register(tracking_uri, model_folder) for _ in range(2))
    return Registry(tracking_uri, model_folder, (first, second))


def register(
    tracking_uri: str, model_folder: Path, *, name: str = MODEL_NAME, promote: bool = False
) -> RegisteredVersion:
    """Log a run and register a model folder."""
    model = NewModel(name, model_folder, FEATURE_SET)
    return record_run(tracking_uri, EXPERIMENT, run_record(), model, promote=promote)
