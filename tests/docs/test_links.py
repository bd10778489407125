"""Every link from one document of the repository to another leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT

_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def anchors(document: Path) -> set[str]:
    """Return the anchors that a forge gives to the headings of a document."""
    headings: list[str] = _HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for path, anchor in _LINK.findall(document.read_text(encoding="utf-8")):
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def test_every_decision_weighs_itself() -> None:
    for document in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = document.read_text(encoding="utf-8")
        for part in ("Context", "Decision", "What got better", "What got worse"):
            assert f"**{part}.**" in text, f"{document.name} lacks '{part}'"
