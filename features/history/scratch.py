"""A DuckDB database of limited memory: what does not fit goes to a temporary folder."""

from contextlib import suppress
from pathlib import Path

import duckdb

from features.history.macros import define_macros
from features.history.sql import literal

_MEMORY = "512MB"
_AT_REST = "128MB"


def open_scratch(folder: Path | str) -> duckdb.DuckDBPyConnection:
    """Open an empty database that spills into a folder, and knows how values are read."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
    connection.execute(f"SET temp_directory = {literal(str(folder))}")
    connection.execute("SET TimeZone = 'UTC'")
    define_macros(connection)
    return connection


def let_rest(connection: duckdb.DuckDBPyConnection) -> None:
    """Give back the memory that a database keeps for queries to come, between large ones.

    It is as large as the largest query so far needed; tables go to disk beyond `_AT_REST`.
    """
    # What cannot be given back, because it holds what stands where on the disk, is kept.
    with suppress(duckdb.OutOfMemoryException):
        connection.execute(f"SET memory_limit = '{_AT_REST}'")
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
