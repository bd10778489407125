"""The model that `leadscore train` would register, without its backtest and without MLflow."""

from pathlib import Path

from rich.console import Console

from training.learning.procedure import Procedure
from training.learning.refit import Figures, refit, ship
from training.progress import Progress
from training.project.history import open_history
from training.project.project import read_project
from training.rows.dataset import build_dataset


def learn(project_file: Path, model: Path, now: int) -> None:
    """Write a project's model to a folder.

    Raises:
        MistakeError: The training refuses.
    """
    quiet = Progress(Console(quiet=True))
    project = read_project(project_file)
    with open_history(project, project_file.parent, quiet, now) as history:
        dataset = build_dataset(project, project_file.parent, history, quiet)
    fitted = refit(dataset, Procedure(dataset, project.model))
    ship(project, dataset, fitted, Figures({}, {}, ()), now).save(model)
