"""Months and weeks, in UTC; moments are microseconds since 1970."""

from datetime import UTC, datetime, timedelta
from functools import cache

from features.contract.duration import DAY_US
from features.contract.lead import micros, moment

_MONTHS = 12


def month_of(at: int) -> str:
    """Return the month of a moment, such as `2026-03`."""
    return _month(at // DAY_US)


def week_of(at: int) -> str:
    """Return the week of a moment as ISO 8601 counts them, such as `2026-W09`."""
    return _week(at // DAY_US)


@cache
def _month(day: int) -> str:
    return f"{moment(day * DAY_US):%Y-%m}"


@cache
def _week(day: int) -> str:
    year, week, _ = moment(day * DAY_US).isocalendar()
    return f"{year}-W{week:02}"


def month_begins(month: str) -> int:
    """Return when a month begins.

    Raises:
        ValueError: It is none, or not written as `2026-03`.
    """
    return micros(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC), "month")


def month_ends(month: str) -> int:
    """Return when the next month begins."""
    begins = moment(month_begins(month))
    return micros((begins + timedelta(days=31)).replace(day=1), "month")


def usual_period(as_of: int) -> tuple[int, int]:
    """Return a year of months, with that of a moment and up to the end of its day."""
    year, month = divmod(12 * moment(as_of).year + moment(as_of).month - _MONTHS, 12)
    return month_begins(f"{year}-{month + 1:02}"), as_of // DAY_US * DAY_US + DAY_US
