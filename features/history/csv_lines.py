"""Lines of CSV files, for telling where a mistake is; slow, and only asked once there is one."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path


def line_of_row(file: str, delimiter: str, row: int) -> int:
    """Return the line on which a row of data begins.

    Args:
        file: A CSV file, also gzipped; its first line names the columns.
        delimiter: Of its columns.
        row: From 1.
    """
    for number, (line, _) in enumerate(_rows(file, delimiter)):
        if number == row:
            return line
    return row + 1


def broken_line(file: str, delimiter: str) -> str | None:
    """Say which line keeps a file from being a table in UTF-8, and why; None if none does."""
    line = 0
    try:
        columns = 0
        for line, values in _rows(file, delimiter):
            columns = columns or len(values)
            if len(values) != columns:
                return (
                    f"line {line} has {len(values)} values, the first line names {columns} columns"
                )
    except UnicodeDecodeError:
        return f"what follows line {line} is not UTF-8"
    except csv.Error:
        return f"the row after line {line} cannot be read; look for a quotation mark too many"
    return None


def _rows(file: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line and the values of each row, that of the names first."""
    opened = gzip.open if file.endswith(".gz") else open
    with opened(Path(file), "rt", encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        before = 0
        for values in reader:
            if values:
                yield before + 1, values
            before = reader.line_num
