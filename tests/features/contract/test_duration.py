"""Durations in words people write."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US, HOUR_US, MINUTE_US, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "micros"), [("12h", 12 * HOUR_US), ("7d", 7 * DAY_US), (" 2 w ", 14 * DAY_US)]
)
def test_reading(text: str, micros: int) -> None:
    assert parse_duration(text) == micros


def test_units_are_as_long_as_those_of_a_clock() -> None:
    for text, length in (
        ("1h", timedelta(hours=1)), ("1d", timedelta(days=1)), ("1w", timedelta(weeks=1)),
    ):  # fmt: skip
        assert timedelta(microseconds=parse_duration(text)) == length
    assert timedelta(microseconds=MINUTE_US) == timedelta(minutes=1)


def test_whole_hours_in_microseconds_pass_as_they_are() -> None:
    assert parse_duration(HOUR_US) == HOUR_US
    for micros in (HOUR_US - 1, HOUR_US + 1, 0, -HOUR_US):
        with pytest.raises(ValueError, match="is not a duration"):
            parse_duration(micros)


def test_a_hundred_years_are_the_longest() -> None:
    assert parse_duration("36525d") == 36_525 * DAY_US
    with pytest.raises(ValueError, match="is longer than a hundred years"):
        parse_duration("876601h")


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "1.5d", "7 days", 5, None, 7.0])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not a duration; write a number and h, d or w"):
        parse_duration(text)


def test_whole_days_are_written_as_days() -> None:
    assert [format_duration(hours * HOUR_US) for hours in (24, 25, 48)] == ["1d", "25h", "2d"]


@given(st.integers(1, 100_000))
def test_what_is_written_is_read_back(hours: int) -> None:
    assert parse_duration(format_duration(hours * HOUR_US)) == hours * HOUR_US
