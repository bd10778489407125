"""Lists of contacts, as files."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook

from serving.intake.importing.columns import Columns, columns_of, said_columns
from serving.intake.importing.file import Form, Reading, read_table
from serving.intake.importing.table import Table

MOST_ROWS = 1_000
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*rows: Sequence[object], **sheets: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook whose first sheet has the rows; others are named."""
    made = Workbook()
    named = {"Kontakte": rows, **sheets}
    for name, of_sheet in named.items():
        sheet = made.create_sheet(name)
        for row in of_sheet:
            sheet.append(row)
    del made["Sheet"]
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def table(data: bytes | str, form: Form = "csv", *said: str, **reading: str) -> Table:
    """Return a file read as a table."""
    sent = data.encode() if isinstance(data, str) else data
    return read_table(sent, form, said_columns(said), Reading(MOST_ROWS, **reading))


def understood(data: bytes | str, *said: str, form: Form = "csv") -> tuple[Table, Columns]:
    """Return a file read as a table, and what becomes of its columns."""
    read = table(data, form, *said)
    return read, columns_of(read, said_columns(said))
