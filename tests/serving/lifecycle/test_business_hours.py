"""Business hours, held against a clock that is looked at minute by minute."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from features.contract.duration import HOUR_US
from features.contract.lead import micros, moment
from serving.lifecycle.business_hours import BusinessHours
from serving.lifecycle.business_time import MINUTE_US, parse_business_time

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BERLIN = BusinessHours.model_validate(
    {"time_zone": "Europe/Berlin", "region": "DE-BY"}
    | dict.fromkeys(WEEK[:5], ("09:00-12:00", "13:00-17:00"))
)


def at(text: str, zone: str = "Europe/Berlin") -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)), "")


def opened(hours: BusinessHours, start: int, minutes: int) -> list[bool]:
    """Tell of each minute from a moment on whether it counts, by the clock on the wall.

    Where the clock is put back, what it showed already does not begin anew.
    """
    zone, week = ZoneInfo(hours.time_zone), hours.model_dump(include=set(WEEK))
    spans = [[(_minutes(a), _minutes(b)) for a, b in map(_ends, week[day])] for day in WEEK]
    first = moment(start)
    shown: dict[date, int] = {}
    found = []
    # From the day's beginning, to know what the clock has shown already.
    for minute in range(-27 * 60, minutes):
        wall = (first + timedelta(minutes=minute)).astimezone(zone)
        day = wall.date()
        shown[day] = max(shown.get(day, 0), 60 * wall.hour + wall.minute)
        if minute >= 0:
            counts = any(a <= shown[day] < b for a, b in spans[wall.weekday()])
            found.append(
                counts
                and day not in _holidays(hours.region, day.year)
                and day not in _closed(hours.closed, day.year)
            )
    return found


@cache
def _closed(written: tuple[str, ...], year: int) -> Collection[date]:
    """Write out all days of the years around one."""
    found: set[date] = set()
    for text in written:
        first, last = (text.split("..") * 2)[:2]
        if len(first) == 10:
            found |= _row(date.fromisoformat(first), date.fromisoformat(last))
            continue
        for each in (year - 1, year):
            begin, end = _day(each, first), _day(each, last)
            found |= _row(begin, end if end >= begin else _day(each + 1, last))
    return found


def _day(year: int, text: str) -> date:
    month, day = map(int, text.split("-"))
    # In a year without it, February ends before.
    is_short = (month, day) == (2, 29) and year % 4
    return date(year, month, day - 1 if is_short else day)


def _row(first: date, last: date) -> set[date]:
    return {first + timedelta(n) for n in range((last - first).days + 1)}


@cache
def _holidays(region: str | None, year: int) -> Collection[date]:
    if region is None:
        return ()
    return holidays.country_holidays(region[:2], subdiv=region[3:] or None, years=year)


def _ends(span: str) -> tuple[str, str]:
    opens, closes = span.split("-")
    return opens, closes


def _minutes(text: str) -> int:
    return 60 * int(text[:2]) + int(text[3:])


ZONES = [
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Santiago", "Africa/Cairo",
    "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Beirut", "UTC",
]  # fmt: skip

# Around changes of the clock, holidays and the turn of a year.
DAYS = [
    "2026-03-27", "2026-03-28", "2026-10-24", "2026-10-23", "2026-04-02", "2026-12-30",
    "2026-09-05", "2026-04-04", "2026-04-23", "2026-10-29", "2026-03-07", "2026-10-31",
]  # fmt: skip

_spans = st.lists(
    st.integers(0, 48), min_size=2, max_size=4, unique=True
).map(sorted).map(
    lambda ends: [
        f"{a // 2:02}:{a % 2 * 30:02}-{b // 2:02}:{b % 2 * 30:02}"
        for a, b in zip(ends[::2], ends[1::2], strict=False)
    ]
)  # fmt: skip

_closings = st.lists(
    st.sampled_from(
        ["2026-03-28", "03-27..03-28", "2026-12-24..2027-01-02", "12-24..01-01", "10-24", "04-03",
         "09-05..09-07", "2026-10-20..2026-11-05", "12-30..12-30"]
    ),
    max_size=3,
)  # fmt: skip
_hours = st.builds(
    lambda zone, region, days, closed: (
        {"time_zone": zone, "region": region, "closed": closed} | days
    ),
    st.sampled_from(ZONES),
    st.sampled_from([None, "DE", "DE-BY", "AT", "CH-ZH", "US"]),
    st.dictionaries(st.sampled_from(WEEK), _spans, min_size=1),
    _closings,
)
_starts = st.builds(
    lambda day, minute: (
        micros(datetime.fromisoformat(day).replace(tzinfo=UTC), "") + minute * MINUTE_US
    ),
    st.sampled_from(DAYS),
    st.integers(0, 1439),
)


@settings(deadline=None, max_examples=60)
@given(_hours, _starts, st.integers(1, 3000))
@example(  # In Santiago, the clock jumps over midnight.
    {"time_zone": "America/Santiago", "sunday": ["00:00-24:00"]},
    at("2026-09-05T12:00", "UTC"),
    2000,
)
@example(  # An hour that comes twice, in whose midst the day begins or ends.
    {"time_zone": "Europe/Berlin", "sunday": ["02:30-05:00"]}, at("2026-10-24T20:00", "UTC"), 1000
)
@example(
    {"time_zone": "Europe/Berlin", "sunday": ["00:00-02:30"]}, at("2026-10-24T20:00", "UTC"), 1000
)
@example(  # An hour that is left out, likewise.
    {"time_zone": "Europe/Berlin", "sunday": ["02:30-05:00"]}, at("2026-03-28T20:00", "UTC"), 1000
)
@example(
    {"time_zone": "Europe/Berlin", "sunday": ["00:00-02:30"]}, at("2026-03-28T20:00", "UTC"), 1000
)
def test_what_counts_is_what_the_clock_on_the_wall_says(
    document: dict[str, object], start: int, minutes: int
) -> None:
    hours = BusinessHours.model_validate(document)
    counted = opened(hours, start, minutes)
    total = sum(counted) * MINUTE_US
    end = start + minutes * MINUTE_US
    assert hours.business_between(start, end) == total
    assert hours.business_between(end, start) == -total
    # Every minute that counts is the last one of some time.
    passed = 0
    for minute, counts in enumerate(counted, start=1):
        passed += counts
        if counts and passed % 47 == 1:
            due = hours.add_business(start, passed * MINUTE_US)
            assert due == start + minute * MINUTE_US


@settings(deadline=None, max_examples=60)
@given(_hours, _starts, st.integers(1, 100 * HOUR_US), st.integers(1, 100 * HOUR_US))
def test_time_adds_up(document: dict[str, object], start: int, first: int, then: int) -> None:
    hours = BusinessHours.model_validate(document)
    due = hours.add_business(start, first)
    assert hours.business_between(start, due) == first
    assert hours.business_between(start, due - 1) == first - 1
    assert hours.add_business(due, then) == hours.add_business(start, first + then)


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-11-25T09:00", "7h", "2026-11-25T17:00"),  # to the last moment of the day
        ("2026-11-25T08:00", "3h", "2026-11-25T12:00"),  # before the hours, to the break
        ("2026-11-25T12:30", "30min", "2026-11-25T13:30"),  # in the break
        ("2026-11-25T17:00", "30min", "2026-11-26T09:30"),  # the day is over
        ("2026-11-27T16:00", "2h", "2026-11-30T10:00"),  # over a weekend
        ("2026-04-02T16:00", "2h", "2026-04-07T10:00"),  # over Easter
        ("2026-12-23T16:00", "9h", "2026-12-28T10:00"),  # Christmas, and a weekend
        ("2026-06-03T16:00", "2h", "2026-06-05T10:00"),  # Corpus Christi, in Bavaria
        ("2026-03-27T16:00", "2h", "2026-03-30T10:00"),  # summer begins on the Sunday
        ("2026-10-23T16:00", "2h", "2026-10-26T10:00"),  # and ends
    ],
)
def test_a_promise_is_due(start: str, duration: str, due: str) -> None:
    assert BERLIN.add_business(at(start), parse_business_time(duration)) == at(due)


def test_each_region_has_its_own_holidays() -> None:
    corpus_christi = at("2026-06-03T16:00")
    elsewhere = BERLIN.model_copy(update={"region": "DE-BE"})
    everyday = BERLIN.model_copy(update={"region": None})
    for hours in (BusinessHours(**elsewhere.model_dump()), BusinessHours(**everyday.model_dump())):
        assert hours.add_business(corpus_christi, 2 * HOUR_US) == at("2026-06-04T10:00")
    easter = at("2026-04-02T16:00")
    assert BusinessHours(**everyday.model_dump()).add_business(easter, 2 * HOUR_US) == at(
        "2026-04-03T10:00"
    )


@pytest.mark.parametrize(
    ("closed", "due"),
    [
        ([], "2026-12-24T10:00"),
        (["12-24"], "2026-12-28T10:00"),  # Christmas, and a weekend
        (["12-24..01-01"], "2027-01-04T10:00"),
        (["12-24", "2026-12-28..2026-12-31", "2027-01-04"], "2027-01-05T10:00"),
        (["2025-12-24", "2027-12-24", "02-29"], "2026-12-24T10:00"),
        ([date(2026, 12, 24)], "2026-12-28T10:00"),
    ],
)
def test_days_on_which_a_company_is_closed_do_not_count(closed: list[object], due: str) -> None:
    hours = BusinessHours.model_validate(BERLIN.model_dump() | {"closed": closed})
    assert hours.add_business(at("2026-12-23T16:00"), 2 * HOUR_US) == at(due)


def test_a_leap_day_is_closed_in_its_years() -> None:
    hours = BusinessHours.model_validate(
        {"time_zone": "UTC", "closed": ["02-29"], **dict.fromkeys(WEEK, "09:00-17:00")}
    )
    assert hours.add_business(at("2028-02-28T16:00", "UTC"), 2 * HOUR_US) == at(
        "2028-03-01T10:00", "UTC"
    )
    assert hours.add_business(at("2027-02-28T16:00", "UTC"), 2 * HOUR_US) == at(
        "2027-03-01T10:00", "UTC"
    )


def test_through_the_night_a_changed_clock_counts_as_it_passes() -> None:
    night = BusinessHours.model_validate(
        {"time_zone": "Europe/Berlin"} | dict.fromkeys(WEEK, "00:00-24:00")
    )
    spring, autumn = at("2026-03-29T00:00"), at("2026-10-25T00:00")
    assert night.business_between(spring, at("2026-03-30T00:00")) == 23 * HOUR_US
    assert night.business_between(autumn, at("2026-10-26T00:00")) == 25 * HOUR_US


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"time_zone": "Europe/Berln"}, "is no time zone; did you mean 'Europe/Berlin'?"),
        ({"region": "Bavaria"}, "is no country of ISO 3166; write one such as DE, or DE-BY"),
        ({"region": "DE-XX"}, "'XX' is no region of DE"),
        ({"monday": "9-17"}, "'9-17' are no hours of a day; write '09:00-17:00'"),
        ({"monday": "17:00-09:00"}, "must end after it begins"),
        ({"monday": "09:00-09:00"}, "must end after it begins"),
        ({"monday": "09:00-24:30"}, "at 24:00 at the latest"),
        ({"monday": ["13:00-17:00", "09:00-12:00"]}, "must not overlap; write them in order"),
        ({"monday": 9}, "9 are no hours of a day"),
        ({"monday": []}, "no day has hours; write one such as monday = '09:00-17:00'"),
        ({"feiertage": True}, "feiertage"),
        ({"closed": ["24.12."]}, "'24.12.' is no day; write '2026-05-15', '12-24' for every year"),
        ({"closed": ["2026-02-29"]}, "'2026-02-29' is no day"),
        ({"closed": ["12-24..2026-12-26"]}, "is no day"),
        ({"closed": ["12-24..12-25..12-26"]}, "is no day"),
        ({"closed": ["2026-12-24..2026-12-23"]}, "must end after it begins, within a year"),
        ({"closed": ["2026-12-24..2027-12-25"]}, "must end after it begins, within a year"),
        ({"closed": [1224]}, "1224 is no day"),
        ({"closed": ["20260515"]}, "'20260515' is no day"),
        ({"closed": ["2026-W20-5"]}, "'2026-W20-5' is no day"),
        ({"closed": ["2026-05-15..2026-W20-5"]}, "is no day"),
        ({"closed": ["W20-1"]}, "'W20-1' is no day"),
        ({"closed": ["12-24..W01-1"]}, "is no day"),
        ({"closed": ["01-01..06-30", "07-02..07-03"]}, "more than half of every year is closed"),
    ],
)
def test_a_mistake_says_what_to_write(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        BusinessHours.model_validate({"time_zone": "UTC", "monday": "09:00-17:00"} | changes)
    assert said in str(caught.value)


def test_hours_may_follow_each_other_at_once() -> None:
    halves = BERLIN.model_dump() | {"monday": ["09:00-12:00", "12:00-17:00"]}
    monday = at("2026-11-23T09:00")
    assert BusinessHours.model_validate(halves).add_business(monday, 8 * HOUR_US) == at(
        "2026-11-23T17:00"
    )


def test_between_a_moment_and_itself_no_time_passes() -> None:
    assert BERLIN.business_between(at("2026-11-25T10:00"), at("2026-11-25T10:00")) == 0


def test_a_promise_takes_a_year_of_the_hours_at_most() -> None:
    # Seven hours on five days.
    BERLIN.require(52 * 35 * HOUR_US, "within")
    with pytest.raises(ValueError, match="within: 109201min is more than a year of hours"):
        BERLIN.require(52 * 35 * HOUR_US + MINUTE_US, "within")
