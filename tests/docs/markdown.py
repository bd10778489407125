"""Reads the parts of a Markdown document that a test can hold to their word."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, such as one that opens with three backticks and ``json Answer``.

    Attributes:
        document: Path below the root of the repository.
        line: Where its text begins.
        language: The first word.
        labels: The other words.
        text: What is inside.
    """

    document: str
    line: int
    language: str
    labels: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        """Say where it is."""
        return f"{self.document}:{self.line}"


def blocks(document: str) -> list[Block]:
    """Return the fenced blocks of a document, in order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [
        Block(
            document=document,
            line=text.count("\n", 0, found.start()) + 2,
            language=found[1],
            labels=tuple(found[2].split()),
            text=found[3],
        )
        for found in _BLOCK.finditer(text)
    ]


def text(document: str) -> str:
    """Return the whole text of a document."""
    return (ROOT / document).read_text(encoding="utf-8")


def table(document: str, heading: str) -> list[dict[str, str]]:
    """Return the rows of all tables under a heading, deeper headings included, by column title."""
    text = _section((ROOT / document).read_text(encoding="utf-8"), heading)
    rows: list[dict[str, str]] = []
    titles: list[str] = []
    for line in text.splitlines():
        found = _ROW.fullmatch(line)
        if found is None:
            titles = []
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(found[1])]
        if not titles:
            titles = cells
        elif set(cells[0]) != {"-"}:
            rows.append(dict(zip(titles, cells, strict=True)))
    assert rows, f"{document} has no table under '{heading}'"
    return rows


def _section(text: str, heading: str) -> str:
    start = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert start is not None, f"there is no heading '{heading}'"
    end = re.search(rf"^#{{1,{len(start[1])}}} ", text[start.end() :], re.MULTILINE)
    return text[start.end() : start.end() + end.start()] if end else text[start.end() :]


def code(cell: str) -> str:
    """Return what stands between the backticks of a cell."""
    found = re.fullmatch(r"`(.+)`", cell)
    assert found is not None, f"'{cell}' is not written as code"
    return found[1]
