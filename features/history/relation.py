"""A source as a relation of DuckDB: its columns read strictly as text, key, number or time."""

from pathlib import Path

import duckdb
import pyarrow as pa

from features.contract.document import suggestion
from features.contract.lead import LARGEST_NUMBER
from features.history.database import load
from features.history.delta_table import DeltaFiles
from features.history.file_columns import FileColumns, column_types
from features.history.files import files_reader, find_files
from features.history.misreading import HistoryError, Misreadings
from features.history.sources import Source, expand
from features.history.sql import identifier, literal

_NO_ZONE = "has no time zone; set timezone = 'Europe/Berlin' or whichever it is meant in"
_NO_TIME = "is no timestamp; write ISO 8601, or set time_format = '%d.%m.%Y %H:%M' or such"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
            "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")  # fmt: skip


class Relation:
    """One source, opened.

    Attributes:
        section: Where the project file declares it, such as ``sources.events[1]``.
        sql: What stands behind FROM.
        types: DuckDB type of each column.
        files: What is read, each with the types of its columns; empty for a query.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: Source, section: str, folder: Path
    ) -> None:
        """Open a source.

        Args:
            connection: The history's database.
            source: Its declaration.
            section: Where the project file declares it.
            folder: What relative paths are relative to.

        Raises:
            HistoryError: The file, table or database is not there or cannot be read.
        """
        self.section = section
        self._connection = connection
        self._source = source
        self._partition_columns: frozenset[str] = frozenset()
        files: list[str] = []
        try:
            if source.path is not None:
                path = expand(source.path)
                if DeltaFiles.are_in(folder / path):
                    delta = DeltaFiles.read((folder / path).resolve())
                    files, self._partition_columns = delta.files, delta.partition_columns
                else:
                    files = find_files(folder, path)
                self.sql = files_reader(files, source.delimiter)
            elif source.query is not None and source.database is not None:
                self.sql = identifier(section)
                load(connection, section, source.query, expand(source.database), folder)
        except ValueError as error:
            raise HistoryError(f"{section}: {error}") from None
        self._columns = FileColumns.read(connection, section, files, source.delimiter)
        self.files = self._columns.types
        self._misreadings = Misreadings(connection, section, files, source.delimiter)
        self.types = column_types(self.run(f"DESCRIBE SELECT * FROM {self.sql}"))

    def text(self, column: str, *, required: bool = False) -> str:
        """Return the SQL expression of a column as trimmed text, NULL where it is empty."""
        expression = self._text(column, "clean_text")
        return self._required(column, expression) if required else expression

    def key(self, column: str, *, required: bool = False) -> str:
        """Return the SQL expression of a column as `text`, whole numbers without a fraction."""
        expression = self._text(column, "whole_key")
        return self._required(column, expression) if required else expression

    def _text(self, column: str, macro: str) -> str:
        name = self._existing(column)
        if self.types[column].split("(")[0] in {"FLOAT", "DOUBLE", "DECIMAL"}:
            macro = "number_key"
        return f"{macro}({name})"

    def number(self, column: str) -> str:
        """Return the SQL expression of a column as a finite DOUBLE, NULL where it is empty."""
        name = self._existing(column)
        if self.types[column].split("(")[0] in _NUMBERS:
            raw, value = name, f"{name}::DOUBLE"
        else:
            raw = f"clean_text({name})"
            value = f"number({raw})"
        broken = f"{raw} IS NOT NULL AND NOT is_figure({value})"
        complaint = f"is no number between ±{LARGEST_NUMBER:g}; correct it or leave it empty"
        return self._misreadings.strict(column, broken, complaint, f"{value} + 0.0")

    def category(self, column: str) -> str:
        """Return the SQL expression of a column as BOOLEAN, a number or text, as it is stored."""
        name = self._existing(column)
        kind = self.types[column].split("(")[0]
        if kind in {"FLOAT", "DECIMAL"}:
            return f"{name}::DOUBLE"
        return name if kind in _NUMBERS else f"{name}::VARCHAR"

    def time(self, column: str, *, required: bool = True) -> str:
        """Return the SQL expression of a column as BIGINT microseconds since 1970 in UTC.

        Raises:
            HistoryError: The whole column has no time zone, or is no timestamp.
        """
        name = self._existing(column)
        mixed = self._columns.mixed_zones(column)
        if mixed is not None:
            raise HistoryError(f"{self.section}: {mixed}")
        kind = self.types[column]
        if kind == "TIMESTAMP WITH TIME ZONE":
            expression = f"epoch_us({name})"
        elif kind.startswith("TIMESTAMP") or kind == "DATE":
            if self._source.timezone is None:
                raise HistoryError(f"{self._misreadings.place(column)} {_NO_ZONE}")
            expression = self._local(f"{name}::TIMESTAMP")
        elif kind == "VARCHAR" or self._source.time_format is not None:
            expression = self._text_time(column)
        else:
            raise HistoryError(f"{self._misreadings.place(column)} {_NO_TIME}")
        return self._required(column, expression) if required else expression

    def run(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Run SQL that reads this relation.

        Raises:
            HistoryError: A value cannot be read, by file, column and line.
        """
        try:
            return self._connection.execute(sql)
        except duckdb.Error as error:
            raise self._misreadings.explain(error, self.sql) from None

    def ask(self, sql: str, rows: pa.Table) -> pa.Table:
        """Return the result of a query over rows of this relation, under the name ``some_rows``.

        Args:
            sql: The query, of expressions that this relation returned.
            rows: Some of its columns, as they are.

        Raises:
            HistoryError: A value cannot be read, by file, column and line.
        """
        self._connection.register("some_rows", rows)
        try:
            return self._connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise self._misreadings.explain(error, self.sql) from None
        finally:
            self._connection.unregister("some_rows")

    def _text_time(self, column: str) -> str:
        raw = f"clean_text({identifier(column)})"
        given = f"{raw} IS NOT NULL"
        if self._source.time_format is not None:
            read = f"try_strptime({raw}, {literal(self._source.time_format)})"
            if "%z" in self._source.time_format or "%Z" in self._source.time_format:
                value, naive = f"epoch_us({read})", "false"
                zoned = value
            else:
                value, naive = self._local(read), f"{read} IS NOT NULL"
                zoned = "NULL::BIGINT"
        else:
            naive = f"has_no_zone({raw})"
            local = self._local(f"TRY_CAST({raw} AS TIMESTAMP)")
            zoned = f"CASE WHEN has_zone({raw}) THEN zoned_moment({raw}) END"
            value = (
                f"CASE WHEN has_zone({raw}) THEN zoned_moment({raw}) WHEN {naive} THEN {local} END"
            )
        unread = f"{given} AND ({value}) IS NULL"
        if self._source.timezone is None:
            value = zoned
            self._misreadings.stop(column, f"{given} AND {naive}", _NO_ZONE)
        stop = self._misreadings.stop(column, unread, _NO_TIME)
        return f"coalesce({value}, CASE WHEN {given} THEN {stop} END)"

    def _local(self, timestamp: str) -> str:
        if self._source.timezone is None:
            return f"epoch_us({timestamp})"
        return f"local_moment({timestamp}, {literal(self._source.timezone)})"

    def _required(self, column: str, expression: str) -> str:
        stop = self._misreadings.stop(column, f"({expression}) IS NULL", "is empty; fill it in")
        return f"coalesce({expression}, {stop})"

    def _existing(self, column: str) -> str:
        if column in self._partition_columns:
            raise HistoryError(
                f"{self.section}: column '{column}' divides the Delta table into folders, and is "
                "in none of its files; write its values into a column of another name as well"
            )
        absent = self._columns.absent(column)
        if absent is None and column not in self.types:
            absent = f"column '{column}' does not exist; {suggestion(column, self.types)}"
        if absent is not None:
            raise HistoryError(f"{self.section}: {absent}")
        return identifier(column)
