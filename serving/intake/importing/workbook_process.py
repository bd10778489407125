"""Reads a workbook in a process of its own, so that a hostile one harms no other.

A few bytes can ask for a sheet of seventeen thousand million cells; whoever allocates them is ended
by the system. This program takes a workbook on standard input, and the most rows and the sheet's
name as its arguments. It writes one JSON list a line: the first tells which sheet it is, or why
there is none; the others are rows.
"""

import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

MOMENT = "moment"
_MOST_BYTES = 1024**3
_MOST_SECONDS = 60
_MOST_CHARACTERS = 64 * 1024**2


def sheet_lines(data: bytes, name: str | None, most_rows: int) -> Iterator[str]:
    """Yield the first line, and one for each row with anything in it: its number and its cells.

    Args:
        data: Of the workbook.
        name: Of the sheet; None where there is but one that holds anything.
        most_rows: No more are given; a line says so.
    """
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            names = [name] if name is not None else _full(workbook)
            if len(names) != 1 or names[0] not in workbook.sheet_names:
                shown = ", ".join(f"'{one}'" for one in names if name is None)
                yield json.dumps(["sheets", shown or "none"])
                return
            yield json.dumps(["sheet", names[0]])
            rows = workbook.get_sheet_by_name(names[0]).to_python(skip_empty_area=False)
            yield from _limited(_lines(rows), most_rows)
    except PasswordError:
        yield json.dumps(["locked"])
    except CalamineError:
        yield json.dumps(["damaged"])


def _full(workbook: CalamineWorkbook) -> list[str]:
    shown = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    return [name for name in shown if workbook.get_sheet_by_name(name).start is not None]


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for number, cells in enumerate(rows, start=1):
        if any(cell != "" for cell in cells):
            yield json.dumps([number, [_cell(cell) for cell in cells]])


def _cell(cell: object) -> object:
    if isinstance(cell, date | datetime):
        return {MOMENT: cell.isoformat()}
    return cell if isinstance(cell, str | int | float) else str(cell)


def _limited(lines: Iterable[str], most: int) -> Iterator[str]:
    characters = 0
    for count, line in enumerate(lines):
        characters += len(line)
        if count == most or characters > _MOST_CHARACTERS:
            yield json.dumps(["large"])
            return
        yield line


def _limit() -> None:
    import resource  # noqa: PLC0415 - not on every system

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    try:
        _limit()
    except (ImportError, ValueError, OSError):
        # A system without such limits still has a process that can end alone.
        sys.stderr.write("no limits\n")
    for one in sheet_lines(sys.stdin.buffer.read(), sys.argv[2] or None, int(sys.argv[1])):
        sys.stdout.write(one + "\n")
