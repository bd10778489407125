"""What a history makes of the files it is given."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from features.contract.duration import DAY_US
from features.contract.lead import micros
from features.history.sources import ProfileFields
from tests.features.files import LEAD_LINES, all_events, events, read, write


def us(year: int, month: int, day: int, hour: int = 0) -> int:
    return micros(datetime(year, month, day, hour, tzinfo=UTC), "test")


def test_leads_are_sorted_by_account_and_key(tmp_path: Path) -> None:
    with read(tmp_path) as history:
        leads = history.leads()
        assert leads.lead_id.tolist() == ["1", "2", "3"]
        assert leads.account.tolist() == [0, 0, 1]
        assert leads.created.tolist() == [us(2026, 1, 1), us(2026, 1, 2), us(2026, 1, 3)]
        assert history.accounts_tell_more()
        assert history.last_moment() == us(2026, 1, 3)


def test_the_first_of_two_rows_of_a_lead_wins(tmp_path: Path) -> None:
    write(tmp_path, "leads.csv", [*LEAD_LINES, "1,2020-01-01T00:00:00Z,b,99,Bau"])
    with read(tmp_path) as history:
        assert history.report.duplicate_leads == 1
        assert history.report.leads == 3
        assert history.leads().created[0] == us(2026, 1, 1)


def test_a_flat_export_needs_neither_key_nor_date(tmp_path: Path) -> None:
    write(tmp_path, "flat.csv", ["age;y", "30;no", "40;yes"])
    leads = {"path": "flat.csv", "delimiter": ";"}
    carried = {"label": "y", "order": "age"}
    with read(tmp_path, leads=leads, carried=carried) as history:
        found = history.leads()
        assert found.lead_id.tolist() == ["row-1", "row-2"]
        assert found.created.tolist() == [0, 0]
        assert found.position.tolist() == [0, 1]
        assert found.carried["label"].tolist() == ["no", "yes"]
        assert found.carried["order"].tolist() == ["30", "40"]
        assert not history.accounts_tell_more()


@pytest.mark.parametrize("name", ["events.csv", "events.csv.gz"])
def test_events_of_a_file_and_what_is_left_out(tmp_path: Path, name: str) -> None:
    lines = [
        "id,at,type,seen,figure,page,key",
        "2,2026-02-01T10:00:00Z,demo,2026-02-02T00:00:00Z,2.5,home,e1",
        "2,2026-02-01T10:00:00Z,demo,2026-02-03T00:00:00Z,2.5,home,e1",
        "1,2026-02-01T11:00:00+01:00,page,,,,e2",
        "1,1969-12-31T23:59:59Z,page,,,,e3",
        "9,2026-02-01T10:00:00Z,page,,,,e4",
        ",2026-02-01T10:00:00Z,page,,,,e5",
    ]
    write(tmp_path, name, lines)
    source = events(name, recorded_at="seen", value="figure", item="page", event_id="key")
    with read(tmp_path, events=[source]) as history:
        ten = us(2026, 2, 1, 10)
        assert all_events(history) == [
            ("1", "page", ten, ten, None, False),
            ("2", "demo", ten, us(2026, 2, 2), 2.5, True),
        ]
        report = history.report
        assert (report.events, report.duplicate_events) == (2, 1)
        assert (report.events_before_1970, report.events_of_unknown_leads) == (1, 2)
        assert history.last_moment() == us(2026, 2, 2)


def test_what_is_dated_after_now_has_not_been_seen(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", ["id,at,type", "1,2026-02-01,page", "1,2026-12-31,meeting"])
    write(tmp_path, "stages.csv", ["id,at", "1,2026-02-02", "2,9999-12-31", "9,9999-12-31"])
    write(tmp_path, "leads.csv", [*LEAD_LINES, "4,2027-01-01T00:00:00Z,,,"])
    at = {"lead_id": "id", "at": "at"}
    stages = {"path": "stages.csv", "columns": at, "constants": {"stage": "SQL"}}
    meetings, reached = events() | {"timezone": "UTC"}, stages | {"timezone": "UTC"}
    with read(tmp_path, now=us(2026, 6, 1), events=[meetings], stages=[reached]) as history:
        assert [row[1] for row in all_events(history)] == ["page"]
        assert len(history.stage_changes()[0]) == 1
        report = history.report
        assert (report.events_in_future, report.stages_in_future) == (1, 1)
        assert report.stages_of_unknown_leads == 1
        assert history.last_moment() == us(2026, 2, 2)
    with read(tmp_path, events=[meetings], stages=[reached]) as history:
        assert (history.report.events_in_future, history.report.stages_in_future) == (0, 0)
        assert history.last_moment() == us(9999, 12, 31)


def test_event_types_are_summarised_as_known_at_a_moment(tmp_path: Path) -> None:
    lines = [
        "id,at,type,figure",
        "1,2026-02-01T10:00:00Z,demo,1",
        "2,2026-02-01T10:00:00Z,page,",
        "1,2026-02-02T10:00:00Z,page,3",
    ]
    write(tmp_path, "events.csv", lines)
    with read(tmp_path, events=[events(value="figure")]) as history:
        page, demo = history.event_types()
        assert (page.event_type, page.events, page.leads, page.value_share) == ("page", 2, 2, 0.5)
        assert (demo.event_type, demo.events, demo.item_share) == ("demo", 1, 0.0)
        assert (page.shortest_lag, demo.shortest_lag) == (0, 0)
        before = history.event_types(us(2026, 2, 2))
        assert [(s.event_type, s.events) for s in before] == [("demo", 1), ("page", 1)]
        lead, occurred = history.event_times("page")
        assert lead.tolist() == [0, 1]
        assert occurred.tolist() == [us(2026, 2, 2, 10), us(2026, 2, 1, 10)]


def test_the_shortest_lag_of_an_event_type_is_told(tmp_path: Path) -> None:
    lines = ["id,at,type,seen", "1,2026-02-01T00:00:00Z,page,2026-02-03T00:00:00Z"]
    write(tmp_path, "events.csv", [*lines, "1,2026-02-05T00:00:00Z,page,2026-02-06T00:00:00Z"])
    with read(tmp_path, events=[events(recorded_at="seen")]) as history:
        assert [s.shortest_lag for s in history.event_types()] == [DAY_US]
        assert [s.shortest_lag for s in history.event_types(us(2026, 2, 4))] == [2 * DAY_US]


def test_leads_with_an_event_that_counts_are_told(tmp_path: Path) -> None:
    lines = (
        "id,at,seen,type",
        "1,2026-02-01T00:00:00Z,2026-02-01T00:00:00Z,page",
        "2,2026-02-01T00:00:00Z,2026-02-03T00:00:00Z,page",
        "3,2026-02-02T00:00:00Z,2026-02-02T00:00:00Z,page",
    )
    write(tmp_path, "events.csv", lines)
    with read(tmp_path, events=[events(recorded_at="seen")]) as history:
        lead_ids = history.leads().lead_id
        for at, expected in (
            (us(2026, 2, 1), set()),
            (us(2026, 2, 1) + 1, {"1"}),
            (us(2026, 2, 3), {"1", "2", "3"}),
        ):
            assert set(lead_ids[history.eventful(at)]) == expected


def test_a_glob_reads_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    for day in (1, 2, 3):
        write(tmp_path / "log", f"{day}.csv", ["id,at,type", f"1,2026-02-0{day}T00:00:00Z,page"])
    with read(tmp_path, events=[events("log/*.csv")]) as history:
        assert [row[2] for row in all_events(history)] == [us(2026, 2, d) for d in (1, 2, 3)]


def test_counters_of_a_wide_table_become_events(tmp_path: Path) -> None:
    lines = ["id,week,opened,clicked", "1,2026-02-02,3,0", "1,2026-02-09,,2"]
    write(tmp_path, "weeks.csv", lines)
    weeks = {
        "path": "weeks.csv",
        "timezone": "UTC",
        "columns": {"lead_id": "id", "occurred_at": "week"},
        "counters": ["opened", "clicked"],
        "known_after": "7d",
    }
    with read(tmp_path, events=[weeks]) as history:
        assert all_events(history) == [
            ("1", "clicked", us(2026, 2, 9), us(2026, 2, 16), 2.0, False),
            ("1", "opened", us(2026, 2, 2), us(2026, 2, 9), 3.0, False),
        ]


def test_a_row_of_a_wide_table_may_count_as_seen_whatever_its_counters_are(tmp_path: Path) -> None:
    write(
        tmp_path,
        "weeks.csv",
        ["id,week,opened", "1,2026-02-02,3", "2,2026-02-02,0", "2,2026-02-09,"],
    )
    weeks = {
        "path": "weeks.csv",
        "timezone": "UTC",
        "columns": {"lead_id": "id", "occurred_at": "week"},
        "counters": ["opened"],
        "seen": "week_reported",
        "known_after": "7d",
    }
    with read(tmp_path, events=[weeks]) as history:
        second, ninth, sixteenth = (us(2026, 2, day) for day in (2, 9, 16))
        assert all_events(history) == [
            ("1", "opened", second, ninth, 3.0, False),
            ("1", "week_reported", second, ninth, None, False),
            ("2", "week_reported", second, ninth, None, False),
            ("2", "week_reported", ninth, sixteenth, None, False),
        ]
        assert history.complete_until() == us(2026, 1, 3)
        assert [end.end for end in history.report.ends] == [us(2026, 1, 3), sixteenth]


def test_a_history_is_complete_up_to_where_its_first_source_ends(tmp_path: Path) -> None:
    write(
        tmp_path,
        "leads.csv",
        [*LEAD_LINES, "4,2026-03-01T00:00:00Z,,,", "5,2027-01-01T00:00:00Z,,,"],
    )
    head = "id,at,type,seen"
    write(
        tmp_path,
        "a.csv",
        [head, "1,2026-02-01T00:00:00Z,page,2026-02-03T00:00:00Z", "1,2027-02-01T00:00:00Z,page,"],
    )
    write(tmp_path, "b.csv", [head, "9,2026-02-20T00:00:00Z,page,", "1,1960-01-01T00:00:00Z,page,"])
    write(tmp_path, "c.csv", [head, "1,2027-01-01T00:00:00Z,visit,2026-02-28T00:00:00Z"])
    write(tmp_path, "d.csv", [head])
    write(tmp_path, "stages.csv", ["id,at", "1,2026-01-05T00:00:00Z"])
    at = {"lead_id": "id", "at": "at"}
    stages = {"path": "stages.csv", "columns": at, "constants": {"stage": "SQL"}}
    sources = [events(f"{name}.csv", recorded_at="seen") for name in "abcd"]
    with read(tmp_path, now=us(2026, 6, 1), events=sources, stages=[stages]) as history:
        assert [(end.section, end.end) for end in history.report.ends] == [
            ("sources.leads", us(2026, 3, 1)),
            ("sources.events.0", us(2026, 2, 3)),
            ("sources.events.1", us(2026, 2, 20)),
            ("sources.events.2", us(2026, 2, 28)),
            ("sources.events.3", None),
        ]
        assert history.complete_until() == us(2026, 2, 3)


def test_where_nothing_tells_how_far_it_reaches_a_history_is_complete_until_now(
    tmp_path: Path,
) -> None:
    leads = {"path": "leads.csv", "columns": {"lead_id": "id"}}
    write(tmp_path, "events.csv", ["id,at,type"])
    with read(tmp_path, leads=leads, now=us(2026, 6, 1), events=[events()]) as history:
        assert history.complete_until() == us(2026, 6, 1)


def test_events_of_an_account_belong_to_no_lead(tmp_path: Path) -> None:
    write(
        tmp_path, "visits.csv", ["company,at", "a,2026-02-01T00:00:00Z", "z,2026-02-01T00:00:00Z"]
    )
    visits = {
        "path": "visits.csv",
        "columns": {"account_id": "company", "occurred_at": "at"},
        "constants": {"event_type": "visit"},
    }
    with read(tmp_path, events=[visits]) as history:
        assert [row[:2] for row in all_events(history)] == [(None, "visit")]
        assert history.report.events_of_unknown_leads == 1


def test_events_of_a_person_count_for_each_lead_and_once_for_the_account(tmp_path: Path) -> None:
    lines = ["id,person,company", "1,p,a", "2,p,a", "3,p,b", "4,q,a"]
    write(tmp_path, "people.csv", lines)
    write(tmp_path, "mails.csv", ["who,at", "p,2026-02-01T00:00:00Z"])
    leads = {
        "path": "people.csv",
        "columns": {"lead_id": "id", "person_id": "person", "account_id": "company"},
    }
    mails = {
        "path": "mails.csv",
        "columns": {"person_id": "who", "occurred_at": "at"},
        "constants": {"event_type": "mail"},
    }
    with read(tmp_path, leads=leads, events=[mails]) as history:
        found = history.connection.execute(
            "SELECT account, lead, first_for_account FROM events ORDER BY lead"
        ).fetchall()
        assert found == [(0, 0, True), (0, 1, False), (1, 3, True)]


def test_stages_from_a_table_and_from_a_date_column(tmp_path: Path) -> None:
    write(
        tmp_path,
        "stages.csv",
        ["id,to,at", "2,SQL,2026-02-03T00:00:00Z", "9,SQL,2026-02-03T00:00:00Z"],
    )
    write(tmp_path, "deals.csv", ["id,won", "1,2026-03-01", "2,"])
    stages = [
        {"path": "stages.csv", "columns": {"lead_id": "id", "stage": "to", "at": "at"}},
        {
            "path": "deals.csv",
            "timezone": "UTC",
            "columns": {"lead_id": "id", "at": "won"},
            "constants": {"stage": "WON"},
        },
    ]
    with read(tmp_path, stages=stages) as history:
        lead, stage, at = history.stage_changes()
        assert lead.tolist() == [0, 1]
        assert stage.tolist() == ["WON", "SQL"]
        assert at.tolist() == [us(2026, 3, 1), us(2026, 2, 3)]
        assert history.report.stages_of_unknown_leads == 1


def test_profiles_are_what_was_last_recorded_by_the_moment(tmp_path: Path) -> None:
    lines = [
        "id,seen,employees,industry",
        "1,2026-02-01T00:00:00Z,20,Bau",
        "1,2026-03-01T00:00:00Z,30,",
        "2,2026-02-01T00:00:00Z,5,IT",
    ]
    write(tmp_path, "profiles.csv", lines)
    source = {
        "path": "profiles.csv",
        "columns": {"lead_id": "id", "recorded_at": "seen"},
        "fields": ["employees", "industry"],
    }
    profile = ProfileFields(numeric=("employees",), categorical=("industry",))
    rows = [(0, us(2026, 1, 31)), (0, us(2026, 2, 1)), (0, us(2026, 2, 28)), (0, us(2026, 3, 2)),
            (1, us(2026, 3, 2)), (2, us(2026, 3, 2))]  # fmt: skip
    lead, as_of = (np.array(column) for column in zip(*rows, strict=True))
    with read(tmp_path, profile=profile, profiles=[source]) as history:
        employees = history.profile.numbers("employees", lead, as_of)
        np.testing.assert_array_equal(employees, [np.nan, 20, 20, 30, 5, np.nan])
        industry = history.profile.texts("industry", lead, as_of)
        assert industry.tolist() == [None, "Bau", "Bau", None, "IT", None]
        assert not history.report.profile_is_todays


def test_a_profile_without_history_is_todays_and_marked(tmp_path: Path) -> None:
    profile = ProfileFields(numeric=("employees",), categorical=("industry",))
    with read(tmp_path, profile=profile) as history:
        lead = np.arange(3)
        numbers = history.profile.numbers("employees", lead, lead)
        np.testing.assert_array_equal(numbers, [10, np.nan, 0.5])
        assert history.profile.texts("industry", lead, lead).tolist() == ["Bau", "Handel", None]
        assert history.report.profile_is_todays


def test_the_folder_for_what_does_not_fit_in_memory_is_gone_after_use(tmp_path: Path) -> None:
    with read(tmp_path) as history:
        found = history.connection.execute("SELECT current_setting('temp_directory')").fetchall()
        folder = Path(found[0][0])
        assert folder.exists()
    assert not folder.exists()


def test_steps_are_told(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", ["id,at,type"])
    steps: list[str] = []
    with read(tmp_path, events=[events()], on_step=steps.append) as history:
        assert steps == ["Reading leads", "Reading events 1 of 1", "Arranging events"]
        assert history.event_types() == []
