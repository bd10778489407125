"""A database that hangs, is locked, moved or not there: nobody waits for long, nothing is lost."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from serving.record.access.keys import known_keys
from serving.record.database.database import Database, RecordAwayError
from serving.record.schema import lead
from serving.record.upgrade import require_upgraded, upgrade
from tests.serving.record.telling import put, told

_SECONDS = 0.2


@contextmanager
def opened(url: str, patience: float) -> Iterator[Database]:
    database = Database(url, patience)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def locked(url: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def hang(database: Database) -> None:
    with database.reading() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(60)")


def leads(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(lead)).scalar_one()


def test_a_server_that_says_nothing_is_given_up(postgres: str) -> None:
    url = postgres.replace("postgresql://", "postgresql+psycopg://")
    with opened(url, _SECONDS) as database:
        with pytest.raises(RecordAwayError, match=r"does not answer \(SilentError\)"):
            hang(database)
        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_while_one_asks_whether_it_is_silent_still_others_are_told_at_once(
    record_file: str,
) -> None:
    with opened(record_file, _SECONDS) as database, locked(record_file) as other:
        with pytest.raises(RecordAwayError, match="another process"), database.writing():
            pass
        began = threading.Event()

        def ask() -> None:
            began.set()
            put(database, told("L"))

        # Only one of them waits; the first to be told is told before anything can have changed.
        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(ask) for _ in range(8)]
            errors = [str(one.exception()) for one in asked]
        assert sum("for a while" in error for error in errors) >= 1
        # Whoever reads waits for no writer.
        assert leads(database) == 0
        other.rollback()
        put(database, told("L"))
        assert leads(database) == 1


def test_nobody_waits_for_ever_for_another_writer_of_this_process(record_file: str) -> None:
    with opened(record_file, _SECONDS) as database, database.writing():
        with ThreadPoolExecutor(1) as threads:
            error = threads.submit(put, database, told("L")).exception()
        assert isinstance(error, RecordAwayError)
        assert "is being written" in str(error)


def test_a_file_that_was_moved_or_replaced_is_not_written_to(record_file: str) -> None:
    file = Path(record_file.removeprefix("sqlite:///"))
    with opened(record_file, 5) as database:
        put(database, told("before"))
        file.rename(file.with_name("elsewhere.db"))
        with pytest.raises(RecordAwayError, match="put it back"):
            put(database, told("meanwhile"))
        assert not file.exists()
        file.write_bytes(b"")
        with pytest.raises(RecordAwayError, match="is another file than before"):
            leads(database)
        file.with_name("elsewhere.db").replace(file)
        put(database, told("after"))
        assert leads(database) == 2


def test_a_damaged_file_is_told(record_file: str) -> None:
    Path(record_file.removeprefix("sqlite:///")).write_bytes(b"no database at all" * 100)
    with (
        opened(record_file, 5) as database,
        pytest.raises(RecordAwayError, match="restore a backup"),
    ):
        leads(database)


def test_a_server_that_takes_no_writes_is_told(postgres: str) -> None:
    url = postgres.replace("postgresql://", "postgresql+psycopg://")
    with (
        opened(f"{url}&options=-cdefault_transaction_read_only%3Don", 5) as database,
        pytest.raises(RecordAwayError, match="primary server"),
        database.writing() as connection,
    ):
        connection.exec_driver_sql("CREATE TABLE one (n integer)")


def test_a_server_that_is_away_at_the_start_is_looked_at_when_it_is_there(
    postgres: str, empty_url: str, database_kind: str, tmp_path: Path
) -> None:
    if database_kind == "sqlite":
        # A file does not come by itself.
        absent = f"sqlite:///{tmp_path / 'nowhere' / 'record.db'}"
        with opened(absent, 5) as database, pytest.raises(RecordAwayError, match="its folder"):
            require_upgraded(database)
        return
    sockets, later = _sockets_of(postgres), tmp_path / "later"
    with opened(empty_url.replace(sockets, str(later)), 5) as database:
        require_upgraded(database)
        keyring = known_keys(None, database)
        assert not keyring.open
        with pytest.raises(RecordAwayError, match="does not answer"):
            leads(database)
        later.symlink_to(sockets)
        with pytest.raises(RecordAwayError, match="leadscore db upgrade"):
            leads(database)
        with opened(empty_url, 60) as other:
            upgrade(other)
        assert leads(database) == 0
        keyring.read()
        assert keyring.open


def _sockets_of(address: str) -> str:
    return address.partition("host=")[2].partition("&")[0]
