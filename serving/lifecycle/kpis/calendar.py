"""Months and weeks, in UTC; moments are microseconds since 1970."""

from datetime import UTC, datetime, timedelta

from features.contract.lead import micros, moment


def month_of(at: int) -> str:
    """Return the month of a moment, such as `2026-03`."""
    return f"{moment(at):%Y-%m}"


def week_of(at: int) -> str:
    """Return the week of a moment as ISO 8601 counts them, such as `2026-W09`."""
    year, week, _ = moment(at).isocalendar()
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
