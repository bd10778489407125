"""Parquet read column by column gives what SQL makes of it: the same events, the same words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.history import event_table, parquet_files
from features.history.event_source import EventReading
from features.history.history import HistoryError, HistoryReport
from features.history.key_index import KeyIndex
from features.history.parquet_files import suits
from features.history.relation import Relation
from tests.features.files import all_events, events, read, write

AT = datetime(2026, 2, 1, 10, tzinfo=UTC)
Events = tuple[list[tuple[object, ...]], HistoryReport]
PEOPLE = {
    "path": "people.csv",
    "columns": {"lead_id": "id", "account_id": "company", "person_id": "person"},
}
PEOPLE_LINES = ("id,company,person", "1,a,p", "2,a,p", "3,,q", "lead 4,b,", "ü-5,b,")

UNUSED = pa.DictionaryArray.from_arrays(pa.array([1, 2, 1]), pa.array(["", "demo", "page"]))
"""Names of which a blank one is used by no row, as pandas keeps categories."""


class Both:
    """Reads sources as they are read, and by SQL alone; the same must come of both."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def events(self, *sources: Mapping[str, object], by_columns: bool = True) -> Events:
        found = self._found(sources, by_columns)
        assert not isinstance(found, str), found
        return found

    def told(self, *sources: Mapping[str, object]) -> str:
        found = self._found(sources, by_columns=True)
        assert isinstance(found, str)
        return found

    def _found(self, sources: tuple[Mapping[str, object], ...], by_columns: bool) -> Events | str:
        suited: list[bool] = []

        def asked(relation: Relation, reading: EventReading) -> bool:
            suited.append(suits(relation, reading))
            return suited[-1]

        self._monkeypatch.setattr(event_table, "suits", asked)
        columns = _read(self._folder, sources)
        assert suited == [by_columns] * len(suited)
        self._monkeypatch.setattr(event_table, "suits", lambda *_: False)
        assert columns == _read(self._folder, sources)
        return columns


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    write(tmp_path, "people.csv", PEOPLE_LINES)
    return Both(tmp_path, monkeypatch)


def _read(folder: Path, sources: tuple[Mapping[str, object], ...]) -> Events | str:
    try:
        with read(folder, leads=PEOPLE, events=sources) as history:
            # Equal events may change places.
            return all_events(history), history.report
    except HistoryError as error:
        return str(error)


def table(**columns: object) -> pa.Table:
    standard = {"id": ["1", "2", "lead 4"], "at": [AT] * 3, "type": ["demo", "page", "page"]}
    return pa.table(standard | columns)


def put(folder: Path, rows: pa.Table, name: str = "events.parquet", **options: object) -> None:
    pq.write_table(rows, folder / name, **options)


def _us(*seconds: float) -> pa.Array:
    return pa.array([int(second * 1e6) for second in seconds], pa.timestamp("us", tz="UTC"))


@pytest.mark.parametrize(
    ("columns", "mapped"),
    [
        ({}, {}),
        ({"id": ["1", None, "99"]}, {}),
        ({"id": [" 1 ", "2.0", "ü-5"]}, {}),
        ({"id": ["", "  ", "\u00a03\u00a0"]}, {}),
        ({"id": [1, 2, None]}, {}),
        ({"id": [1.0, 2.5, float("nan")]}, {}),
        ({"id": pa.array(["1", "3", None], pa.large_string())}, {}),
        ({"id": pa.array(["1", "3", None]).dictionary_encode()}, {}),
        ({"type": [" demo", "demo", "demo "]}, {}),
        ({"type": pa.array(["a", "b", "a"], pa.large_string())}, {}),
        ({"value": [1.5, None, -0.0]}, {"value": "value"}),
        ({"value": [1, None, 2**40]}, {"value": "value"}),
        ({"value": ["1.5", " 2", None]}, {"value": "value"}),
        ({"type": UNUSED}, {}),
        ({"item": ["home", None, " home "]}, {"item": "item"}),
        ({"item": ["", " ", "x"]}, {"item": "item"}),
        ({"item": ["home", "demo", "page"]}, {"item": "type"}),
        ({"item": ["1", "x", "x"]}, {"item": "id"}),
        ({"known": [AT, None, AT]}, {"recorded_at": "known"}),
        ({"key": ["e1", "e1", None]}, {"event_id": "key"}),
        ({"id": ["2", "2", "2"], "key": ["e1", " e1", "e1"]}, {"event_id": "key"}),
        ({"at": _us(-5, 0, 4e9)}, {}),
        ({"at": ["2026-02-01T10:00:00Z", "2026-02-01 10:00:00+01", "2026-02-01T10:00Z"]}, {}),
    ],
)
def test_events_are_those_that_sql_finds(
    both: Both, tmp_path: Path, columns: dict[str, object], mapped: dict[str, str]
) -> None:
    put(tmp_path, table(**columns))
    both.events(events("events.parquet", **mapped))


