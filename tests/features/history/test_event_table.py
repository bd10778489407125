"""Few events are columns in memory, many a table sorted by account; both hold the same events."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from features.history.event_table import EventCounts, create_events
from features.history.macros import define_macros
from features.history.staging import Staging

_ROWS = """
    (1, 1, true, 'demo', 5, 5, NULL, -1, 7), (0, 0, true, 'page', 3, 4, 1.5, 8, NULL),
    (1, 1, true, 'demo', 4, 9, NULL, -1, 7), (NULL, NULL, true, 'page', 3, 3, NULL, -1, NULL),
    (0, 0, true, 'page', -3, 4, 1.5, 8, NULL), (2, 0, true, 'page', 1, 1, NULL, -1, 9),
    (2, 0, true, 'page', 10, 10, NULL, -1, NULL)
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        define_macros(connection)
        yield connection


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("clustered_from", [0, 3, 5])
def test_events_are_kept_once_however_they_lie(
    connection: duckdb.DuckDBPyConnection, held: bool, repeated: bool, clustered_from: int
) -> None:
    staging = staged(connection, _ROWS, held=held, without="" if repeated else "occurred = 4")
    counts, events = create_events(
        connection, staging, now=9, with_ids=True, clustered_from=clustered_from
    )
    assert counts == EventCounts(
        kept=3, of_unknown_leads=1, duplicates=int(repeated), before_1970=1, in_future=1
    )
    rows = connection.execute("SELECT account, lead, type, occurred FROM events").fetchall()
    # Of the two with one id, the one that was visible first.
    assert sorted(rows) == [(0, 0, "page", 3), (0, 2, "page", 1), (1, 1, "demo", 5)]
    tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    found = 3 + int(repeated)
    assert (tables, events is None) == (
        ([("events",)], True) if found >= clustered_from else ([], False)
    )
    if clustered_from == 0:
        assert [row[0] for row in rows] == [0, 0, 1]


def test_of_events_that_all_count_nothing_is_copied(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    staging = staged(connection, _ROWS, held=True, without="lead IS DISTINCT FROM 1")
    held = staging.held()
    assert held is not None
    address = held["occurred"].chunk(0).buffers()[1].address
    _, events = create_events(connection, staging, now=9, with_ids=False, clustered_from=5)
    assert events is not None
    assert events["occurred"].chunk(0).buffers()[1].address == address


def test_events_move_into_the_database_when_they_are_too_many(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    staging = Staging(connection, with_ids=True, most_held=10)
    some = columns(connection, _ROWS, "false")
    staging.add(some)
    assert staging.held() is not None
    assert staging.newest(0, now=9) == 9
    staging.add(some.slice(0, 4))
    assert (staging.held(), len(staging)) == (None, 11)
    staging.add(some.slice(4))
    assert len(staging) == 14
    assert (staging.newest(0, now=9), staging.newest(11, now=9)) == (9, 4)
    staging.cut(11)
    assert len(staging) == 11
    assert staging.newest(11, now=9) is None
    # What comes next follows without a gap.
    staging.add(some.slice(4, 1))
    assert (len(staging), staging.newest(11, now=9), staging.newest(12, now=9)) == (12, 4, None)


def test_events_that_would_become_too_many_are_not_held_at_all(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    staging = Staging(connection, with_ids=True, most_held=10)
    staging.add(columns(connection, _ROWS, "false"))
    staging.expect(3)
    assert staging.held() is not None
    staging.expect(4)
    assert (staging.held(), len(staging)) == (None, 7)


def test_events_of_a_source_that_failed_are_forgotten(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    staging = Staging(connection, with_ids=True, most_held=100)
    some = columns(connection, _ROWS, "false")
    for _ in range(3):
        staging.add(some)
    staging.cut(7)
    assert len(staging) == 7
    staging.cut(7)
    assert len(staging) == 7


def staged(
    connection: duckdb.DuckDBPyConnection, rows: str, *, held: bool, without: str
) -> Staging:
    staging = Staging(connection, with_ids=True, most_held=100)
    if not held:
        staging.table()
    staging.add(columns(connection, rows, without or "false"))
    return staging


def columns(connection: duckdb.DuckDBPyConnection, rows: str, without: str) -> pa.Table:
    names = "lead, account, first_for_account, type, occurred, recorded, value, item, id"
    found = connection.sql(f"""
        SELECT lead::INTEGER AS lead, account::INTEGER AS account, first_for_account, type,
               occurred::BIGINT AS occurred, recorded::BIGINT AS recorded, value::DOUBLE AS value,
               item::BIGINT AS item, id::BIGINT AS id
        FROM (VALUES {rows}) t({names}) WHERE NOT ({without})
    """).to_arrow_table()
    place = found.column_names.index("type")
    return found.set_column(place, "type", found["type"].dictionary_encode())
