"""From a project's data to labelled rows: what is told, and what is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from features.contract.lead import micros
from features.history.history import END_OF_TIME
from tests.features.files import write
from tests.training.firm import write_firm, write_project
from training.progress import Progress
from training.project.history import open_history
from training.project.project import read_project
from training.project.timeline import StageError
from training.rows.dataset import Dataset, build_dataset

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


def _build(project_file: Path, now: int = END_OF_TIME) -> Dataset:
    project = read_project(project_file)
    with open_history(project, project_file.parent, QUIET, now) as history:
        return build_dataset(project, project_file.parent, history, QUIET)


def _flat(folder: Path, *answers: str, order: str = "file") -> Dataset:
    lines = [
        f"{n % 7},{answer},{len(answers) - n},{_day(-n):%Y-%m-%d},{_day(-n):%d.%m.%Y},"
        f"{n or ''},{n or 'inf'}"
        for n, answer in enumerate(answers)
    ]
    write(folder, "leads.csv", ["age,bought,day,date,german,gap,endless", *lines])
    path = folder / "project.toml"
    path.write_text(FLAT + f'order = "{order}"\n', encoding="utf-8")
    return _build(path)


def _day(days: int) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=days)


def test_what_a_reader_must_know_is_noted(tmp_path: Path) -> None:
    dataset = _build(write_firm(tmp_path, leads=200))
    assert dataset.notes[0].startswith("Profile values are today's")
    assert any(note.startswith("sources.leads ends on") for note in dataset.notes)
    assert len(dataset.learning.rows) == len(dataset.learning.table)
    assert len(dataset.learning.rows) == len(dataset.learning.rules.log_odds)


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
    assert dataset.learning.rows.label.sum() == 20


def test_flat_rows_without_an_outcome_are_left_out_and_counted(tmp_path: Path) -> None:
    dataset = _flat(tmp_path, *["yes", "no", "no", ""] * 20)
    assert len(dataset.learning.rows) == 60
    assert dataset.learning.rows.label.sum() == 20
    assert "20 rows left out without an outcome." in dataset.notes


def test_what_is_neither_positive_nor_negative_has_no_outcome(tmp_path: Path) -> None:
    answers = ["yes", "no", "no", "open"] * 20
    all_negative = _flat(tmp_path, *answers)
    assert len(all_negative.learning.rows) == 80
    assert any(note.startswith("2 different values of 'bought'") for note in all_negative.notes)
    told = _flat(tmp_path, *answers, order='file"\nnegative = ["no"]\n#')
    assert (len(told.learning.rows), told.learning.rows.label.sum()) == (60, 20)
    assert "20 rows left out without an outcome." in told.notes
    assert not any("different values" in note for note in told.notes)
    with pytest.raises(StageError, match=r"flat\.negative = 'lost\?' never occurs") as caught:
        _flat(tmp_path, *answers, order='file"\nnegative = ["lost?"]\n#')
    assert "known are no, open, yes" in str(caught.value)


def test_outcomes_that_few_rows_share_are_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="; 60 other values are there") as caught:
        _flat(tmp_path, *(f"person {n}" for n in range(60)))
    assert "person" not in str(caught.value)


def test_leads_that_were_over_before_they_started_are_counted(tmp_path: Path) -> None:
    path = write_firm(tmp_path, leads=200)
    plain = _build(path)
    assert plain.learning.rows.over == 0
    leads = (tmp_path / "leads.csv").read_text(encoding="utf-8").splitlines()[1:]
    created = dict(line.split(",")[:2] for line in leads)
    with (tmp_path / "stages.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"L{n},SQL,{created[f'L{n}']}\n" for n in range(7))
    dataset = _build(path)
    assert "7 leads left out: at the target or closed when their rows would start." in dataset.notes


def test_a_source_without_leads_is_told(tmp_path: Path) -> None:
    path = write_firm(tmp_path)
    write(tmp_path, "leads.csv", ["id,created,company,employees,industry"])
    with pytest.raises(StageError, match=r"sources\.leads holds no lead"):
        _build(path)


def test_leads_created_before_1970_are_left_out_and_counted(tmp_path: Path) -> None:
    path = write_firm(tmp_path, leads=200)
    with (tmp_path / "leads.csv").open("a", encoding="utf-8") as file:
        file.write("old,1900-01-01T00:00:00Z,,,\nnever,1970-01-01T00:00:00Z,,,\n")
    dataset = _build(path)
    assert "2 leads left out, created before 1970." in dataset.notes
    assert not {"old", "never"} & {*dataset.lead_id}


def test_a_flat_order_decides_which_rows_are_newest(tmp_path: Path) -> None:
    by_file = _flat(tmp_path, *["yes", "no"] * 30)
    by_number = _flat(tmp_path, *["yes", "no"] * 30, order="day")
    by_date = _flat(tmp_path, *["yes", "no"] * 30, order="date")
    newest = []
    for dataset in (by_file, by_number, by_date):
        rows = dataset.learning.rows
        window = dataset.schedule.window(rows, dataset.schedule.newest)
        newest.append(set(dataset.lead_id[rows.lead[window]]))
    assert newest[0] == {f"row-{n}" for n in range(55, 61)}
    assert newest[1] == newest[2] == {f"row-{n}" for n in range(1, 7)}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("german", "column 'german' holds neither numbers nor ISO dates such as 2026-03-01"),
        ("gap", "column 'gap' has empty values"),
        ("endless", "column 'endless' holds neither numbers"),
    ],
)
def test_an_order_that_is_none_is_refused(tmp_path: Path, order: str, said: str) -> None:
    with pytest.raises(StageError, match=said):
        _flat(tmp_path, *["yes", "no"] * 30, order=order)


def test_a_lonely_late_date_is_noted_and_the_future_left_out(tmp_path: Path) -> None:
    write_firm(tmp_path, leads=400)
    path = write_project(tmp_path, {'horizon = "20d"': 'horizon = "60d"'})
    plain = _build(path)
    assert not any(note.startswith("Only one of 1,000") for note in plain.notes)
    with (tmp_path / "events.csv").open("a", encoding="utf-8") as file:
        file.write("e-late,L1,meeting,2026-12-31T00:00:00Z,,\n")
    late = _build(path)
    assert late.learning.rows.immature < plain.learning.rows.immature
    assert "Outcomes are taken as known up to 2026-12-31, the last moment in the sources." in (
        late.notes
    )
    assert any(note.startswith("Only one of 1,000") for note in late.notes)
    today = _build(path, now=micros(datetime(2026, 6, 1, tzinfo=UTC), "now"))
    assert today.learning.rows.immature == plain.learning.rows.immature
    assert "1 events left out, dated later than now." in today.notes


def test_a_project_that_says_nothing_to_learn_is_told_what_is_missing(tmp_path: Path) -> None:
    write_firm(tmp_path)
    rows = '[rows]\nhorizon = "20d"\nevery = "5d"\nmax_age = "30d"\n'
    with pytest.raises(StageError, match=r"a project needs \[stages\] and \[rows\]"):
        _build(write_project(tmp_path, {rows: ""}))


def test_nobody_has_observed_the_future(tmp_path: Path) -> None:
    write_firm(tmp_path, leads=200)
    known = 'horizon = "20d"\nobserved_until = 2099-01-01T00:00:00Z'
    path = write_project(tmp_path, {'horizon = "20d"': known})
    assert _build(path).learning.rows.immature == 0
    assert (
        _build(path, now=micros(datetime(2025, 9, 1, tzinfo=UTC), "now")).learning.rows.immature > 0
    )


def test_a_target_that_never_happens_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    write_firm(tmp_path)
    never = write_project(tmp_path, {'target = "SQL"': 'target = "SLQ"'})
    with pytest.raises(StageError, match="no lead ever reaches stage 'SLQ'; did you mean 'SQL'"):
        _build(never)
    with pytest.raises(StageError, match=r"flat\.positive = 'yes' never occurs in column 'bought'"):
        _flat(tmp_path, *["no", "maybe"] * 30)


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
    assert len(early.learning.rows) < len(late.learning.rows)
    assert set(early.learning.rows.as_of).issubset(set(late.learning.rows.as_of))
