"""A file as a table: named columns, and rows that know their line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from features.contract.mistake import MistakeError
from features.contract.text import LONGEST_NAME
from serving.intake.importing.cells import Cell, filled

MOST_COLUMNS = 500
ROWS_ABOVE = 20
"""Rows among which the headings must be; what stands above them is a title."""


class TableError(MistakeError):
    """A file that cannot be read as a table of leads; the message holds none of its values."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file.

    Attributes:
        line: In the file, or in the sheet, counted from 1.
        cells: None where one is empty; no more than the table has columns.
        surplus: Whether there was more in it than there are columns.
    """

    line: int
    cells: Sequence[Cell]
    surplus: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds.

    Attributes:
        form: What it was read as, for a reader.
        headings: Of the columns, no two alike.
        rows: None of them empty.
    """

    form: str
    headings: tuple[str, ...]
    rows: list[Row]

    def is_empty(self, column: int) -> bool:
        """Tell whether no row has anything in a column."""
        return all(row.cells[column] is None for row in self.rows)


def table_of(
    form: str, rows: Iterable[Row], is_known: Callable[[str], bool], most_rows: int
) -> Table:
    """Return rows as a table: the headings are the first row of those that name the most.

    Args:
        form: What the file was read as.
        rows: In order, those above the headings included.
        is_known: Tells whether a text is the heading of something that leads have.
        most_rows: More are refused.

    Raises:
        TableError: No row is of headings, there is nothing below it, or too much.
    """
    full = (row for row in map(_filled, rows) if any(cell is not None for cell in row.cells))
    first = list(islice(full, ROWS_ABOVE))
    named = [known_headings(row.cells, is_known) for row in first]
    if not any(named):
        raise TableError(
            f"none of the first {ROWS_ABOVE} rows names columns of leads; write headings such as "
            "'E-Mail' or 'Firma' above the values, or say which columns there are"
        )
    place = named.index(max(named))
    headings = _unique(first[place].cells)
    below = [*first[place + 1 :], *islice(full, most_rows + 1)]
    if not below:
        raise TableError(f"line {first[place].line}: there is no row below the headings")
    if len(below) > most_rows:
        raise TableError(f"there are more than {most_rows:,} rows; split the file")
    return Table(form, headings, [_fitted(row, len(headings)) for row in below])


def known_headings(cells: Sequence[Cell], is_known: Callable[[str], bool]) -> int:
    """Return how many cells are headings of something that leads have."""
    return sum(isinstance(cell, str) and is_known(cell) for cell in cells)


def heading_of(text: str) -> str:
    """Return a heading as it is shown.

    Raises:
        TableError: It is none.
    """
    heading = " ".join(text.split())
    if len(heading) > LONGEST_NAME or not heading.isprintable():
        raise TableError(f"a heading is longer than {LONGEST_NAME} characters, or cannot be shown")
    return heading


def _filled(row: Row) -> Row:
    return Row(row.line, [filled(cell) for cell in row.cells])


def _fitted(row: Row, columns: int) -> Row:
    cells = [*row.cells[:columns], *[None] * (columns - len(row.cells))]
    return Row(row.line, cells, any(cell is not None for cell in row.cells[columns:]))


def _unique(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return headings, numbered where they repeat, and named where they are missing."""
    last = max(place for place, cell in enumerate(cells) if cell is not None)
    if last >= MOST_COLUMNS:
        raise TableError(f"there are more than {MOST_COLUMNS} columns")
    headings: list[str] = []
    for place, cell in enumerate(cells[: last + 1], start=1):
        name = f"column {place}" if cell is None else heading_of(str(cell))
        copies, unique = 1, name
        while unique in headings:
            copies += 1
            unique = f"{name} ({copies})"
        headings.append(unique)
    return tuple(headings)
