"""Parquet files as Arrow reads them: whether it finds in them what the database does, and rows."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.history.event_source import EventReading
from features.history.files import is_parquet
from features.history.misreading import HistoryError
from features.history.relation import Relation
from features.history.sql import identifier

_ROWS = 500_000
"""About how many rows are read at a time."""

_LARGEST_GROUP = 4_000_000
_LARGEST_GROUP_BYTES = 256 * 1024 * 1024
"""Files whose rows lie in larger groups are read by the database, in pieces of them."""

_ROWS_PER_FILE = 20_000
"""Many files that have fewer on average are read faster by the database."""

UNREADABLE = (pa.ArrowException, OSError)
"""What is raised where Arrow cannot read what it was given."""


def suits(relation: Relation, reading: EventReading) -> bool:
    """Tell whether the events of a source can be read column by column.

    It takes one event of each row, one lead or account of each key, files in which Arrow finds
    what the database does, and enough rows in each of them.
    """
    if reading.source.counters or reading.key_name == "person_id" or not relation.files:
        return False
    columns, types = reading.source.columns, relation.types
    if any(types[text] != "VARCHAR" for text in (columns.event_type, columns.item) if text):
        return False
    if not all(map(is_parquet, relation.files)) or not _worth_it(relation):
        return False
    return all(_read_alike(relation, file, sorted(reading.columns)) for file in relation.files)


def rows_of(relation: Relation) -> int:
    """Return how many rows the files of a source have.

    Raises:
        UNREADABLE: A file cannot be read.
    """
    return sum(pq.read_metadata(file).num_rows for file in relation.files)


def read_rows(relation: Relation, columns: set[str], texts: set[str]) -> Iterator[pa.Table]:
    """Yield columns of a source, of some rows at a time.

    Args:
        relation: The opened source; `suits` must have been asked.
        columns: Which.
        texts: Those of them whose different values are wanted once, as dictionaries.

    Raises:
        UNREADABLE: A file cannot be read.
    """
    for file in relation.files:
        with pq.ParquetFile(file, read_dictionary=sorted(texts)) as opened:
            for groups in _groups(opened.metadata, columns):
                rows = opened.read_row_groups(groups, columns=sorted(columns))
                yield rows.unify_dictionaries()


def _worth_it(relation: Relation) -> bool:
    files = len(relation.files)
    try:
        return files == 1 or rows_of(relation) >= _ROWS_PER_FILE * files
    except UNREADABLE:
        return False


def _read_alike(relation: Relation, file: str, columns: list[str]) -> bool:
    """Tell whether Arrow finds columns of the same types in a file, in groups of some rows."""
    try:
        with pq.ParquetFile(file) as opened:
            fields = list(opened.schema_arrow)
            groups = [opened.metadata.row_group(i) for i in range(opened.num_row_groups)]
    except UNREADABLE:
        return False
    # Names that differ in nothing but case are one to the database.
    wanted = {column.lower() for column in columns}
    nothing = pa.schema([field for field in fields if field.name.lower() in wanted]).empty_table()
    if sorted(nothing.column_names) != columns:
        return False
    selected = ", ".join(map(identifier, columns))
    query = f"SELECT column_type FROM (DESCRIBE SELECT {selected} FROM some_rows)"
    try:
        kinds = relation.ask(query, nothing)["column_type"].to_pylist()
    except (duckdb.Error, HistoryError):
        return False
    expected = [relation.types[column] for column in columns]
    found = [relation.files[file][column] for column in columns]
    return kinds == expected == found and all(_fits(group, wanted) for group in groups)


def _fits(group: pq.RowGroupMetaData, columns: set[str]) -> bool:
    rows: int = group.num_rows
    return rows <= _LARGEST_GROUP and _size(group, columns) <= _LARGEST_GROUP_BYTES


def _size(group: pq.RowGroupMetaData, columns: set[str]) -> int:
    """Return how many bytes columns, by lower-case names, take in a group of rows."""
    chunks = map(group.column, range(group.num_columns))
    return sum(c.total_uncompressed_size for c in chunks if c.path_in_schema.lower() in columns)


def _groups(metadata: pq.FileMetaData, columns: set[str]) -> Iterator[list[int]]:
    """Yield groups of rows that are read together."""
    wanted = {column.lower() for column in columns}
    together: list[int] = []
    rows = size = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        together.append(number)
        rows += group.num_rows
        size += _size(group, wanted)
        if rows >= _ROWS or size >= _LARGEST_GROUP_BYTES:
            yield together
            together, rows, size = [], 0, 0
    if together:
        yield together
