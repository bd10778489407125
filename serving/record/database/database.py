"""The database of the record: SQLite beside the service, or a PostgreSQL; one code for both."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from time import perf_counter
from types import MappingProxyType
from typing import Any, TypeVar

from psycopg.errors import DeadlockDetected
from sqlalchemy import ColumnElement, Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError, TimeoutError

from features.contract.mistake import MistakeError
from serving.metrics import DATABASE_COMMIT, DATABASE_WAIT
from serving.record.database.absence import BUSY, why_away
from serving.record.database.engine import WRITES, engine_of
from serving.record.database.file import MovedError, NoTurnError, OneFile, Turn
from serving.record.database.silence import Silence, StillSilentError
from serving.record.database.timing import time_statements

_TURN_SECONDS = 30.0

Check = Callable[[Connection], None]
"""Looks at a record, and raises a `RecordError` where it cannot be used."""

_ATTEMPTS = 4
"""Of a transaction that others stand in the way of."""

Row = Mapping[str, Any]
Result = TypeVar("Result")


class RecordError(MistakeError):
    """The record cannot be used; the message says what to do and holds no password."""


class RecordAwayError(RecordError):
    """The database does not answer; what was not acknowledged may be sent again."""


class DeadlockError(RecordAwayError):
    """Writers waited for each other in a circle; this one gave way, and may begin anew."""


class Database:
    """Transactions on the record; safe to call from several threads.

    Attributes:
        engine: Of SQLAlchemy.
    """

    def __init__(self, url: str, patience: float | None = None) -> None:
        """Make an engine; nothing is connected yet.

        Args:
            url: Of SQLAlchemy, such as ``sqlite:///leadscore.db`` or
                ``postgresql+psycopg://user:password@host/name``.
            patience: Seconds until an answer must have come; None waits for a statement as long as
                it takes, and half a minute for others that write to a file.

        Raises:
            RecordError: The address is of no database, or of one that is not supported.
        """
        self.engine = _engine(url, patience)
        time_statements(self.engine)
        # SQLite lets one writer in, and others look again after a while; here they take turns.
        self._turn = Turn(patience or _TURN_SECONDS) if self.embedded else nullcontext()
        self._silent_reads = Silence()
        # Whoever writes to a file keeps no reader waiting.
        self._silent_writes = Silence() if self.embedded else self._silent_reads
        self._file = OneFile(self.engine.url.database) if self.embedded else None
        self._first: Check | None = None

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
        with self._told(self._silent_reads), self.engine.connect() as connection:
            DATABASE_WAIT.observe(perf_counter() - asked)
            if not self.embedded:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                self._check_first(connection)
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed whole, or not at all.

        Raises:
            RecordAwayError: The database does not answer, or is full.
        """
        asked = perf_counter()
        with self._told(self._silent_writes), self._turn, self.engine.connect() as connection:
            DATABASE_WAIT.observe(perf_counter() - asked)
            connection.execution_options(**{WRITES: True})
            with connection.begin() as transaction:
                self._check_first(connection)
                yield connection
                if transaction.is_active:
                    with DATABASE_COMMIT.time():
                        transaction.commit()

    def check_first(self, check: Check) -> None:
        """Let every transaction begin with a check, until one has passed it."""
        self._first = check

    def write(self, act: Callable[[Connection], Result]) -> Result:
        """Write by a function in a transaction that is committed whole, or not at all.

        Args:
            act: Is called anew where it met others that write of the same leads.

        Raises:
            RecordAwayError: The database does not answer, or is full.
        """
        for _ in range(_ATTEMPTS - 1):
            with suppress(DeadlockError), self.writing() as connection:
                return act(connection)
        with self.writing() as connection:
            return act(connection)

    @property
    def embedded(self) -> bool:
        """Whether it is SQLite."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _check_first(self, connection: Connection) -> None:
        if self._file is not None:
            self._file.note()
        if self._first is not None:
            self._first(connection)
            self._first = None

    @contextmanager
    def _told(self, silence: Silence) -> Iterator[None]:
        try:
            if self._file is not None:
                self._file.require()
            with silence.asked():
                yield
        except DBAPIError as error:
            if isinstance(error.orig, DeadlockDetected):
                raise DeadlockError(
                    f"too much is told of the same leads at once at {self.shown}; try again"
                ) from None
            why = why_away(error)
            if why is not None:
                raise self._away(why) from None
            # The statement and its values may hold data of a lead.
            said = type(error.orig).__name__
            raise RecordError(f"the record at {self.shown} refused a statement ({said})") from None
        except TimeoutError:
            # SQLAlchemy's own: more ask at once than there may be connections.
            raise self._away("is asked by too many at once; try again") from None
        except NoTurnError:
            raise self._away(BUSY) from None
        except StillSilentError:
            raise self._away("has not answered for a while; try again") from None
        except MovedError as error:
            raise self._away(str(error)) from None

    def _away(self, why: str) -> RecordAwayError:
        return RecordAwayError(f"the record at {self.shown} {why}")


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
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    update: Sequence[str],
    found: Mapping[str, ColumnElement[Any]] = MappingProxyType({}),
    by: str | None = None,
) -> None:
    """Insert rows, or update columns of those whose primary key is there already.

    Args:
        connection: Writing.
        table: To write to.
        rows: By column, and by parameter of what is to be found.
        update: Columns of a row that is there.
        found: Columns that the database looks up.
        by: Column by which a row that is there is left as it is if it is newer.
    """
    if not rows:
        return
    statement = _insert(connection, table).values(dict(found))
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in update},
        where=None if by is None else table.c[by] <= statement.excluded[by],
    )
    connection.execute(statement, rows)


def is_embedded(connection: Connection) -> bool:
    """Tell whether it is SQLite, where a writer is alone."""
    return connection.dialect.name == "sqlite"


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if is_embedded(connection):
        return sqlite.insert(table)
    return postgresql.insert(table)


def _engine(url: str, patience: float | None) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() not in {"sqlite", "postgresql"}:
            raise RecordError(
                "the record is kept in SQLite or PostgreSQL; write sqlite:///leadscore.db or "
                "postgresql+psycopg://user:password@host/name"
            )
        return engine_of(address, patience)
    except (ArgumentError, ImportError, SQLAlchemyError):
        raise RecordError(
            "the database's address cannot be read; write sqlite:///leadscore.db or "
            "postgresql+psycopg://user:password@host/name"
        ) from None
