"""Days on which a company is closed: of one year or of every year, alone or several in a row."""

from datetime import date, timedelta
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator

_TO = ".."
_LEAP_YEAR = "2024-"
_MOST_DAYS = 366
_MOST_DAYS_OF_EVERY_YEAR = 183


class ClosedDays(NamedTuple):
    """Days in a row, the first and the last as they are written: with a year, or of every year."""

    first: str
    last: str

    @classmethod
    def of(cls, written: str) -> "ClosedDays":
        """Return what is written, such as `2026-05-15`, or `12-24..01-01` of every year."""
        first, _, last = written.partition(_TO)
        return cls(first, last or first)

    @property
    def yearly(self) -> bool:
        """Whether they come back every year."""
        return len(self.first) == len("12-24")

    def hold(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        shown = f"{day:%m-%d}" if self.yearly else day.isoformat()
        if self.first <= self.last:
            return self.first <= shown <= self.last
        # From one year into the next.
        return shown >= self.first or shown <= self.last


def _closed(written: object) -> str:
    # TOML has days of its own.
    text = written.isoformat() if type(written) is date else written
    if not isinstance(text, str):
        raise _mistake(written)
    days = [part.strip() for part in text.split(_TO)]
    if len(days) > 2 or len({len(day) for day in days}) != 1:
        raise _mistake(written)
    yearly = len(days[0]) == len("12-24")
    try:
        ends = [date.fromisoformat(_LEAP_YEAR + day if yearly else day) for day in days]
    except ValueError:
        raise _mistake(written) from None
    # Dates have other forms, too, such as that of a week, which would never be closed.
    if days != [end.isoformat()[-len(day) :] for day, end in zip(days, ends, strict=True)]:
        raise _mistake(written)
    if not yearly and not ends[0] <= ends[-1] < ends[0] + timedelta(_MOST_DAYS):
        raise ValueError(f"{written!r} must end after it begins, within a year")
    return _TO.join(days)


def _mistake(written: object) -> ValueError:
    return ValueError(
        f"{written!r} is no day; write '2026-05-15', '12-24' for every year, or two such as "
        "'12-24..01-01'"
    )


ClosedText = Annotated[str, BeforeValidator(_closed)]
"""As it is written in a file."""


def require_open(closed: tuple[str, ...]) -> None:
    """Make sure that half of every year is left.

    Raises:
        ValueError: It is not.
    """
    every_year = [days for days in map(ClosedDays.of, closed) if days.yearly]
    leap_year = [date(2024, 1, 1) + timedelta(n) for n in range(_MOST_DAYS)]
    found = sum(any(days.hold(day) for days in every_year) for day in leap_year)
    if found > _MOST_DAYS_OF_EVERY_YEAR:
        raise ValueError("closed: more than half of every year is closed; leave some out")
