"""Business hours: when time counts that marketing and sales promised each other."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import count, pairwise
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from features.contract.document import suggestion
from features.contract.document_part import DocumentPart, several
from features.contract.lead import micros, moment
from features.contract.time_zone import time_zones
from serving.lifecycle.business_time import MINUTE_US, format_business_time
from serving.lifecycle.closed_days import ClosedDays, ClosedText, require_open

_SPAN = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d")
_DAY = timedelta(days=1)


class Opening(NamedTuple):
    """Business hours without a break, as minutes since midnight on the clock on the wall."""

    opens: int
    closes: int


def _opening(written: str) -> Opening:
    hours, minutes, to_hours, to_minutes = (int(part) for part in re.split("[:-]", written))
    return Opening(60 * hours + minutes, 60 * to_hours + to_minutes)


def _hours(written: object) -> str:
    if not isinstance(written, str) or not _SPAN.fullmatch(written):
        raise ValueError(f"{written!r} are no hours of a day; write '09:00-17:00'")
    found = _opening(written)
    if not found.opens < found.closes <= 24 * 60:
        raise ValueError(f"{written!r} must end after it begins, at 24:00 at the latest")
    return written


def _in_order(day: tuple[str, ...]) -> tuple[str, ...]:
    if any(_opening(then).opens < _opening(one).closes for one, then in pairwise(day)):
        raise ValueError("hours of a day must not overlap; write them in order")
    return day


Hours = Annotated[str, BeforeValidator(_hours)]
OfDay = Annotated[tuple[Hours, ...], AfterValidator(_in_order), BeforeValidator(several)]


def _zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError(f"'{name}' is no time zone; {suggestion(name, time_zones())}")
    return name


def _region(name: str) -> str:
    country, _, part = name.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        raise ValueError(f"'{country}' is no country of ISO 3166; write one such as DE, or DE-BY")
    if part and part not in known[country]:
        raise ValueError(f"'{part}' is no region of {country}; {suggestion(part, known[country])}")
    return name


class BusinessHours(DocumentPart):
    """When time counts; days that are not named do not.

    Attributes:
        time_zone: Of the hours, a name of the IANA; daylight saving time is that of the zone.
        region: Whose public holidays do not count, as of ISO 3166; without one all do.
        closed: Days of the company's own that do not count, such as `2026-05-15`, or of every year,
            such as `12-24..01-01`.
    """

    time_zone: Annotated[str, AfterValidator(_zone)]
    region: Annotated[str, AfterValidator(_region)] | None = Field(
        default=None, description="As of ISO 3166, such as `DE` or `DE-BY`."
    )
    closed: tuple[ClosedText, ...] = Field(default=(), exclude_if=lambda days: not days)
    monday: OfDay = ()
    tuesday: OfDay = ()
    wednesday: OfDay = ()
    thursday: OfDay = ()
    friday: OfDay = ()
    saturday: OfDay = ()
    sunday: OfDay = ()

    @model_validator(mode="after")
    def _ever_open(self) -> Self:
        if not any(self._week):
            raise ValueError("no day has hours; write one such as monday = '09:00-17:00'")
        require_open(self.closed)
        return self

    def require(self, duration: int, key: str) -> None:
        """Make sure that a time is no longer than a year of these hours, nor endless.

        Raises:
            ValueError: It is; the message names the key.
        """
        minutes = sum(one.closes - one.opens for day in self._week for one in day)
        if duration > 52 * minutes * MINUTE_US:
            raise ValueError(
                f"{key}: {format_business_time(duration)} is more than a year of hours"
            )

    def add_business(self, start: int, duration: int) -> int:
        """Return the moment at which so much business time has passed since another one.

        What ends with a day's hours is due then, and not when the next ones begin.

        Args:
            start: Microseconds since 1970.
            duration: Microseconds, more than none.
        """
        left = duration
        for opens, closes in self._spans(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, 0)
        raise AssertionError("business hours come back every week")

    def business_between(self, start: int, end: int) -> int:
        """Return the business time between two moments; less than none if `end` comes first.

        All are microseconds, moments since 1970.
        """
        if end < start:
            return -self.business_between(end, start)
        found = 0
        for opens, closes in self._spans(start):
            if opens >= end:
                return found
            found += max(min(closes, end) - max(opens, start), 0)
        raise AssertionError("business hours come back every week")

    @cached_property
    def _week(self) -> tuple[tuple[Opening, ...], ...]:
        # In the order of `date.weekday`.
        days = (
            self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday,
            self.sunday,
        )  # fmt: skip
        return tuple(tuple(map(_opening, day)) for day in days)

    @cached_property
    def _closed(self) -> tuple[ClosedDays, ...]:
        return tuple(map(ClosedDays.of, self.closed))

    @cached_property
    def _known(self) -> dict[date, tuple[tuple[int, int], ...]]:
        """Days that were asked for."""
        return {}

    def _spans(self, start: int) -> Iterator[tuple[int, int]]:
        """Yield when business opens and closes from the day of a moment on, for ever."""
        first = moment(start).astimezone(ZoneInfo(self.time_zone)).date()
        for days in count():
            day = first + days * _DAY
            if day not in self._known:
                self._known[day] = self._of_day(day)
            yield from self._known[day]

    def _of_day(self, day: date) -> tuple[tuple[int, int], ...]:
        if self.region is not None and day in _public_holidays(self.region, day.year):
            return ()
        if any(days.hold(day) for days in self._closed):
            return ()
        zone = ZoneInfo(self.time_zone)
        return tuple(
            (_first_at(day, one.opens, zone), _first_at(day, one.closes, zone))
            for one in self._week[day.weekday()]
        )


def _first_at(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Return the first moment of a day at which the clock on the wall shows so much, or more.

    An hour that comes twice counts from its first time on; into one that is left out, the clock
    jumps at its beginning.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    # As if the clocks had not been changed, and as if they had been.
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if after >= before:
        return micros(before, "")
    # The wall never shows it: the jump is the first moment with the later offset.
    low, high = int(after.timestamp()), int(before.timestamp())
    jumped = before.astimezone(zone).utcoffset()
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == jumped:
            high = middle
        else:
            low = middle + 1
    return low * 1_000_000


@cache
def _public_holidays(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
