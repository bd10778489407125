"""Days on which a company is closed, at the borders of what may be written."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from serving.lifecycle.closed_days import ClosedDays, ClosedText, require_open

WRITTEN: TypeAdapter[str] = TypeAdapter(ClosedText)


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("2026-05-15", ["2026-05-15"], ["2026-05-14", "2026-05-16", "2027-05-15"]),
        ("12-24", ["2026-12-24", "2027-12-24"], ["2026-12-23", "2026-12-25"]),
        ("12-24..01-01", ["2026-12-24", "2026-12-31", "2027-01-01"], ["2026-12-23", "2027-01-02"]),
        ("08-03..08-05", ["2026-08-03", "2026-08-05"], ["2026-08-02", "2026-08-06"]),
        ("2026-12-24..2027-01-01", ["2026-12-24", "2027-01-01"], ["2026-01-01", "2027-01-02"]),
    ],
)
def test_the_first_and_the_last_day_are_closed(
    written: str, inside: list[str], outside: list[str]
) -> None:
    days = ClosedDays.of(WRITTEN.validate_python(written))
    assert all(days.hold(date.fromisoformat(day)) for day in inside)
    assert not any(days.hold(date.fromisoformat(day)) for day in outside)


def test_days_of_one_year_are_a_year_at_most() -> None:
    assert WRITTEN.validate_python("2026-12-24 .. 2027-12-24") == "2026-12-24..2027-12-24"
    with pytest.raises(ValidationError, match="within a year"):
        WRITTEN.validate_python("2026-12-24..2027-12-25")


def test_half_of_a_leap_year_may_be_closed_every_year() -> None:
    require_open(("01-01..07-01", "2026-07-02..2026-12-31"))
    require_open(("02-29", "03-01..08-29"))
    for closed in (("01-01..07-02",), ("12-31", "01-01..07-01"), ("02-29", "03-01..08-30")):
        with pytest.raises(ValueError, match="more than half of every year"):
            require_open(closed)
