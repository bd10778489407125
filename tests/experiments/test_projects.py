"""The shipped projects, on the data sets they are about."""

import os
from pathlib import Path

import pytest
from rich.console import Console

from training.progress import Progress
from training.project.history import open_history
from training.project.project import read_project
from training.rows.dataset import build_dataset

PROJECTS = Path(__file__).parents[2] / "experiments" / "projects"
DATA = Path(os.environ.get("LEADSCORE_DATA", PROJECTS / "../../../shared/data"))


@pytest.mark.skipif(not DATA.is_dir(), reason="LEADSCORE_DATA names no folder with the data sets")
@pytest.mark.parametrize(
    ("name", "leads", "share"),
    [
        ("bpic2012_loans", 13_087, 0.32),
        ("relax_signup", 12_000, 0.15),
        ("olist_funnel", 8_000, 0.09),
        ("bank_marketing", 41_188, 0.11),
        ("x_education", 9_240, 0.39),
        ("av_smart_lead", 39_161, 0.05),
    ],
)
def test_a_real_export_becomes_labelled_rows(name: str, leads: int, share: float) -> None:
    path = PROJECTS / f"{name}.toml"
    project = read_project(path)
    progress = Progress(Console(quiet=True))
    with open_history(project, path.parent, progress) as history:
        assert len(history.leads()) == leads
        dataset = build_dataset(project, path.parent, history, progress)
    rows = dataset.learning.rows
    assert len(rows) == len(dataset.learning.table) > 5_000
    assert rows.converted / rows.leads == pytest.approx(share, abs=0.01)
