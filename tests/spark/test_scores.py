"""Scores that tasks write are those of one machine; they appear whole or not at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from features.contract.lead import micros
from features.history.history import History
from features.spark.history import SparkHistory
from serving.batch.answers import Wording
from serving.batch.history_scoring import BasisChoice
from serving.batch.score_file import OutputError
from serving.batch.spark_scores import publish
from serving.scoring.basis import Basis, ModelBasis, RulesBasis
from serving.scoring.rules import read_rules
from serving.scoring.strongest import Listing
from tests.serving.broken import model_without_numbers
from tests.tiny import tiny_training
from tests.training.firm import write_firm
from training.progress import Progress
from training.project.history import open_history
from training.project.project import Project, read_project
from training.scores.project_scoring import ProjectScoring

QUIET = Progress(Console(quiet=True))
RULES = RulesBasis(read_rules())
AS_OF = micros(datetime(2025, 7, 1, tzinfo=UTC), "as_of")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder)
    return folder


@pytest.fixture(scope="module")
def project(folder: Path) -> Project:
    text = (folder / "project.toml").read_text(encoding="utf-8")
    path = folder / "in_spark.toml"
    path.write_text(f'engine = "spark"\n{text}', encoding="utf-8")
    return read_project(path)


@pytest.fixture(scope="module")
def history(spark: SparkSession, folder: Path, project: Project) -> Iterator[History]:
    with open_history(project, folder, QUIET) as history:
        yield history


@pytest.fixture(scope="module")
def local(folder: Path) -> Iterator[History]:
    with open_history(read_project(folder / "project.toml"), folder, QUIET) as history:
        yield history


def _scoring(project: Project, history: History, basis: Basis) -> ProjectScoring:
    return ProjectScoring(
        project, history, BasisChoice(basis, RULES), Wording(Listing(up=3, down=3), "de")
    )


def _sorted(scores: pa.Table) -> list[dict[str, object]]:
    return sorted(scores.to_pylist(), key=lambda row: str(row["lead_id"]))


@pytest.mark.parametrize("kind", ["model", "without numbers", "rules"])
def test_scores_of_tasks_are_those_of_one_machine(
    project: Project, history: History, local: History, tmp_path: Path, kind: str
) -> None:
    basis: Basis = RULES
    if kind == "model":
        basis = ModelBasis(tiny_training().load(tmp_path))
    elif kind == "without numbers":
        basis = ModelBasis(model_without_numbers())
    scoring = _scoring(project, history, basis)
    # A name with all that an address would write otherwise.
    output = tmp_path / "März 100%20 #1?.parquet"
    scored = scoring.write(output, AS_OF, QUIET)
    expected = _scoring(project, local, basis)
    lead = np.flatnonzero(expected.open_ages(AS_OF) >= 0)
    batches = pa.Table.from_batches(expected.leads.batches(lead, AS_OF))
    found = pq.read_table(output)
    assert _sorted(found) == _sorted(batches)
    assert found.schema.equals(batches.schema)
    assert scored.leads == len(lead) > 0
    if kind == "model":
        assert scoring.answer("L1", AS_OF) == expected.answer("L1", AS_OF)


def test_a_folder_that_exists_is_left_alone(
    project: Project, history: History, tmp_path: Path
) -> None:
    output = tmp_path / "scores.parquet"
    output.mkdir()
    (output / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"scores.parquet: exists already; remove it"):
        _scoring(project, history, RULES).write(output, AS_OF, QUIET)
    assert [path.name for path in output.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("scores.csv", "ends in .parquet"),
        ("nowhere/scores.parquet", "there is no folder"),
        (f"{'s' * 240}.parquet", "cannot be written: File name too long"),
    ],
)
def test_an_output_that_cannot_be(
    project: Project, history: History, tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(OutputError, match=told):
        _scoring(project, history, RULES).write(tmp_path / name, AS_OF, QUIET)


def test_scores_that_have_not_all_arrived_are_not_taken_for_whole(tmp_path: Path) -> None:
    unfinished, output = tmp_path / ".unfinished", tmp_path / "scores.parquet"
    unfinished.mkdir()
    for part in range(2):
        pq.write_table(pa.table({"score": [1, 2]}), unfinished / f"part-{part}.parquet")
    with pytest.raises(OutputError, match="of 5 scores, 4 have arrived, since executors write"):
        publish(unfinished, output, 5)
    assert not output.exists()
    publish(unfinished, output, 4)
    assert len(pq.read_table(output)) == 4
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        publish(unfinished, output, 0)


class _Interrupted(RulesBasis):
    """Rules that stop after some leads."""

    def by_reason(self, contributions: np.ndarray) -> np.ndarray:
        raise RuntimeError("stopped")


def test_nothing_is_seen_of_an_interrupted_write(
    project: Project, history: History, tmp_path: Path
) -> None:
    output = tmp_path / "scores.parquet"
    with pytest.raises(Exception, match="stopped"):
        _scoring(project, history, _Interrupted(read_rules())).write(output, AS_OF, QUIET)
    assert list(tmp_path.iterdir()) == []


def test_the_history_is_one_of_spark(history: History) -> None:
    assert isinstance(history, SparkHistory)
