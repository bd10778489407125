"""Separated values as spreadsheets and CRMs write them: encoding and separator are found out."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from itertools import islice

from serving.intake.importing.cells import filled
from serving.intake.importing.table import MOST_COLUMNS, Row, TableError, known_headings

SEPARATORS = (",", ";", "\t", "|")

_TRIED_ROWS = 20
_HINT = re.compile(r'"?sep=(.)"?(?=\r?\n|\r)')
_SPOKEN = {"\t": "tabs"}


def spoken(separator: str) -> str:
    """Return a separator for a reader."""
    return _SPOKEN.get(separator, f"'{separator}'")


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: UTF-8, UTF-16 with its mark, or cp1252.

    Raises:
        TableError: It is a mixture, or no text.
    """
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return _checked(data.decode("utf-16")), "utf-16"
        text = data.decode("utf-8-sig", "surrogateescape")
        broken = re.search("[\udc80-\udcff]", text)
        if broken is None:
            return _checked(text), "utf-8"
        if re.search("[^\0-\x7f\udc80-\udcff]", text):
            line = text.count("\n", 0, broken.start()) + 1
            raise TableError(f"line {line}: is no UTF-8, though other lines are; save it anew")
        return _checked(data.decode("cp1252")), "cp1252"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(
            f"line {line}: is no text in UTF-8, UTF-16 or cp1252; save it as UTF-8"
        ) from None


def records(text: str, separator: str) -> Iterator[Row]:
    """Yield the rows of a text with the line that each begins at.

    Raises:
        TableError: A quoted value does not end, or a row has no end.
    """
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                raise TableError(f"line {line}: there are more than {MOST_COLUMNS} columns")
            yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error:
        raise TableError(
            f"line {line}: a quoted value is not closed, goes on after its closing quote, or is "
            f"longer than {csv.field_size_limit():,} characters"
        ) from None


def separated(
    text: str, separator: str | None, is_known: Callable[[str], bool]
) -> tuple[str, Iterator[Row]]:
    """Return the separator of a text, and its rows.

    Args:
        text: The file.
        separator: None where it is to be found out.
        is_known: Tells whether a text is the heading of something that leads have.

    Raises:
        TableError: Two separators are as likely.
    """
    hint = _HINT.match(text)
    if hint is not None:
        text = text[hint.end() :]
    chosen = separator or (hint[1] if hint else _likely(text, is_known))
    rows = records(text, chosen)
    return chosen, rows


def _checked(text: str) -> str:
    place = text.find("\0")
    if place >= 0:
        line = text.count("\n", 0, place) + 1
        raise TableError(f"line {line}: holds the character 0; save the file as UTF-8")
    return text


def _likely(text: str, is_known: Callable[[str], bool]) -> str:
    """Return the separator by which most headings are known and rows are most alike."""
    found = {separator: _likelihood(text, separator, is_known) for separator in SEPARATORS}
    best = max(found.values())
    likely = [separator for separator, one in found.items() if one == best]
    if len(likely) > 1 and best[2] > 1:
        names = " or ".join(map(spoken, likely))
        raise TableError(f"values may be separated by {names}; say which as the separator")
    return likely[0]


def _likelihood(
    text: str, separator: str, is_known: Callable[[str], bool]
) -> tuple[int, float, int]:
    """Return known headings, and the share of rows that have the usual length, and this."""
    rows = list(islice(_readable(text, separator), _TRIED_ROWS))
    lengths = Counter(len(row.cells) for row in rows)
    if not lengths:
        return (0, 0.0, 0)
    [(usual, count)] = lengths.most_common(1)
    known = max(known_headings([*map(filled, row.cells)], is_known) for row in rows)
    return (known, count / len(rows), usual)


def _readable(text: str, separator: str) -> Iterator[Row]:
    """Yield the rows with anything in them, up to one that cannot be read."""
    with suppress(TableError):
        yield from (row for row in records(text, separator) if row.cells)
