"""What differs between two texts, line by line."""

from difflib import unified_diff
from typing import Literal, NamedTuple

_AROUND = 2
_HEAD = 2


class Line(NamedTuple):
    """A line of a comparison: `new`, `gone`, the `same`, or a `gap` where lines are left out."""

    kind: Literal["new", "gone", "same", "gap"]
    text: str


def difference(before: str, after: str) -> list[Line]:
    """Return the lines that differ, with a few around them; none where nothing does."""
    found = unified_diff(before.splitlines(), after.splitlines(), n=_AROUND, lineterm="")
    return [_line(each) for each in list(found)[_HEAD:]]


def _line(said: str) -> Line:
    mark, text = said[:1], said[1:]
    if mark == "@":
        return Line("gap", "…")
    return Line("new" if mark == "+" else "gone" if mark == "-" else "same", text)
