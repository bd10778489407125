"""Objects in JSON, one a line or all in one array; their parts are called `contact.email`."""

import json
from collections.abc import Iterator
from typing import Any

from serving.intake.importing.cells import Cell, filled
from serving.intake.importing.csv_text import decoded
from serving.intake.importing.table import MOST_COLUMNS, Row, Table, TableError, heading_of


def read_json(data: bytes, most_rows: int) -> Table:
    """Return a file of objects as a table.

    Raises:
        TableError: A line is no JSON object, holds a list, or there are too many or none.
    """
    text = decoded(data)[0]
    headings: dict[str, int] = {}
    found: list[tuple[int, dict[str, Cell]]] = []
    for line, sent in _objects(text):
        if len(found) == most_rows:
            raise TableError(f"there are more than {most_rows:,} rows; split the file")
        cells = dict(_flat(sent, "", line))
        for name in cells:
            headings.setdefault(name, len(headings))
        if len(headings) > MOST_COLUMNS:
            raise TableError(f"line {line}: there are more than {MOST_COLUMNS} columns")
        if any(cell is not None for cell in cells.values()):
            found.append((line, cells))
    if not found:
        raise TableError("there is no object in it that holds anything")
    rows = [Row(line, [cells.get(name) for name in headings]) for line, cells in found]
    return Table("JSON", tuple(headings), rows)


def _objects(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield objects with their line, or their place in an array."""
    if text.lstrip().startswith("["):
        for place, sent in enumerate(_parsed(text, "the file"), start=1):
            yield place, _object(sent, f"object {place}")
        return
    # Other characters that end a line for Python may stand inside of texts.
    for line, part in enumerate(text.split("\n"), start=1):
        if part.strip():
            yield line, _object(_parsed(part, f"line {line}"), f"line {line}")


def _object(sent: object, where: str) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise TableError(f"{where}: is no JSON object")
    return sent


def _parsed(text: str, where: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise TableError(f"{where}: is no JSON") from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _flat(sent: dict[str, Any], prefix: str, line: int) -> Iterator[tuple[str, Cell]]:
    for name, value in sent.items():
        if isinstance(value, dict) and not prefix:
            yield from _flat(value, f"{name}.", line)
        elif isinstance(value, dict | list):
            raise TableError(f"line {line}: holds a list, or objects too deep; flatten it")
        else:
            yield heading_of(f"{prefix}{name}"), filled(value)
