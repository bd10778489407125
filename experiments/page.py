"""A page whose sections are written by different commands, each between two marks of its own."""

from pathlib import Path

from features.contract.mistake import MistakeError

RESULTS = Path(__file__).parents[1] / "docs" / "results.md"


class PageError(MistakeError):
    """A page lacks a mark; the message says which."""


def write_section(page: Path, name: str, text: str) -> None:
    """Put a text in the place of what stands between the two marks of a section.

    The marks are ``<!-- begin NAME -->`` and ``<!-- end NAME -->``, each on a line of its own.

    Raises:
        PageError: The page has not each mark once, in this order.
    """
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->\n"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended or begin in rest or end in before + after:
        raise PageError(f"{page}: write '{begin.strip()}' and '{end.strip()}' around the section")
    page.write_text(f"{before}{begin}\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
