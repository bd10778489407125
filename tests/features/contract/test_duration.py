"""Durations in words people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US, HOUR_US, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "micros"), [("12h", 12 * HOUR_US), ("7d", 7 * DAY_US), (" 2 w ", 14 * DAY_US)]
)
def test_reading(text: str, micros: int) -> None:
    assert parse_duration(text) == micros


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "1.5d", "7 days", 5, None, 7.0])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not a duration; write a number and h, d or w"):
        parse_duration(text)


@given(st.integers(1, 100_000))
def test_what_is_written_is_read_back(hours: int) -> None:
    assert parse_duration(format_duration(hours * HOUR_US)) == hours * HOUR_US
