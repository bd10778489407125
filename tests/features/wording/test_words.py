"""Numbers, values and spans of time as people write them, in both languages."""

import math
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US, HOUR_US
from features.wording.words import WORDS, during, elapsed, number_text, value_text, window_words


def test_both_languages_say_the_same_things_with_the_same_figures() -> None:
    assert WORDS["de"].keys() == WORDS["en"].keys()
    for key, text in WORDS["de"].items():
        assert _places(text) == _places(WORDS["en"][key]), key


def _places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


@pytest.mark.parametrize(
    ("value", "de", "en"),
    [
        (None, "fehlt", "missing"),
        ("true", "ja", "yes"),
        ("false", "nein", "no"),
        ("Maschinenbau", "Maschinenbau", "Maschinenbau"),
        (2.0, "2", "2"),
        (2.5, "2,5", "2.5"),
        (0.0, "0", "0"),
        (100.0, "100", "100"),
        (-0.30000000000000004, "-0,3", "-0.3"),
        (0.0123, "0,012", "0.012"),
        (1e15, "1000000000000000", "1000000000000000"),
    ],
)
def test_values_read_as_people_write_them(value: float | str | None, de: str, en: str) -> None:
    assert value_text(value, "de") == de
    assert value_text(value, "en") == en


def test_numbers_never_read_as_minus_nothing() -> None:
    assert number_text(-0.0, "en") == "0"


@pytest.mark.parametrize(
    ("window", "de", "after_in", "en"),
    [
        (HOUR_US, "60 Minuten", "60 Minuten", "60 minutes"),
        (12 * HOUR_US, "12 Stunden", "12 Stunden", "12 hours"),
        (DAY_US, "24 Stunden", "24 Stunden", "24 hours"),
        (2 * DAY_US, "2 Tage", "2 Tagen", "2 days"),
        (50 * HOUR_US, "50 Stunden", "50 Stunden", "50 hours"),
        (30 * DAY_US, "30 Tage", "30 Tagen", "30 days"),
    ],
)
def test_windows_are_said_exactly(window: int, de: str, after_in: str, en: str) -> None:
    assert window_words(window, "de") == de
    assert during(window, "de") == after_in
    assert window_words(window, "en") == during(window, "en") == en


@pytest.mark.parametrize(
    ("days", "de"),
    [
        (45.99, "45 Tagen"),
        (2.0, "2 Tagen"),
        (2.0 - 1e-9, "47 Stunden"),
        (2 / 24, "2 Stunden"),
        (1.999 / 24, "119 Minuten"),
        (2 / 1440, "2 Minuten"),
        (1.9 / 1440, "weniger als 2 Minuten"),
        (0.0, "weniger als 2 Minuten"),
        (20_000.5, "20000 Tagen"),
    ],
)
def test_what_has_passed_is_rounded_down(days: float, de: str) -> None:
    assert elapsed(days, "de") == de


@given(st.integers(1, 40_000), st.sampled_from([DAY_US, HOUR_US]))
def test_a_whole_time_that_was_computed_is_said_whole(number: int, unit: int) -> None:
    days = number * unit / DAY_US
    said = elapsed(days, "en")
    assert math.isclose(_days(said), days, abs_tol=1 if days >= 2 else 1 / 24)
    if number * unit % DAY_US == 0 and days >= 2:
        assert said == f"{number * unit // DAY_US} days"


def _days(said: str) -> float:
    number, unit = said.split()
    return float(number) * {"days": 1, "hours": 1 / 24, "minutes": 1 / 1440}[unit]
