"""Excel workbooks, read by a process of its own that is bounded in memory and time."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from serving.intake.importing import workbook_process
from serving.intake.importing.cells import Cell
from serving.intake.importing.table import ROWS_ABOVE, Row, TableError

_PATIENCE_SECONDS = 120

_WHY_NOT = {
    "locked": "is locked by a password; save it without one",
    "damaged": "is no Excel workbook, or damaged; save it anew",
    "large": "holds too much; leave the leads' sheet alone in it, or split the file",
}


def workbook_rows(data: bytes, sheet: str | None, most_rows: int) -> tuple[str, Iterator[Row]]:
    """Return the name of the sheet that was read, and its rows, those above the headings included.

    Args:
        data: Of an .xlsx or .xls file.
        sheet: Its name; None where there is but one that holds anything.
        most_rows: More are refused.

    Raises:
        TableError: It is no workbook, locked, too large, or its sheet is not certain.
    """
    # By its path, since a process that is told a module would look for it from where it runs.
    program = [sys.executable, "-P", str(Path(workbook_process.__file__).resolve())]
    try:
        done = subprocess.run(
            [*program, str(most_rows + ROWS_ABOVE + 1), sheet or ""],
            input=data,
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TableError(_WHY_NOT["large"]) from None
    if done.returncode < 0:
        # The system has ended it: there was more than it may hold, or it went on for too long.
        raise TableError(_WHY_NOT["large"])
    lines: list[list[Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or not lines:
        raise TableError(_WHY_NOT["damaged"])
    kind, name = lines[0][0], lines[0][-1]
    if kind == "sheets":
        raise TableError(f"the sheet to read is not certain (there are: {name}); say its name")
    for why in (kind, lines[-1][0]):
        if why in _WHY_NOT:
            raise TableError(_WHY_NOT[why])
    return name, (Row(number, [_cell(cell) for cell in cells]) for number, cells in lines[1:])


def _cell(cell: object) -> Cell:
    if isinstance(cell, dict):
        text = cell[workbook_process.MOMENT]
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return cell if isinstance(cell, str | int | float) else None
