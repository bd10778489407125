"""Writers on one PostgreSQL that want the same leads in another order."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import Connection

from serving.record.database.database import Database, DeadlockError
from serving.record.leads.leads import lock_leads
from tests.postgres import new_database
from tests.serving.record.telling import put, told

_numbers = count(1)


@pytest.fixture
def database(postgres: str, upgraded_postgres: str) -> Iterator[Database]:
    """Return an empty record in PostgreSQL: writers to SQLite take turns anyway."""
    database = Database(new_database(postgres, f"circles{next(_numbers)}", upgraded_postgres))
    yield database
    database.close()


def test_whoever_gives_way_begins_anew_and_both_are_done(database: Database) -> None:
    first, second = (put(database, told(name)).number for name in "AB")
    meet, begun = threading.Barrier(2), []

    def lock(order: tuple[int, int]) -> None:
        def act(connection: Connection) -> None:
            begun.append(order)
            lock_leads(connection, order[:1])
            if begun.count(order) == 1:
                meet.wait(20)
            lock_leads(connection, order[1:])

        database.write(act)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lock, [(first, second), (second, first)]))
    # Whoever gave way may be the first to lock again, and then they meet once more.
    assert len(begun) > 2


def test_whoever_cannot_begin_anew_is_told_so(database: Database) -> None:
    first, second = (put(database, told(name)).number for name in "AB")
    meet = threading.Barrier(2)

    def lock(order: tuple[int, int]) -> str:
        try:
            with database.writing() as connection:
                lock_leads(connection, order[:1])
                meet.wait(20)
                lock_leads(connection, order[1:])
        except DeadlockError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(lock, [(first, second), (second, first)]))
    assert said[0] == "done"
    assert said[1].startswith("too much is told of the same leads at once at postgresql")
