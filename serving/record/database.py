"""The database of the record: SQLite beside the service, or a PostgreSQL; one code for both."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,
)
from sqlalchemy.pool import ConnectionPoolEntry

from features.contract.mistake import MistakeError
from serving.metrics import DATABASE_COMMIT, DATABASE_WAIT
from serving.record.timing import time_statements

_BUSY_SECONDS = 30
_WRITES = "leadscore_writes"

_EMBEDDED_FAULTS = {
    "SQLITE_BUSY": f"is being written by another process, such as a long import, for more than "
    f"{_BUSY_SECONDS} seconds; try again when it is done",
    "SQLITE_FULL": "has no room left on its disk; make room and try again",
    "SQLITE_READONLY": "cannot be written by this user; give the right to its file and folder",
    "SQLITE_CANTOPEN": "cannot be opened; see that its folder is there and may be written",
}
"""What SQLite says in our words, where somebody can do something about it."""

Row = Mapping[str, Any]


class RecordError(MistakeError):
    """The record cannot be used; the message says what to do and holds no password."""


class RecordAwayError(RecordError):
    """The database does not answer; what was not acknowledged may be sent again."""


class Database:
    """Transactions on the record; safe to call from several threads.

    Attributes:
        engine: Of SQLAlchemy.
    """

    def __init__(self, url: str) -> None:
        """Make an engine; nothing is connected yet.

        Args:
            url: Of SQLAlchemy, such as ``sqlite:///leadscore.db`` or
                ``postgresql+psycopg://user:password@host/name``.

        Raises:
            RecordError: The address is of no database, or of one that is not supported.
        """
        self.engine = _engine(url)
        time_statements(self.engine)
        # SQLite lets one writer in, and others look again after a while; here they take turns.
        self._turn: AbstractContextManager[object] = (
            threading.Lock() if self.embedded else nullcontext()
        )

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the record.

        Raises:
            RecordAwayError: The database does not answer.
        """
        asked = perf_counter()
        with self._told(), self.engine.connect() as connection:
            DATABASE_WAIT.observe(perf_counter() - asked)
            if not self.embedded:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed whole, or not at all.

        Raises:
            RecordAwayError: The database does not answer, or is full.
        """
        asked = perf_counter()
        with self._turn, self._told(), self.engine.connect() as connection:
            DATABASE_WAIT.observe(perf_counter() - asked)
            connection.execution_options(**{_WRITES: True})
            with connection.begin() as transaction:
                yield connection
                if transaction.is_active:
                    with DATABASE_COMMIT.time():
                        transaction.commit()

    @property
    def embedded(self) -> bool:
        """Whether it is SQLite."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # The statement and its values may hold data of a lead.
            said = type(error.orig).__name__
            if isinstance(error, OperationalError) or error.connection_invalidated:
                why = _EMBEDDED_FAULTS.get(getattr(error.orig, "sqlite_errorname", ""))
                raise RecordAwayError(
                    f"the record at {self.shown} {why or f'does not answer ({said}); try again'}"
                ) from None
            raise RecordError(f"the record at {self.shown} refused a statement ({said})") from None
        except TimeoutError:
            # SQLAlchemy's own: more ask at once than there may be connections.
            raise RecordAwayError(
                f"the record at {self.shown} is asked by too many at once; try again"
            ) from None


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert rows whose key is not there yet, and return how many were not."""
    if not rows:
        return 0
    statement = _insert(connection, table).on_conflict_do_nothing()
    counted = statement.execution_options(preserve_rowcount=True)
    return connection.execute(counted, rows).rowcount


def inserted(connection: Connection, table: Table, rows: Sequence[Row]) -> list[int]:
    """Insert rows whose key is not there yet, and return the first column of the keys of those."""
    if not rows:
        return []
    first = next(iter(table.primary_key.columns))
    statement = _insert(connection, table).on_conflict_do_nothing().returning(first)
    return list(connection.execute(statement, rows).scalars())


def put(
    connection: Connection, table: Table, rows: Sequence[Row], *, update: Sequence[str]
) -> None:
    """Insert rows, or update columns of those whose primary key is there already."""
    if not rows:
        return
    statement = _insert(connection, table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in update},
    )
    connection.execute(statement, rows)


def is_embedded(connection: Connection) -> bool:
    """Tell whether it is SQLite, where a writer is alone."""
    return connection.dialect.name == "sqlite"


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if is_embedded(connection):
        return sqlite.insert(table)
    return postgresql.insert(table)


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() not in {"sqlite", "postgresql"}:
            raise RecordError(
                "the record is kept in SQLite or PostgreSQL; write sqlite:///leadscore.db or "
                "postgresql+psycopg://user:password@host/name"
            )
        if address.get_backend_name() == "sqlite":
            engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS})
            event.listen(engine, "connect", _configure)
            event.listen(engine, "begin", _begin)
            return engine
        # A database in SQL_ASCII does not say how its texts are to be read.
        utf8 = {"client_encoding": "utf8"}
        return create_engine(address, pool_pre_ping=True, connect_args=utf8)
    except (ArgumentError, ImportError, SQLAlchemyError):
        raise RecordError(
            "the database's address cannot be read; write sqlite:///leadscore.db or "
            "postgresql+psycopg://user:password@host/name"
        ) from None


def _configure(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, and too late for what was read before.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
