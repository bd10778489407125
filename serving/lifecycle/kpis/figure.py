"""A figure with what it rests on: of how many cases, and how sure that makes it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Z = 1.959963984540054
"""Of the normal distribution, for an interval of 95 %."""

_TAIL = 0.025
_STANDARD_DEVIATIONS = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure; `low` and `high` bound its interval of 95 %.

    Attributes:
        numerator: What was counted, or summed up.
        denominator: Of how many.
        value: None where there is no case, or where it lies beyond what was looked at.
        low: None where there is no bound.
        high: None where there is no bound.
        waiting: Cases of which it is too early to tell; they are in no other part of the figure.
    """

    numerator: float
    denominator: float
    value: float | None
    low: float | None = None
    high: float | None = None
    waiting: int = 0


def share(count: float, cases: float, waiting: int = 0) -> Figure:
    """Return which share of cases it is, with Wilson's score interval.

    The interval is that of Wilson, J. Am. Stat. Assoc. 22 (1927) 209, which holds for few cases,
    and for none or all of them, too. Of cases that weigh differently it takes their effective
    number, which need not be whole.
    """
    if cases == 0:
        return Figure(count, 0, None, waiting=waiting)
    found, extra = count / cases, Z * Z / cases
    middle = found + extra / 2
    half = Z * math.sqrt(found * (1 - found) / cases + extra / (4 * cases))
    # At either end, rounding would leave the bound a little beside it.
    low = 0.0 if count == 0 else (middle - half) / (1 + extra)
    high = 1.0 if count == cases else (middle + half) / (1 + extra)
    return Figure(count, cases, found, low, high, waiting)


def median(values: Sequence[float], waiting: int = 0) -> Figure:
    """Return the median, with the interval between two order statistics.

    Args:
        values: In any order; infinity is longer than whatever was looked at.
        waiting: Cases that are none of them, since it is too early to tell.

    Returns:
        The figure; its numerator is how many values are finite. An end at infinity is None, as are
        the bounds below six values, which no two of them could be.
    """
    ordered, cases = sorted(values), len(values)
    finite = sum(math.isfinite(value) for value in ordered)
    if cases == 0:
        return Figure(0, 0, None, waiting=waiting)
    rank = _rank(cases)
    low, high = (ordered[rank - 1], ordered[-rank]) if rank else (math.inf, math.inf)
    middle = (ordered[(cases - 1) // 2] + ordered[cases // 2]) / 2
    return Figure(finite, cases, _end(middle), _end(low), _end(high), waiting)


def _end(value: float) -> float | None:
    return value if math.isfinite(value) else None


@lru_cache
def _rank(cases: int) -> int:
    """Return the largest r such that fewer than r of the values lie below the median in 2.5 %.

    Values lie below it as heads come up. So far from the middle that it never happens, nothing is
    added up.
    """
    rank = max(0, int(cases / 2 - _STANDARD_DEVIATIONS * math.sqrt(cases) / 2))
    below = _chance(cases, rank)
    while below <= _TAIL:
        rank += 1
        below += _chance(cases, rank)
    return rank


def _chance(cases: int, heads: int) -> float:
    ways = math.lgamma(cases + 1) - math.lgamma(heads + 1) - math.lgamma(cases - heads + 1)
    return math.exp(ways - cases * math.log(2))
