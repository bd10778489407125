"""All figures as one table: a row for each figure, reason and grade of each group."""

import csv
from collections.abc import Iterator
from io import StringIO

from serving.lifecycle.kpis.figure import Figure
from serving.lifecycle.kpis.groups import Dimension
from serving.lifecycle.kpis.kpis import Group, Kpis

Cell = str | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet would run."""

COLUMNS = (
    "figure", "detail", "numerator", "denominator", "value", "low", "high", "waiting", "expected",
)  # fmt: skip


def headings(by: tuple[Dimension, ...]) -> tuple[str, ...]:
    """Return the names of the columns: those of the group first, then `COLUMNS`."""
    return (*by, *COLUMNS)


def rows(kpis: Kpis) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows: those of all first, whose group is empty, then group by group.

    `detail` is the reason of a rejection, or basis and grade of a promise, whose mean probability
    is `expected`.
    """
    for group in (kpis.total, *kpis.groups):
        key = group.key or (None,) * len(kpis.by)
        for row in _rows_of(group):
            yield (*key, *row)


def csv_text(kpis: Kpis) -> str:
    """Return the table as CSV; no text in it is a formula for a spreadsheet."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(headings(kpis.by))
    for row in rows(kpis):
        writer.writerow([_harmless(cell) for cell in row])
    return written.getvalue()


def _rows_of(group: Group) -> Iterator[tuple[Cell, ...]]:
    for name, figure in group.figures.items():
        yield (name, None, *_cells(figure), None)
    for reason, figure in group.rejections.items():
        yield ("rejection", reason, *_cells(figure), None)
    for one in group.promises:
        yield ("promise", f"{one.basis} {one.grade}", *_cells(one.realised), one.expected)


def _cells(figure: Figure) -> tuple[Cell, ...]:
    return (
        figure.numerator, figure.denominator, figure.value, figure.low, figure.high,
        figure.waiting,
    )  # fmt: skip


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
