"""Sources of events read in tasks, piece by piece, by the same SQL that reads them locally."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from features.history.database import load
from features.history.event_source import EventReading
from features.history.files import files_reader, is_parquet
from features.history.relation import Relation
from features.history.sources import EventSource, LeadColumns, expand
from features.history.sql import identifier
from features.spark.scratch import task_database

PIECE_BYTES = 16 * 1024 * 1024
"""About how much of a file one task reads."""

_AT_ONCE = 50_000
_PIECE = "piece"

# For DuckDB and for Spark.
_TYPES = {
    "key": ("VARCHAR", "STRING"),
    "type": ("VARCHAR", "STRING"),
    "occurred": ("BIGINT", "BIGINT"),
    "recorded": ("BIGINT", "BIGINT"),
    "value": ("DOUBLE", "DOUBLE"),
    "item": ("BIGINT", "BIGINT"),
    "id": ("BIGINT", "BIGINT"),
}


@dataclass(frozen=True, slots=True)
class EventPieces:
    """How the events of one source are read, by whoever reads them.

    Attributes:
        section: Where the project file declares it.
        key_name: Which key its events carry.
        rows: SQL of them, over a table called ``piece``.
        pieces: What one task reads each, as it stands behind FROM; None for a query.
        query: SQL and address of a database, for a source that is a query.
        folder: What a file in the address is relative to.
        size: About how many bytes there are to read; 0 where nothing tells.
    """

    section: str
    key_name: str
    rows: str
    pieces: tuple[str, ...] | None
    query: tuple[str, str]
    folder: Path
    size: int

    @classmethod
    def plan(cls, source: EventSource, section: str, folder: Path, leads: LeadColumns) -> Self:
        """Look at the columns of a source, and lay out what tasks read.

        Args:
            source: Its declaration.
            section: Where the project file declares it.
            folder: What relative paths are relative to.
            leads: The mapping of the leads source.

        Raises:
            HistoryError: The source is not there, or lacks a column.
        """
        described, query = source, ("", "")
        if source.query is not None and source.database is not None:
            query = (source.query, expand(source.database))
            # Its columns are asked for, and no row.
            # A comment at its end must not hide what follows.
            empty = f"SELECT * FROM (\n{_bare(source.query)}\n) AS described LIMIT 0"
            described = source.model_copy(update={"query": empty})
        with task_database() as connection:
            relation = Relation(connection, described, section, folder)
            reading = EventReading.of(relation, described, leads)
        typed = [f"{name}::{kind} AS {name}" for name, (kind, _) in _TYPES.items() if name != "id"]
        last = "id" if source.columns.event_id else "NULL::BIGINT AS id"
        rows = f"({reading.select(_PIECE, reading.sql)}) WHERE {reading.happened}"
        sql = f"SELECT {', '.join([*typed, last])} FROM {rows}"
        files = relation.files
        pieces = None
        if source.path is not None:
            pieces = tuple(
                piece for file in files for piece in _pieces(file, relation, source.delimiter)
            )
        size = sum(Path(file).stat().st_size for file in files)
        return cls(section, reading.key_name, sql, pieces, query, folder.resolve(), size)

    def frame(self, session: SparkSession) -> DataFrame:
        """Return the events as tasks read them; their leads are not looked up yet."""
        count = 1 if self.pieces is None else len(self.pieces)
        schema = ", ".join(f"{name} {of_spark}" for name, (_, of_spark) in _TYPES.items())
        # One task for each piece.
        return session.range(0, count, 1, count).mapInArrow(self._read, schema)

    def _read(self, units: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for unit in units:
            for number in unit["id"].to_pylist():
                with task_database() as connection:
                    if self.pieces is None:
                        load(connection, _PIECE, *self.query, self.folder)
                    else:
                        piece = f"CREATE VIEW {_PIECE} AS FROM ({self.pieces[number]})"
                        connection.execute(piece)
                    yield from connection.sql(self.rows).to_arrow_reader(_AT_ONCE)


def tell_mistake(source: EventSource, section: str, folder: Path, leads: LeadColumns) -> None:
    """Read a source here, as it is read locally, up to its first mistake.

    Raises:
        HistoryError: A value cannot be read.
    """
    with task_database() as connection:
        relation = Relation(connection, source, section, folder)
        reading = EventReading.of(relation, source, leads)
        rows = reading.select(relation.sql, reading.sql)
        relation.run(f"SELECT bit_xor(hash(e)) FROM ({rows}) e").fetchall()


def _bare(query: str) -> str:
    """Return a query without the semicolons, and the comments behind them, that end it."""
    # Tokens are told by their first byte.
    text = query.encode()
    for first, kind in reversed(duckdb.tokenize(query)):
        if kind == duckdb.token_type.comment:
            continue
        if text[first : first + 1] != b";":
            break
        text = text[:first]
    return text.decode()


def _pieces(file: str, relation: Relation, delimiter: str) -> Iterator[str]:
    """Yield what reads a file, all in one piece or by its row groups, with the types of all."""
    has = relation.files[file]
    read = [
        f"{identifier(name)}::{kind} AS {identifier(name)}"
        for name, kind in relation.types.items()
        if name in has
    ]
    reader = files_reader([file], delimiter)
    selected = f"SELECT {', '.join(read)} FROM "
    if not is_parquet(file):
        yield selected + reader
        return
    numbered = reader.removesuffix(")") + ", file_row_number=true)"
    for first, last in pairwise(_borders(file)):
        yield f"{selected}{numbered} WHERE file_row_number BETWEEN {first} AND {last - 1}"


def _borders(file: str) -> list[int]:
    """Return the first row of each piece of a Parquet file, and the number of rows."""
    parquet = pq.ParquetFile(file).metadata
    groups = [parquet.row_group(number) for number in range(parquet.num_row_groups)]
    ends = accumulate(group.num_rows for group in groups)
    read = accumulate(group.total_byte_size for group in groups)
    piece_of = {size // PIECE_BYTES: end for end, size in zip(ends, read, strict=True)}
    return [0, *(piece_of.values() or [0])]
