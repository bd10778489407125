"""A database of a task's own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from features.history.scratch import open_scratch


@contextmanager
def task_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database for as long as a task needs it, on the one core that a task has."""
    with tempfile.TemporaryDirectory(prefix="leadscore-") as folder, open_scratch(folder) as opened:
        opened.execute("SET threads = 1")
        yield opened
