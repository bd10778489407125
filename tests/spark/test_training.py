"""What is learned from, laid out and computed in Spark, is what is learned from locally."""

from pathlib import Path

import numpy as np
import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from features.history.history import END_OF_TIME
from features.history.lots import LOTS
from tests.features.test_local import differing
from tests.training.firm import write_firm, write_project
from training.progress import Progress
from training.project.history import open_history
from training.project.project import read_project
from training.rows import sample
from training.rows.dataset import Dataset, build_dataset

QUIET = Progress(Console(quiet=True))
IN_SPARK = {'name = "firm"': 'name = "firm"\nengine = "spark"'}
SHORT = {"[rows]": "[evaluation]\ncutoffs = 2\n[rows]"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder, leads=200)
    return folder


def _build(folder: Path, changes: dict[str, str]) -> Dataset:
    project_file = write_project(folder, changes)
    project = read_project(project_file)
    with open_history(project, folder, QUIET, END_OF_TIME) as history:
        return build_dataset(project, folder, history, QUIET)


@pytest.fixture(scope="module")
def expected(folder: Path) -> Dataset:
    return _build(folder, SHORT)


def test_a_dataset_of_spark_is_the_local_one(
    spark: SparkSession, folder: Path, expected: Dataset
) -> None:
    found = _build(folder, IN_SPARK | SHORT)
    assert found.schedule == expected.schedule
    assert found.feature_sets == expected.feature_sets
    assert found.notes == expected.notes
    assert list(found.open_leads) == list(expected.open_leads)
    scenes = [(found.learning, expected.learning)]
    scenes += [(scene, expected.open_leads[cutoff]) for cutoff, scene in found.open_leads.items()]
    for one, other in scenes:
        assert one.rows.lead.tolist() == other.rows.lead.tolist()
        assert one.rows.as_of.tolist() == other.rows.as_of.tolist()
        assert one.rows.label.tolist() == other.rows.label.tolist()
        assert differing(one.table, other.table) == []
        assert one.rules.log_odds.tobytes() == other.rules.log_odds.tobytes()


@pytest.mark.parametrize(
    ("lot", "share"), [(LOTS // 2, "50%"), (LOTS * 3 // 1000, "0.3%"), (LOTS // 50_000, "0.00191%")]
)
def test_however_few_leads_are_taken_their_share_is_told(lot: int, share: str) -> None:
    assert f"tried on, {share} of the leads" in sample.sample_note(lot)[0]


def test_of_too_many_rows_those_of_some_leads_are_taken(
    spark: SparkSession, folder: Path, expected: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "MOST_ROWS", len(expected.learning.rows) // 4)
    some = _build(folder, IN_SPARK | SHORT)
    assert "25% of the leads, drawn without regard" in some.notes[0]
    assert 0.15 < len(some.learning.rows) / len(expected.learning.rows) < 0.35
    kept = np.isin(expected.learning.rows.lead, some.learning.rows.lead)
    assert differing(some.learning.table, expected.learning.table.take(kept)) == []
    for cutoff, scene in some.open_leads.items():
        assert len(scene.rows) < len(expected.open_leads[cutoff].rows)
