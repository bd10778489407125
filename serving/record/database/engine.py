"""Connections to either kind of database; none waits longer for an answer than it has patience."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar, cast

import psycopg
from psycopg import OperationalError
from psycopg.abc import PQGen
from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

WRITES = "leadscore_writes"
"""Execution option of a transaction that writes."""

_BUSY_SECONDS = 30.0
_CONNECT_SECONDS = 5
_POOL_SECONDS = 10.0

_UTF8 = {"client_encoding": "utf8"}
"""A database in SQL_ASCII does not say how its texts are to be read."""

Result = TypeVar("Result")
Connect = Callable[[Dialect, ConnectionPoolEntry, list[str], dict[str, Any]], DBAPIConnection]


class SilentError(OperationalError):
    """The server takes what is sent, and says nothing."""


class PatientConnection(psycopg.Connection[tuple[object, ...]]):
    """A connection that is closed where a statement gets no answer in time.

    A server that stands still, or a network that swallows all, would keep its callers for ever:
    neither the system nor the driver notices.

    Attributes:
        patience: Seconds; None waits as long as it takes.
    """

    patience: float | None = None

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """Wait until a statement is answered.

        Raises:
            SilentError: It is not.
        """
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:  # the driver has no public name for it
            # Whatever still comes over it would be taken for the answer to the next statement.
            self.pgconn.finish()
            raise SilentError("no answer in time") from None


def engine_of(address: URL, patience: float | None) -> Engine:
    """Return an engine; nothing is connected yet.

    Args:
        address: Of a SQLite file or a PostgreSQL.
        patience: Seconds until an answer must have come. None waits for a statement as long as it
            takes, and half a minute for others that write to a file.
    """
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": patience or _BUSY_SECONDS})
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine
    if patience is None:
        return create_engine(address, pool_pre_ping=True, connect_args=_UTF8)
    engine = create_engine(
        address, pool_pre_ping=True, pool_timeout=_POOL_SECONDS, connect_args=_UTF8
    )
    event.listen(engine, "do_connect", _patiently(patience))
    return engine


def _patiently(patience: float) -> Connect:
    def connect(
        _: Dialect, __: ConnectionPoolEntry, given: list[str], named: dict[str, Any]
    ) -> DBAPIConnection:
        named.setdefault("connect_timeout", _CONNECT_SECONDS)
        connection = PatientConnection.connect(*given, **named)
        connection.patience = patience
        return cast("DBAPIConnection", connection)

    return connect


def _configure(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, and too late for what was read before.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
