"""Factors on the odds: what a reader can tell apart, and looked up as they are written."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.language import Language
from serving.scoring.odds import odds_factor, odds_factors

LANGUAGES: tuple[Language, ...] = ("de", "en")


@pytest.mark.parametrize(
    ("factor", "text"),
    [
        (1.0234, "1,023"),
        (0.9876, "0,988"),
        (0.98, "0,98"),
        (1.0987, "1,099"),
        (1.1234, "1,1"),
        (0.9012, "0,901"),
        (0.8765, "0,88"),
        (12.34, "12"),
        (9.96, "10"),
        (487e6, "490000000"),
        (0.0123, "0,012"),
        (1e-9, "1e-09"),
    ],
)
def test_factors_keep_what_a_reader_can_tell_apart(factor: float, text: str) -> None:
    assert odds_factor(math.log(factor), "de") == text
    assert odds_factors(np.array([math.log(factor)]), "de") == [text]


def sides(low: float, high: float) -> tuple[float, float]:
    """Return the numbers beside each other between which the text changes."""
    before = odds_factor(low, "en")
    while (middle := (low + high) / 2) not in (low, high):
        if odds_factor(middle, "en") == before:
            low = middle
        else:
            high = middle
    return low, high


@pytest.mark.parametrize("language", LANGUAGES)
def test_factors_are_looked_up_as_they_are_written_on_both_sides_of_each_border(
    language: Language,
) -> None:
    grid = np.linspace(-10, 10, 100_001).tolist()
    borders = [
        side
        for low, high in pairwise(grid)
        if odds_factor(low, "en") != odds_factor(high, "en")
        for side in sides(low, high)
    ]
    assert len(borders) > 2 * 900
    found = odds_factors(np.array(borders), language)
    assert found == [odds_factor(border, language) for border in borders]


@given(st.lists(st.floats(-700, 700)), st.sampled_from(LANGUAGES))
def test_any_factors_are_looked_up_as_they_are_written(
    contributions: list[float], language: Language
) -> None:
    found = odds_factors(np.array(contributions), language)
    assert found == [odds_factor(one, language) for one in contributions]