@pytest.mark.parametrize(
    ("columns", "mapped", "words"),
    [
        ({"at": [AT, None, AT]}, {}, "column 'at', row 2: is empty"),
        ({"at": ["2026-02-01T10:00Z", "?", None]}, {}, "row 2: is no timestamp"),
        ({"at": ["2026-02-01", "2026-02-01", "x"]}, {}, "row 1: has no time zone"),
        ({"at": [AT.replace(tzinfo=None)] * 3}, {}, "has no time zone"),
        ({"at": [1, 2, 3]}, {}, "is no timestamp"),
        ({"type": ["demo", "page", " "]}, {}, "column 'type', row 3: is empty"),
        ({"type": ["demo", None, "page"]}, {}, "column 'type', row 2: is empty"),
        ({"value": [1.0, float("inf"), float("nan")]}, {"value": "value"}, "row 2: is no number"),
        ({"value": ["1", "2", "many"]}, {"value": "value"}, "row 3: is no number"),
        # Of several mistakes the same one is told.
        ({"at": [AT, AT, None], "type": [None, "a", "b"]}, {}, "column 'at', row 3"),
        ({"value": [1.0, 2.0, 1e300], "type": [None, "a", "b"]}, {"value": "value"}, "'value'"),
        ({}, {"item": "nothing"}, "column 'nothing' does not exist"),
    ],
)
def test_mistakes_are_told_in_the_same_words(
    both: Both, tmp_path: Path, columns: dict[str, object], mapped: dict[str, str], words: str
) -> None:
    put(tmp_path, table(**columns))
    found = both.told(events("events.parquet", **mapped))
    assert found.startswith("sources.events.0: ")
    assert words in found


def test_what_needs_sql_is_left_to_it(both: Both, tmp_path: Path) -> None:
    put(tmp_path, table(id=["p", "q", "r"]))
    of_persons = {
        "path": "events.parquet",
        "columns": {"person_id": "id", "occurred_at": "at", "event_type": "type"},
    }
    assert len(both.events(of_persons, by_columns=False)[0]) == 3
    put(tmp_path, table(type=[1, 2, 2]))
    assert len(both.events(events("events.parquet"), by_columns=False)[0]) == 3
    put(tmp_path, table(mails=[1, 0, 2]))
    counted = {
        "path": "events.parquet",
        "columns": {"lead_id": "id", "occurred_at": "at"},
        "counters": ["mails"],
    }
    assert len(both.events(counted, by_columns=False)[0]) == 2
    # Names that differ in nothing but case are one to the database.
    put(tmp_path, table(AT=[1, 2, 3]))
    assert len(both.events(events("events.parquet"), by_columns=False)[0]) == 3


@pytest.mark.parametrize(
    ("kind", "figure"), [(pa.float16(), np.float16(2)), (pa.decimal256(50, 2), Decimal("2.50"))]
)
def test_a_type_that_only_the_database_reads_matters_where_it_is_mapped(
    both: Both, tmp_path: Path, kind: pa.DataType, figure: object
) -> None:
    put(tmp_path, table(figure=pa.array([figure] * 3, kind)))
    assert len(both.events(events("events.parquet"))[0]) == 3
    found, _ = both.events(events("events.parquet", value="figure"), by_columns=False)
    assert {event[4] for event in found} == {float(str(figure))}


def test_events_of_accounts_and_constant_types(both: Both, tmp_path: Path) -> None:
    put(tmp_path, table(id=["a", "b", "nobody"]))
    visits = {
        "path": "events.parquet",
        "columns": {"account_id": "id", "occurred_at": "at", "item": "type"},
        "constants": {"event_type": "visit"},
        "known_after": "1d",
    }
    found, report = both.events(visits)
    assert [(lead, kind) for lead, kind, *_ in found] == [(None, "visit")] * 2
    assert report.events_of_unknown_leads == 1


