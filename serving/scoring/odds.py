"""The factor on the odds, as a reader is told it: two significant digits, three close to one.

Two digits cut the scale into a thousand pieces of one text each; so the texts of many contributions
are looked up at once.
"""

import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.contract.language import Language
from features.wording.words import decimal, number_text

_LARGEST = 4
"""Power of ten up to which factors, and their inverses, are looked up."""

_CLOSE = (0.9, 1.1)
"""Between these, two digits would tell nothing apart."""


class _Scale(NamedTuple):
    """Pieces of the scale.

    Attributes:
        begins: float64 [pieces + 1], the least log-odds of each, and of what comes after them.
        texts: Of what comes before, of each piece, and of what comes after; None where there is no
            single one.
    """

    begins: NDArray[np.float64]
    texts: tuple[str | None, ...]


def odds_factors(contributions: NDArray[np.float64], language: Language) -> list[str]:
    """Return the factor of each contribution, float64 [contributions] in log-odds; finite."""
    begins, texts = _scale(language)
    places = begins.searchsorted(contributions, side="right").tolist()
    return [
        texts[place] or odds_factor(contribution, language)
        for place, contribution in zip(places, contributions.tolist(), strict=True)
    ]


def odds_factor(contribution: float, language: Language) -> str:
    """Return the factor of one contribution, in log-odds."""
    factor = math.exp(contribution)
    if factor >= 10:
        return f"{float(f'{factor:.2g}'):.0f}"
    if _CLOSE[0] < factor < _CLOSE[1]:
        return decimal(f"{float(f'{factor:.3f}'):g}", language)
    return number_text(float(f"{factor:.2g}"), language)


@cache
def _scale(language: Language) -> _Scale:
    centres = sorted({math.log(factor) for factor in _factors()})
    pieces = [
        (_border(low, high), odds_factor(high, language))
        for low, high in pairwise(centres)
        if odds_factor(low, language) != odds_factor(high, language)
    ]
    begins = [centres[0], *(begin for begin, _ in pieces), centres[-1]]
    texts = [None, odds_factor(centres[0], language), *(text for _, text in pieces), None]
    return _Scale(np.array(begins), tuple(texts))


def _factors() -> Iterable[float]:
    """Return one factor of each text, and some of the same."""
    for power in range(-_LARGEST, _LARGEST):
        yield from (float(f"{digits}e{power - 1}") for digits in range(10, 100))
    yield from (thousandths / 1000 for thousandths in range(890, 1110))


def _border(low: float, high: float) -> float:
    """Return the least log-odds above `low` whose text is no more that of `low`."""
    before = odds_factor(low, "en")
    while (middle := (low + high) / 2) not in (low, high):
        if odds_factor(middle, "en") == before:
            low = middle
        else:
            high = middle
    return high
