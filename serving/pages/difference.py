"""What differs between two texts, line by line."""

from difflib import unified_diff
from itertools import islice
from typing import Literal, NamedTuple

MOST = 500
"""Lines that are shown of a comparison; whoever changes more compares the texts elsewhere."""

_AROUND = 2
_HEAD = 2


class Line(NamedTuple):
    """A line of a comparison: `new`, `gone`, the `same`, or a `gap` where lines are left out."""

    kind: Literal["new", "gone", "same", "gap"]
    text: str


def difference(before: str, after: str) -> list[Line]:
    """Return the lines that differ, with a few around them; none where nothing does."""
    found = unified_diff(before.splitlines(), after.splitlines(), n=_AROUND, lineterm="")
    lines = [_line(each) for each in islice(found, _HEAD, _HEAD + MOST + 1)]
    return lines if len(lines) <= MOST else [*lines[:MOST], Line("gap", "…")]


def _line(said: str) -> Line:
    mark, text = said[:1], said[1:]
    if mark == "@":
        return Line("gap", "…")
    return Line("new" if mark == "+" else "gone" if mark == "-" else "same", text)