def test_times_without_a_zone_are_meant_in_the_one_of_the_source(
    both: Both, tmp_path: Path
) -> None:
    put(tmp_path, table(at=[AT.replace(tzinfo=None)] * 3))
    found, _ = both.events(events("events.parquet") | {"timezone": "Europe/Berlin"})
    assert found[0][2] == int(AT.timestamp() - 3600) * 10**6


def test_several_files_and_groups_of_rows(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_files, "_ROWS", 4)
    monkeypatch.setattr(parquet_files, "_ROWS_PER_FILE", 10)
    many = pa.concat_tables([table(item=["a", None, "b"]), table(item=["c", "d", "a"])] * 3)
    put(tmp_path, many, "events-1.parquet", row_group_size=3)
    put(tmp_path, table(item=["a", "z", None]), "events-2.parquet")
    found, report = both.events(events("events-*.parquet", item="item"))
    assert report.events == 21
    assert sum(1 for event in found if event[5]) == 17
    put(tmp_path, table(item=["a", "z", None], type=["demo", None, "x"]), "events-2.parquet")
    told = both.told(events("events-*.parquet", item="item"))
    assert "events-2.parquet, column 'type', row 2: is empty" in told
    monkeypatch.setattr(parquet_files, "_ROWS_PER_FILE", 11)
    put(tmp_path, table(item=["a", "z", None]), "events-2.parquet")
    both.events(events("events-*.parquet", item="item"), by_columns=False)
    monkeypatch.setattr(parquet_files, "_ROWS_PER_FILE", 10)
    put(tmp_path, table(item=[1, 2, 3]), "events-2.parquet")
    both.events(events("events-*.parquet", item="item"), by_columns=False)


@pytest.mark.parametrize(("limit", "most"), [("_LARGEST_GROUP", 2), ("_LARGEST_GROUP_BYTES", 999)])
def test_a_group_that_is_too_large_is_left_to_the_database(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    put(tmp_path, table(note=["x" * 1000] * 3))
    both.events(events("events.parquet"))
    put(tmp_path, table(type=["x" * 1000] * 3))
    monkeypatch.setattr(parquet_files, limit, most)
    assert both.events(events("events.parquet"), by_columns=False)[1].events == 3


def test_a_file_without_rows(both: Both, tmp_path: Path) -> None:
    put(tmp_path, table().slice(0, 0))
    found, report = both.events(events("events.parquet"))
    assert (found, report.ends[-1].end) == ([], None)


def test_a_damaged_file_is_told_of_as_by_sql_and_nothing_of_it_stays(
    both: Both, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_files, "_ROWS", 100)
    rows = pa.concat_tables([table(id=[f"nobody {i}" for i in range(3)])] * 200)
    put(tmp_path, rows, "bad.parquet", row_group_size=100, compression="none", use_dictionary=False)
    content = bytearray((tmp_path / "bad.parquet").read_bytes())
    places = len(content) // 2
    content[places : places + 300] = b"\xff" * 300
    (tmp_path / "bad.parquet").write_bytes(content)
    put(tmp_path, table())
    told = both.told(events("events.parquet"), events("bad.parquet"))
    assert "sources.events.1" in told


@pytest.mark.parametrize("column", ["id", "type", "item", "key", "at", "known", "value"])
def test_a_text_that_is_no_utf8_is_told_of_as_by_sql(
    both: Both, tmp_path: Path, column: str
) -> None:
    bad = pa.array([b"1", b"\xff\xfe", b"2"]).cast(pa.string(), safe=False)
    texts = {"item": ["a", "b", "c"], "key": ["d", "e", "f"], "known": [str(AT)] * 3}
    put(tmp_path, table(**(texts | {"value": ["1", "2", "3"], column: bad})))
    mapped = {"item": "item", "event_id": "key", "recorded_at": "known", "value": "value"}
    told = both.told(events("events.parquet", **mapped))
    assert "\ufffd" not in told


@given(
    st.sets(st.text(max_size=20)),
    st.lists(st.one_of(st.none(), st.text(max_size=20))),
    st.integers(0, 3),
)
def test_keys_are_found_as_a_dictionary_finds_them(
    keys: set[str], texts: list[str | None], skipped: int
) -> None:
    known = sorted(keys)
    places: dict[str | None, int] = {key: place for place, key in enumerate(known)}
    asked = [*known, *texts, *(key + "\0" for key in known), *(key[:-1] for key in known)]
    index = KeyIndex(pa.array(known, pa.string()))
    found = index.find(pa.array(asked, pa.string()).slice(skipped))
    assert found.tolist() == [places.get(text, -1) for text in asked[skipped:]]
