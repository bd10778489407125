"""What keeps a source from being read: looked up once a query has stopped, and told by place."""

import re
from dataclasses import dataclass

import duckdb

from features.contract.mistake import MistakeError
from features.history.csv_lines import broken_line, line_of_row
from features.history.files import files_reader, is_csv

_STOP = "a value cannot be read"


class HistoryError(MistakeError):
    """Data that cannot be read: source, file, column, line, and what to do; never a value."""


@dataclass(frozen=True, slots=True)
class _Check:
    column: str
    broken: str
    complaint: str


class Misreadings:
    """What the values of a source must be, and which of them is not."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, section: str, files: list[str], delimiter: str
    ) -> None:
        """Expect nothing yet.

        Args:
            connection: Where the source is read.
            section: Where the project file declares it.
            files: What is read; empty for a table.
            delimiter: Of CSV files.
        """
        self._connection = connection
        self._section = section
        self._files = files
        self._delimiter = delimiter
        self._checks: list[_Check] = []

    def strict(self, column: str, broken: str, complaint: str, value: str) -> str:
        """Return SQL that stops the query where a value is broken.

        Args:
            column: Whose value it is.
            broken: SQL that is true where it is broken.
            complaint: What to tell of it, without the value.
            value: SQL of the value.
        """
        return f"CASE WHEN {broken} THEN {self.stop(column, broken, complaint)} ELSE {value} END"

    def stop(self, column: str, broken: str, complaint: str) -> str:
        """Return SQL that stops the query wherever it is evaluated, as `strict` does.

        For values that are NULL where they are broken: ``coalesce`` evaluates them once.
        """
        self._checks.append(_Check(column, broken, complaint))
        return f"error('{_STOP}')"

    def place(self, column: str) -> str:
        """Return where a column is: section, file and name."""
        return self._place(self._files[0] if self._files else None, column)

    def explain(self, error: duckdb.Error, sql: str) -> HistoryError:
        """Return what is wrong with the source, by file, column and line.

        Args:
            error: What stopped the query.
            sql: What stands behind FROM, if it is no file.
        """
        found = None
        if _STOP not in str(error):
            found = self._broken_line()
        found = found or self._broken_value(sql)
        file = f"{self._files[0]}: " if len(self._files) == 1 else ""
        return HistoryError(found or f"{self._section}: {file}{_harmless(error)}")

    def _broken_line(self) -> str | None:
        for file in filter(is_csv, self._files):
            broken = broken_line(file, self._delimiter)
            if broken is not None:
                return f"{self._section}: {file}: {broken}"
        return None

    def _broken_value(self, sql: str) -> str | None:
        readers: list[tuple[str | None, str]] = [(None, sql)]
        if self._files:
            readers = [(file, files_reader([file], self._delimiter)) for file in self._files]
        for file, reader in readers:
            for check in self._checks:
                row = self._first_row(reader, check)
                if row is not None:
                    place = self._place(file, check.column)
                    return f"{place}, {self._line(file, row)}: {check.complaint}"
        return None

    def _place(self, file: str | None, column: str) -> str:
        return f"{self._section}: {f'{file}, ' if file else ''}column '{column}'"

    def _line(self, file: str | None, row: int) -> str:
        if file is None or not is_csv(file):
            return f"row {row}"
        return f"line {line_of_row(file, self._delimiter, row)}"

    def _first_row(self, sql: str, check: _Check) -> int | None:
        try:
            found = self._connection.execute(
                f"SELECT row FROM (SELECT row_number() OVER () AS row, {check.broken} AS broken "
                f"FROM {sql}) WHERE broken ORDER BY row LIMIT 1"
            ).fetchall()
        except duckdb.Error:
            return None
        return int(found[0][0]) if found else None


def _harmless(error: duckdb.Error) -> str:
    """Return what DuckDB says without the data it quotes."""
    line = re.search(r"(?i)line:? (\d+)", str(error))
    kind = type(error).__name__.removesuffix("Exception")
    place = f" near line {line[1]}" if line else ""
    return (
        f"DuckDB cannot read it ({kind}{place}); check format, encoding (UTF-8) and delimiter, and "
        "that the first line of a CSV file names its columns and every line has as many values"
    )
