"""Queries as sources: their rows land in a table of the history's own DuckDB database."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import NoneType

import duckdb
import pyarrow as pa
import sqlalchemy
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    DBAPIError,
    OperationalError,
    ProgrammingError,
    ResourceClosedError,
    SQLAlchemyError,
)

_CHUNK = 50_000

# These speak of names and files; other errors of DuckDB may quote values.
_ABOUT_NAMES = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.IOException,
    duckdb.ParserException,
)

_BIND = re.compile(r"(?<![:\w\\]):(?=\w)")
"""A colon that SQLAlchemy would take for the beginning of a parameter."""


class QueryError(ValueError):
    """A query that could not be read, as a sentence without data values."""


def load(
    connection: duckdb.DuckDBPyConnection, table: str, query: str, database: str, folder: Path
) -> None:
    """Create a table from the rows of a query.

    Values of SQLAlchemy databases arrive as text, exactly as those of a CSV file, so that both are
    read by the same rules; a DuckDB file keeps its types.

    Args:
        connection: Where the table is created.
        table: Its name.
        query: One SELECT statement.
        database: SQLAlchemy URL, or ``duckdb:///file.duckdb``.
        folder: What a relative file in the URL is relative to.

    Raises:
        QueryError: The database cannot be reached or refuses the query.
    """
    try:
        url = make_url(database)
        if url.drivername in {"duckdb", "sqlite"}:
            url = _existing_file(url, folder)
        if url.drivername == "duckdb":
            _load_duckdb(connection, table, query, str(url.database))
        else:
            _load_sqlalchemy(connection, table, query, url)
    except _ABOUT_NAMES as error:
        raise QueryError(f"DuckDB refuses the query: {_first_line(error)}") from None
    except duckdb.Error as error:
        kind = type(error).__name__.removesuffix("Exception")
        raise QueryError(f"DuckDB stopped with {kind} while running the query") from None
    except (ProgrammingError, OperationalError) as error:
        raise QueryError(f"the database refuses the query: {_first_line(error.orig)}") from None
    except DBAPIError as error:
        kind = type(error.orig).__name__
        raise QueryError(f"the database stopped with {kind} while running the query") from None
    except ResourceClosedError:
        raise QueryError("the query returns no rows; write one SELECT statement") from None
    except (SQLAlchemyError, ImportError) as error:
        raise QueryError(
            f"the setting 'database' is not usable ({type(error).__name__}); write an SQLAlchemy "
            "URL such as postgresql+psycopg://user@host/name, and install its driver"
        ) from None


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0]


def _existing_file(url: URL, folder: Path) -> URL:
    path = folder / (url.database or "")
    if not path.is_file():
        raise QueryError(f"there is no database file {path}; check the setting 'database'")
    return url.set(database=str(path))


def _load_duckdb(connection: duckdb.DuckDBPyConnection, table: str, query: str, file: str) -> None:
    with duckdb.connect(file, read_only=True) as other:
        reader = other.sql(query).to_arrow_reader(_CHUNK)
        connection.register("incoming", reader)
        connection.execute(f'CREATE TABLE "{table}" AS SELECT * FROM incoming')
        connection.unregister("incoming")


def _load_sqlalchemy(
    connection: duckdb.DuckDBPyConnection, table: str, query: str, url: URL
) -> None:
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect().execution_options(stream_results=True) as other:
            result = other.execute(sqlalchemy.text(_BIND.sub(r"\:", query)))
            names = list(result.keys())
            schema = pa.schema([(name, pa.string()) for name in names])
            reader = pa.RecordBatchReader.from_batches(
                schema, _text_batches(schema, result.partitions(_CHUNK))
            )
            connection.register("incoming", reader)
            connection.execute(f'CREATE TABLE "{table}" AS SELECT * FROM incoming')
            connection.unregister("incoming")
    finally:
        engine.dispose()


def _text_batches(
    schema: pa.Schema, chunks: Iterator[Sequence[sqlalchemy.Row[tuple[object, ...]]]]
) -> Iterator[pa.RecordBatch]:
    for rows in chunks:
        columns = zip(*rows, strict=True)
        arrays = [pa.array(_texts(column), pa.string()) for column in columns]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _texts(column: Sequence[object]) -> Sequence[object]:
    # Most columns are text already, and go over as they are.
    return column if set(map(type, column)) <= {str, NoneType} else list(map(_text, column))


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
