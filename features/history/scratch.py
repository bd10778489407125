"""A DuckDB database of limited memory: what does not fit goes to a temporary folder."""

from pathlib import Path

import duckdb

from features.history.macros import define_macros
from features.history.sql import literal

_MEMORY = "512MB"


def open_scratch(folder: Path | str) -> duckdb.DuckDBPyConnection:
    """Open an empty database that spills into a folder, and knows how values are read."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
    connection.execute(f"SET temp_directory = {literal(str(folder))}")
    connection.execute("SET TimeZone = 'UTC'")
    define_macros(connection)
    return connection
