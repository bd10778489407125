"""Compiles once what each process of the tests would compile, with coverage looking on."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from features.history.history import END_OF_TIME
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from tests.tiny import tiny_training
from tests.training.firm import write_firm
from training.progress import Progress
from training.project.history import open_history
from training.project.project import read_project
from training.rows.dataset import build_dataset


def main() -> None:
    """Score a lead, and compute the features of a history."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        model = tiny_training().load(folder / "model")
        Scoring(read_rules(), model, Conditions(deadline=math.inf)).warm()
        _compute_features(write_firm(folder))


def _compute_features(project_file: Path) -> None:
    project, quiet = read_project(project_file), Progress(Console(quiet=True))
    with open_history(project, project_file.parent, quiet, END_OF_TIME) as history:
        build_dataset(project, project_file.parent, history, quiet)


if __name__ == "__main__":
    main()
