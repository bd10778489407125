"""What the leads handed over in a week were to bring, and what they brought."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from features.contract.duration import DAY_US

WEEK_US = 7 * DAY_US

_FIRST_MONDAY_US = 4 * DAY_US
"""1970-01-05, microseconds since 1970."""

_OUTSIDE = 0.025
"""Chance that a count lies below the interval, and that it lies above."""


class HandedOver(NamedTuple):
    """A lead that was handed over to sales; moments are microseconds since 1970.

    Attributes:
        at: When.
        probability: As it was said then; None where it was not.
        reached: When it became SQL, None where it has not.
    """

    at: int
    probability: float | None
    reached: int | None


class WeekList(NamedTuple):
    """The leads that were handed over in one week.

    Attributes:
        week: When it began, on Monday in UTC, microseconds since 1970.
        leads: How many.
        unknown: Of how many no probability is known; what follows is of the others.
        expected: How many were to become SQL within the horizon: the sum of the probabilities.
        low: With these probabilities, fewer would be seen in at most 1 of 40 such weeks.
        high: More would be seen in at most 1 of 40.
        converted: How many became SQL within the horizon.
        mature: Whether the horizon has passed for whoever was handed over in that week.
    """

    week: int
    leads: int
    unknown: int
    expected: float
    low: int
    high: int
    converted: int
    mature: bool


def week_of(at: int) -> int:
    """Return when the ISO week of a moment began, in UTC; both in microseconds since 1970."""
    return at - (at - _FIRST_MONDAY_US) % WEEK_US


def week_lists(
    handed: Iterable[HandedOver], horizon: int, as_of: int, weeks: int
) -> list[WeekList]:
    """Return the lists of the newest weeks, the present one first; empty ones are there, too.

    Args:
        handed: Leads in any order; those of other weeks are left out.
        horizon: Microseconds.
        as_of: Microseconds since 1970; what was reached later is not known yet.
        weeks: How many.
    """
    present = week_of(as_of)
    found: dict[int, list[HandedOver]] = {present - n * WEEK_US: [] for n in range(weeks)}
    for one in handed:
        found.get(week_of(one.at), []).append(one)
    return [_list(week, found[week], horizon, as_of) for week in sorted(found, reverse=True)]


def _list(week: int, handed: Sequence[HandedOver], horizon: int, as_of: int) -> WeekList:
    known = [one for one in handed if one.probability is not None]
    chances = [one.probability for one in known if one.probability is not None]
    low, high = usual_counts(chances)
    return WeekList(
        week=week,
        leads=len(handed),
        unknown=len(handed) - len(known),
        expected=sum(chances),
        low=low,
        high=high,
        converted=sum(
            one.reached is not None and one.at < one.reached <= min(one.at + horizon, as_of)
            for one in known
        ),
        mature=week + WEEK_US + horizon <= as_of,
    )


def usual_counts(probabilities: Sequence[float]) -> tuple[int, int]:
    """Return the least and the most successes that are no surprise.

    Args:
        probabilities: Of independent trials. The distribution of their count is exact
            (Poisson's binomial distribution, by convolution).
    """
    chances = np.ones(1)
    for probability in probabilities:
        chances = np.convolve(chances, (1.0 - probability, probability))
    up_to = np.cumsum(chances)
    low = int(np.searchsorted(up_to, _OUTSIDE, side="right"))
    # Rounding may leave the sum a little below one.
    high = min(int(np.searchsorted(up_to, 1.0 - _OUTSIDE)), len(probabilities))
    return low, high
