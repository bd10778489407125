"""Probabilities in words, at every border."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.pages.chance import chance


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "fewer than 1 in 1,000"),
        (0.0004, "fewer than 1 in 1,000"),
        (0.0006, "about 1 in 1,000"),
        (0.0049, "about 5 in 1,000"),
        (0.0051, "about 1 in 100"),
        (0.049, "about 5 in 100"),
        (0.051, "about 1 in 10"),
        (0.41, "about 4 in 10"),
        (0.949, "about 9 in 10"),
        (0.951, "about 95 in 100"),
        (0.9949, "about 99 in 100"),
        (0.9951, "about 995 in 1,000"),
        (0.9996, "more than 999 in 1,000"),
        (1.0, "more than 999 in 1,000"),
    ],
)
def test_borders(probability: float, said: str) -> None:
    assert chance(probability, "en") == said


def test_german() -> None:
    assert chance(0.41, "de") == "etwa 4 von 10"
    assert chance(0.0, "de") == "weniger als 1 von 1.000"


@given(st.floats(0, 1))
def test_words_are_never_far_from_the_figure(probability: float) -> None:
    numbers = re.findall(r"[\d,]+", chance(probability, "en"))
    count, scale = (int(number.replace(",", "")) for number in numbers)
    assert 0 < count < scale
    assert abs(count / scale - probability) <= 0.5 / scale + 1e-3
