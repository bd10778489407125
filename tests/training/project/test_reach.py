"""How far sources reach decides what is looked at, and is told where they disagree."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from features.contract.lead import micros, moment
from features.history.history import END_OF_TIME
from tests.features.files import write
from training.progress import Progress
from training.project.history import open_history
from training.project.project import read_project
from training.project.reach import complete_until, outcomes_until, reach_notes

QUIET = Progress(Console(quiet=True))

SOURCES = """\
name = "firm"
[sources.leads]
path = "leads.csv"
columns = { lead_id = "id", created_at = "at" }
[[sources.events]]
path = "pages.csv"
columns = { lead_id = "id", occurred_at = "at" }
constants = { event_type = "page" }
[[sources.events]]
path = "mails.csv"
columns = { lead_id = "id", occurred_at = "at" }
constants = { event_type = "mail" }
"""
STAGES = """\
[[sources.stages]]
path = "stages.csv"
columns = { lead_id = "id", at = "at" }
constants = { stage = "SQL" }
[stages]
target = "SQL"
[rows]
horizon = "30d"
every = "14d"
"""
DERIVED = """\
[stages]
target = "SQL"
[[stages.derived]]
stage = "SQL"
event_type = "page"
[rows]
horizon = "30d"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _ends(tmp_path, leads="2026-06-30", pages="2026-06-30", mails="2026-06-30")
    write(tmp_path, "stages.csv", ["id,at", "1,2026-07-30T00:00:00Z"])
    return tmp_path


def _ends(folder: Path, **last: str) -> None:
    """Write sources by name whose newest of two rows is of a day."""
    for name, day in last.items():
        rows = ("0,2026-01-01T00:00:00Z", f"1,{day}T00:00:00Z")
        write(folder, f"{name}.csv", ["id,at", *rows])


def _us(day: str) -> int:
    return micros(datetime.fromisoformat(day).replace(tzinfo=UTC), "day")


def _notes(folder: Path, text: str = SOURCES, now: int = END_OF_TIME) -> tuple[list[str], str]:
    path = folder / "project.toml"
    path.write_text(text, encoding="utf-8")
    project = read_project(path)
    with open_history(project, folder, QUIET, now) as history:
        until = moment(complete_until(project, history))
        return [*reach_notes(project, history)], f"{until:%Y-%m-%d}"


def test_sources_that_end_together_are_told_nothing_of(folder: Path) -> None:
    assert _notes(folder) == ([], "2026-06-30")


def test_a_source_that_ends_early_is_named_with_both_dates(folder: Path) -> None:
    _ends(folder, mails="2026-05-03", leads="2026-06-29")
    notes, until = _notes(folder)
    assert until == "2026-05-03"
    assert notes == [
        "sources.events.1 ends on 2026-05-03 00:00 UTC, sources.events.0 on 2026-06-30 00:00 UTC: "
        "what is missing would look as if it had not happened, so leads are looked at up to "
        "2026-05-03 00:00 UTC only. Bring the missing part; if none is missing, say so by "
        "rows.observed_until, or by --as-of when scoring."
    ]


def test_all_sources_that_end_early_are_named(folder: Path) -> None:
    _ends(folder, leads="2026-04-01", pages="2026-05-03")
    [note], until = _notes(folder)
    assert until == "2026-04-01"
    assert note.startswith(
        "sources.leads ends on 2026-04-01 00:00 UTC, sources.events.0 ends on 2026-05-03 00:00 "
        "UTC, sources.events.1 on 2026-06-30"
    )


@pytest.mark.parametrize(
    ("sections", "end", "told"),
    [
        ("", "2026-06-23", False),
        ("", "2026-06-22", True),
        (STAGES, "2026-06-16", False),
        (STAGES, "2026-06-15", True),
    ],
)
def test_a_step_of_the_grid_or_a_week_is_not_early(
    folder: Path, sections: str, end: str, told: bool
) -> None:
    _ends(folder, pages=end)
    notes, until = _notes(folder, SOURCES + sections)
    assert (bool(notes), until) == (told, end)


def test_a_source_that_holds_nothing_is_named_and_says_nothing(folder: Path) -> None:
    write(folder, "mails.csv", ["id,at"])
    said = "sources.events.1 holds nothing up to now; check its file or query."
    assert _notes(folder) == ([said], "2026-06-30")
    write(folder, "mails.csv", ["id,at", "1,2027-01-01T00:00:00Z"])
    assert _notes(folder, now=_us("2026-07-01")) == ([said], "2026-06-30")


@pytest.mark.parametrize(
    ("observed_until", "complete"),
    [("2026-06-30", "2026-06-30"), ("2026-02-01", "2026-05-03"), ("2099-01-01", "2026-07-15")],
)
def test_a_project_may_say_that_its_sources_are_complete(
    folder: Path, observed_until: str, complete: str
) -> None:
    _ends(folder, mails="2026-05-03")
    text = f"{SOURCES}{STAGES}observed_until = {observed_until}T00:00:00Z\n"
    notes, until = _notes(folder, text, now=_us("2026-07-15"))
    assert until == complete
    assert bool(notes) == (complete == "2026-05-03")


def test_leads_never_seen_are_counted(folder: Path) -> None:
    write(folder, "leads.csv", ["id", "0", "1", "2", "3"])
    text = SOURCES.replace(', created_at = "at" }', ' }\ncreated = "first_seen"')
    assert _notes(folder, text)[0] == [
        "2 leads have neither events nor stage changes; they start with the first moment of the "
        "data."
    ]


@pytest.mark.parametrize(("sections", "until"), [(STAGES, "2026-07-30"), (DERIVED, "2026-05-03")])
def test_outcomes_that_events_tell_are_known_as_far_as_all_events_reach(
    folder: Path, sections: str, until: str
) -> None:
    _ends(folder, mails="2026-05-03", leads="2026-07-10")
    path = folder / "project.toml"
    path.write_text(SOURCES + sections, encoding="utf-8")
    project = read_project(path)
    assert project.stages is not None
    with open_history(project, folder, QUIET) as history:
        assert outcomes_until(project.stages, history) == _us(until)
