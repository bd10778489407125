"""What a cell means, and where it means nothing certain."""

from datetime import UTC, date, datetime

import pytest

from features.contract.lead import ContractError, moment
from serving.intake.importing.cells import (
    Cell,
    count_of,
    filled,
    moment_of,
    text_of,
    truth_of,
    value_of,
)
from serving.intake.importing.phone import phone_of


@pytest.mark.parametrize(
    "text",
    ["", "  ", "-", "–", "n/a", "N/A", "k.A.", "k. A.", "keine Angabe", "NULL", "#NV", "\xa0"],
)
def test_words_for_nothing_are_nothing(text: str) -> None:
    assert filled(text) is None


@pytest.mark.parametrize("cell", ["Null", "NA", "0", 0, False, "k", "#1"])
def test_what_looks_like_nothing_is_something(cell: Cell) -> None:
    assert filled(cell) == cell


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12,5", 12.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("12.5", 12.5), ("0,125", 0.125),
        ("240", 240), ("-3", -3), ("0", 0), ("01067", "01067"), ("1.234.567", 1_234_567),
        ("1 200", 1200), ("1'200", 1200), (" 5  Zoll ", "5 Zoll"), (12.5, 12.5), (True, True),
        ("12345678901234567890", "12345678901234567890"), ("1.2.3", "1.2.3"),
        ("Maschinenbau", "Maschinenbau"), (date(2026, 3, 1), "2026-03-01"), ("1e5", "1e5"),
    ],
)  # fmt: skip
def test_numbers_are_read_in_both_languages(cell: Cell, value: object) -> None:
    read = value_of(cell)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("cell", ["1.200", "1,200", "12.345", float("inf"), float("nan"), 1e16])
def test_a_number_that_is_uncertain_or_none_is_refused(cell: Cell) -> None:
    with pytest.raises(ContractError, match=r"two numbers|between ±1e\+15"):
        value_of(cell)


@pytest.mark.parametrize(("cell", "count"), [("1.200", 1200), ("1,200", 1200), (3.0, 3), ("7", 7)])
def test_people_are_counted_whole(cell: Cell, count: int) -> None:
    assert count_of(cell) == count


@pytest.mark.parametrize("cell", ["1,5", "51-200", "Herr Sommer", True, 1.5])
def test_what_counts_nobody_is_refused(cell: Cell) -> None:
    with pytest.raises(ContractError, match="no whole number"):
        count_of(cell)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("01.03.2026", "2026-02-28T23:00:00"), ("1.3.26", "2026-02-28T23:00:00"),
        ("01.07.2026 10:30", "2026-07-01T08:30:00"), ("2026-03-01", "2026-02-28T23:00:00"),
        ("01.03.2026, 10:30:15", "2026-03-01T09:30:15"),
        ("2026-03-01T10:30:00Z", "2026-03-01T10:30:00"),
        ("2026-03-01 10:30", "2026-03-01T09:30:00"), (date(2026, 3, 1), "2026-02-28T23:00:00"),
        (datetime(2026, 3, 1, 10, 30, tzinfo=UTC), "2026-03-01T10:30:00"),
    ],
)  # fmt: skip
def test_moments_are_german_unless_they_say_otherwise(cell: Cell, at: str) -> None:
    assert moment(moment_of(cell)) == datetime.fromisoformat(at + "+00:00")


@pytest.mark.parametrize(
    "cell",
    ["31.02.2026", "03/01/2026", "46082", 46082.0, "gestern", "1.3.", "2026-13-01", "1.1.1890"],
)
def test_what_is_no_moment_is_refused(cell: Cell) -> None:
    with pytest.raises(ContractError, match=r"is no date|before 1970"):
        moment_of(cell)


def test_yes_and_no_are_read_in_both_languages() -> None:
    assert [truth_of(c) for c in ("ja", "Yes", "x", "X", "1", 1.0, True, "wahr", "TRUE")] == [
        True
    ] * 9
    assert [truth_of(c) for c in ("nein", "No", "0", 0, False, "falsch")] == [False] * 6
    with pytest.raises(ContractError, match="neither yes nor no"):
        truth_of("vielleicht")


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 201])
def test_a_text_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(ContractError):
        text_of(text)


@pytest.mark.parametrize(
    "cell",
    ["030 901820", "+49 (0)30 901820", "0049 30/901820", 4930901820.0, "4930901820", "4930901820.0",
     "30901820", 30901820],
)  # fmt: skip
def test_a_number_is_one_however_it_is_written(cell: Cell) -> None:
    assert phone_of(cell, german=True) == "+4930901820"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("4,93E+10", "was shortened"), ("4.93e10", "was shortened"),
        ("nein", "no telephone number"),
        # Emden, or Düsseldorf with its country.
        ("4921123456", "has lost its beginning"), (4915112345678, "has lost its beginning"),
        ("030 901820 / 0171 1234567", "no telephone number"),
    ],
)  # fmt: skip
def test_a_number_that_can_be_two_or_none_is_refused(cell: Cell, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        phone_of(cell, german=True)


def test_a_number_from_abroad_needs_its_country() -> None:
    assert phone_of("+43 1 58858", german=False) == "+43158858"
    with pytest.raises(ContractError, match="needs its country"):
        phone_of("01 58858", german=False)
