"""A database of limited memory gives back what it keeps, and loses nothing."""

from pathlib import Path

import duckdb
import pytest

from features.history import scratch
from features.history.scratch import let_rest, open_scratch


def _limit(connection: duckdb.DuckDBPyConnection) -> object:
    [(limit,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    return limit


@pytest.mark.parametrize("at_rest", ["128MB", "1MB"])
def test_what_rests_is_all_there_and_may_grow_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_rest: str
) -> None:
    monkeypatch.setattr(scratch, "_AT_REST", at_rest)
    with open_scratch(tmp_path) as connection:
        before = _limit(connection)
        connection.execute(
            "CREATE TABLE numbers AS SELECT i, i * 7 % 1000003 AS j FROM range(1000000) t(i)"
        )
        expected = connection.execute("SELECT sum(i), sum(j), count(*) FROM numbers").fetchall()
        let_rest(connection)
        assert _limit(connection) == before
        assert (
            connection.execute("SELECT sum(i), sum(j), count(*) FROM numbers").fetchall()
            == expected
        )


def test_what_it_keeps_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_AT_REST", "20MB")
    with open_scratch(tmp_path) as connection:
        connection.execute("CREATE TABLE numbers AS SELECT hash(i) AS h FROM range(10000000) t(i)")
        held = _held(connection)
        let_rest(connection)
        assert _held(connection) < 20 * 2**20 < held


def _held(connection: duckdb.DuckDBPyConnection) -> int:
    [(held,)] = connection.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchall()
    return int(held)
