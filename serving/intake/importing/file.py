"""A file of leads, whatever its form, read as a table."""

from dataclasses import dataclass
from typing import Literal

from serving.intake.importing.columns import Said, knows
from serving.intake.importing.csv_text import SEPARATORS, decoded, separated, spoken
from serving.intake.importing.json_lines import read_json
from serving.intake.importing.table import Table, TableError, table_of
from serving.intake.importing.workbook import workbook_rows

Form = Literal["csv", "excel", "json"]

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What an .xlsx, and an .xls, begins with; no text does."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read.

    Attributes:
        most_rows: More are refused.
        separator: Of values in CSV, or `tab`; None where it is to be found out.
        sheet: Of a workbook; None where there is but one that holds anything.
    """

    most_rows: int
    separator: str | None = None
    sheet: str | None = None


def read_table(data: bytes, form: Form, said: Said, reading: Reading) -> Table:
    """Return a file as a table.

    Args:
        data: Of the file.
        form: What it should be; a workbook is known as such under any name.
        said: What the caller says of columns, whose headings are known by that.
        reading: How it is read.

    Raises:
        TableError: It cannot be read as one.
    """
    separator = "\t" if reading.separator == "tab" else reading.separator
    if separator is not None and separator not in SEPARATORS:
        raise TableError("a separator is one of , ; | and tab")
    if form == "excel" or data.startswith(_WORKBOOKS):
        name, rows = workbook_rows(data, reading.sheet, reading.most_rows)
        return table_of(f"Excel, sheet '{name}'", rows, knows(said), reading.most_rows)
    if reading.sheet is not None:
        raise TableError("this is no workbook, and has no sheets")
    if form == "json":
        return read_json(data, reading.most_rows)
    text, encoding = decoded(data)
    separator, rows = separated(text, separator, knows(said))
    shown = f"CSV, {encoding}, separated by {spoken(separator)}"
    return table_of(shown, rows, knows(said), reading.most_rows)
