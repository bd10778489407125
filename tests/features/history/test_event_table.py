"""Few events stay as they were read, many are sorted by account; both hold the same events."""

from collections.abc import Iterator

import duckdb
import pytest

from features.history.event_table import EventCounts, create_events, create_staging
from features.history.macros import define_macros

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
        create_staging(connection, with_ids=True)
        connection.execute(f"INSERT INTO staged VALUES {_ROWS}")
        yield connection


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("clustered_from", [0, 3, 5])
def test_events_are_kept_once_however_they_lie(
    connection: duckdb.DuckDBPyConnection, repeated: bool, clustered_from: int
) -> None:
    if not repeated:
        connection.execute("DELETE FROM staged WHERE occurred = 4")
    counts = create_events(connection, now=9, with_ids=True, clustered_from=clustered_from)
    assert counts == EventCounts(
        kept=3, of_unknown_leads=1, duplicates=int(repeated), before_1970=1, in_future=1
    )
    rows = connection.execute("SELECT account, lead, type, occurred FROM events").fetchall()
    # Of the two with one id, the one that was visible first.
    assert sorted(rows) == [(0, 0, "page", 3), (0, 2, "page", 1), (1, 1, "demo", 5)]
    tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert tables == [("events",)]
    if clustered_from == 0:
        assert [row[0] for row in rows] == [0, 0, 1]
