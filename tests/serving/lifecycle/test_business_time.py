"""Times in business hours, as they are written and read."""

import pytest

from serving.lifecycle.business_time import MINUTE_US, format_business_time, parse_business_time


def test_whole_minutes_in_microseconds_pass_as_they_are() -> None:
    assert parse_business_time(MINUTE_US) == 60_000_000
    for micros_ in (MINUTE_US - 1, MINUTE_US * 3 // 2, 0):
        with pytest.raises(ValueError, match="is no time in business hours"):
            parse_business_time(micros_)


@pytest.mark.parametrize("text", ["8h", "30min", "90min", " 16 h "])
def test_a_time_is_read_as_it_is_written(text: str) -> None:
    found = parse_business_time(text)
    assert parse_business_time(format_business_time(found)) == found == parse_business_time(found)


@pytest.mark.parametrize("text", ["2d", "8", "0h", "-1h", "1.5h", 8, None, "8 hours"])
def test_days_are_no_time(text: object) -> None:
    with pytest.raises(ValueError, match="is no time in business hours; write '30min', '8h', or"):
        parse_business_time(text)
