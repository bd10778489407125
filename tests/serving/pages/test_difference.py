"""What differs between two texts, line by line."""

from serving.pages.difference import MOST, Line, difference


def test_lines_that_differ_are_marked_with_those_around() -> None:
    before = "".join(f"{n}\n" for n in range(20))
    after = before.replace("10\n", "ten\n").replace("18\n", "")
    assert difference(before, after) == [
        Line("gap", "…"), Line("same", "8"), Line("same", "9"), Line("gone", "10"),
        Line("new", "ten"), Line("same", "11"), Line("same", "12"), Line("gap", "…"),
        Line("same", "16"), Line("same", "17"), Line("gone", "18"), Line("same", "19"),
    ]  # fmt: skip
    assert difference(before, before) == []


def test_signs_in_the_text_are_no_marks() -> None:
    assert difference("a\n", "+++ a\n--- b\n@@\n")[1:] == [
        Line("gone", "a"), Line("new", "+++ a"), Line("new", "--- b"), Line("new", "@@")
    ]  # fmt: skip


def test_of_many_lines_the_first_are_shown() -> None:
    found = difference("", "x\n" * (MOST - 1))
    assert len(found) == MOST and found[-1].kind == "new"
    found = difference("", "x\n" * 100_000)
    assert len(found) == MOST + 1 and found[-1] == Line("gap", "…")
