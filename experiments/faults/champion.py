"""A model in a registry, trained on simulated leads."""

from pathlib import Path
from typing import NamedTuple

import mlflow
from rich.console import Console

from experiments.simulator import simulate
from features.contract.clock import now
from training.pipeline import train
from training.progress import Progress
from training.project.project import read_project

_LEADS = 2_000


class Champion(NamedTuple):
    """A registered model.

    Attributes:
        project: File of its project.
        tracking_uri: Of its registry, a file.
        name: Of the model; its version 1 is the champion.
        folder: Of its version 1.
    """

    project: Path
    tracking_uri: str
    name: str
    folder: Path

    @property
    def address(self) -> str:
        """The model as a service is told of it."""
        return f"models:/{self.name}@champion"


def trained(folder: Path) -> Champion:
    """Train a small model in a folder, and register it."""
    project = simulate(folder, leads=_LEADS).project
    train(project, Progress(Console(quiet=True)), now=now())
    read = read_project(project)
    uri = read.mlflow.tracking_uri
    mlflow.set_tracking_uri(uri)
    model = mlflow.artifacts.download_artifacts(f"models:/{read.model_name}/1")
    return Champion(project, uri, read.model_name, Path(model))
