"""From a project's data to labelled rows: what is told, and what is refused."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from tests.features.files import write
from tests.training.firm import write_firm, write_project
from training.dataset import Dataset, build_dataset, open_history
from training.progress import Progress
from training.project import read_project
from training.split import SplitError
from training.timeline import StageError

QUIET = Progress(Console(quiet=True))

FLAT = """\
name = "flat"
[sources.leads]
path = "leads.csv"
[profile]
numeric = ["age"]
[flat]
label = "bought"
positive = "yes"
"""


def _build(project_file: Path) -> Dataset:
    project = read_project(project_file)
    with open_history(project, project_file.parent, QUIET) as history:
        return build_dataset(project, history, QUIET)


def _flat(folder: Path, *answers: str, order: str = "file") -> Dataset:
    lines = [f"{n % 7},{answer},{len(answers) - n}" for n, answer in enumerate(answers)]
    write(folder, "leads.csv", ["age,bought,day", *lines])
    path = folder / "project.toml"
    path.write_text(FLAT + f'order = "{order}"\n', encoding="utf-8")
    return _build(path)


def test_what_a_reader_must_know_is_noted(tmp_path: Path) -> None:
    dataset = _build(write_firm(tmp_path, leads=200))
    assert dataset.notes[0].startswith("Profile values are today's")
    assert any(note.endswith("rows left out as immature.") for note in dataset.notes)
    assert len(dataset.rows) == len(dataset.table) == len(dataset.lead_id)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("file", "Rows were split by the order of the file, since the data have no dates."),
        ("random", "Rows were split AT RANDOM, since the data have no order: figures may be too"),
        ("day", "Rows were split by column 'day'."),
    ],
)
def test_how_flat_rows_were_split_is_noted_first(tmp_path: Path, order: str, said: str) -> None:
    dataset = _flat(tmp_path, *["yes", "no", "no"] * 20, order=order)
    assert dataset.notes[0].startswith(said)
    assert dataset.rows.label.sum() == 20


def test_flat_rows_without_an_outcome_are_left_out_and_counted(tmp_path: Path) -> None:
    dataset = _flat(tmp_path, *["yes", "no", "no", ""] * 20)
    assert len(dataset.rows) == 60
    assert dataset.rows.label.sum() == 20
    assert "20 rows left out without an outcome." in dataset.notes


def test_a_flat_order_decides_which_rows_are_newest(tmp_path: Path) -> None:
    by_file = _flat(tmp_path, *["yes", "no"] * 30)
    by_day = _flat(tmp_path, *["yes", "no"] * 30, order="day")
    newest = [d.lead_id[d.split.mask(2)].tolist() for d in (by_file, by_day)]
    assert set(newest[0]) == {f"row-{n}" for n in range(49, 61)}
    assert set(newest[1]) == {f"row-{n}" for n in range(1, 13)}


def test_a_target_that_never_happens_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    write_firm(tmp_path)
    never = write_project(tmp_path, {'target = "SQL"': 'target = "SLQ"'})
    with pytest.raises(StageError, match="no lead ever reaches stage 'SLQ'; did you mean 'SQL'"):
        _build(never)
    with pytest.raises(StageError, match=r"flat\.positive = 'yes' never occurs in column 'bought'"):
        _flat(tmp_path, *["no", "maybe"] * 30)


def test_a_target_that_always_happens_is_refused(tmp_path: Path) -> None:
    write_firm(tmp_path)
    lines = (tmp_path / "leads.csv").read_text(encoding="utf-8").splitlines()[1:]
    created = {line.split(",")[0]: datetime.fromisoformat(line.split(",")[1]) for line in lines}
    won = [f"{lead},SQL,{day + timedelta(days=10)}" for lead, day in created.items()]
    write(tmp_path, "stages.csv", ["id,stage,at", *won])
    always = write_project(tmp_path, {'closing = ["lost"]\n': ""})
    with pytest.raises(SplitError, match="the target always happens"):
        _build(always)
    with pytest.raises(SplitError, match="the target always happens"):
        _flat(tmp_path, *["yes"] * 60)


def test_a_history_too_short_for_the_horizon_is_refused(tmp_path: Path) -> None:
    write_firm(tmp_path)
    long = write_project(tmp_path, {'horizon = "20d"': 'horizon = "900d"'})
    with pytest.raises(StageError, match="no lead has a row whose horizon of 900d has passed"):
        _build(long)


def test_the_moment_up_to_which_sources_are_complete_decides_what_is_mature(
    tmp_path: Path,
) -> None:
    write_firm(tmp_path, leads=200)
    late = _build(write_project(tmp_path))
    known = 'horizon = "20d"\nobserved_until = 2025-09-01T00:00:00Z'
    early = _build(write_project(tmp_path, {'horizon = "20d"': known}))
    assert len(early.rows) < len(late.rows)
    assert set(early.rows.as_of).issubset(set(late.rows.as_of))
