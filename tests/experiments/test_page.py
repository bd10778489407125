from pathlib import Path

import pytest

from experiments.page import RESULTS, PageError, write_section

MARKED = (
    "# Page\n<!-- begin a -->\nold\n<!-- end a -->\nbetween\n<!-- begin b -->\n<!-- end b -->\n"
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(MARKED, encoding="utf-8")
    return path


def test_a_section_takes_the_place_of_the_old_one_and_touches_no_other(page: Path) -> None:
    write_section(page, "b", "## B\n")
    write_section(page, "a", "## Ä\n\nnew\n\n")
    expected = MARKED.replace("\nold\n", "\n\n## Ä\n\nnew\n\n").replace(
        "<!-- begin b -->\n", "<!-- begin b -->\n\n## B\n\n"
    )
    assert page.read_text(encoding="utf-8") == expected
    write_section(page, "a", "## Ä\n\nnew")
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!-- begin a -->\n",
        "<!-- end a -->\n<!-- begin a -->\n",
        "<!-- begin a -->\n<!-- begin a -->\n<!-- end a -->\n",
        "<!-- begin a -->\n<!-- end a -->\n<!-- end a -->\n",
    ],
)
def test_a_page_without_its_marks_is_left_as_it_is(page: Path, text: str) -> None:
    page.write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match="write '<!-- begin a -->' and '<!-- end a -->' around"):
        write_section(page, "a", "new")
    assert page.read_text(encoding="utf-8") == text


def test_the_page_of_results_has_the_marks_of_its_writers() -> None:
    text = RESULTS.read_text(encoding="utf-8")
    for name in ("projects", "worlds", "quality"):
        assert text.count(f"<!-- begin {name} -->\n") == text.count(f"<!-- end {name} -->\n") == 1
