"""Once in a while, at random and from outside, a month has many times the conversions.

Nobody can know of a burst before it comes, so the truth is a mean over those that have not begun.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.worlds.daily import DailyRates
from experiments.worlds.leads import LEADS, draw_leads, relative_hazard
from experiments.worlds.truth import END, HORIZON, KNOWN_DAYS, START, HazardTruth
from experiments.worlds.world import World, settle
from features.contract.duration import DAY_US

_CHANCE = 0.1
_FACTOR = 9.0

_MONTH = HORIZON
"""Months are counted from the end, so that one begins there."""


class BurstingTruth:
    """Knows the level of the month in which it is asked, and how likely later ones burst."""

    def __init__(self, calm: HazardTruth, factor: dict[int, float]) -> None:
        """Take the truth without bursts, and by what each month before the end multiplies it."""
        self._calm = calm
        self._factor = factor

    def probability(
        self, lead_id: Sequence[str], as_of: NDArray[np.int64], horizon: int
    ) -> NDArray[np.float64]:
        """Return P(converts in ``(as_of, as_of + horizon]``, given open at `as_of`), [rows]."""
        # A month that begins at the moment itself is not known yet.
        month = month_of(as_of - 1)
        known = np.array([self._factor[each] for each in month.tolist()])
        begin, end = as_of, as_of + horizon
        until = np.minimum(END + (month + 1) * _MONTH, end)
        still_open = np.exp(-known * self._calm.between(lead_id, begin, until))
        while (until < end).any():
            begin, until = until, np.minimum(until + _MONTH, end)
            calm = self._calm.between(lead_id, begin, until)
            still_open *= (1 - _CHANCE) * np.exp(-calm) + _CHANCE * np.exp(-_FACTOR * calm)
        return np.asarray(1 - still_open)


def month_of(moment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the month a moment lies in; the first after the end is 0."""
    return (moment - END) // _MONTH


def bursting(folder: Path, seed: int) -> World:
    """Make the world in a folder."""
    rng = np.random.default_rng(seed)
    propensity = rng.normal(size=LEADS)
    leads = draw_leads(propensity, rng)
    month = month_of(START + KNOWN_DAYS * DAY_US)
    # What comes after the end is never seen, so that calm will do there.
    factor = {
        each: _FACTOR if each < 0 and rng.random() < _CHANCE else 1.0
        for each in range(int(month[0]), 1)
    }
    days = len(KNOWN_DAYS)
    calm = 0.0008 * np.repeat(relative_hazard(propensity)[:, None], days, axis=1)
    visits = 0.05 * np.repeat(np.exp(0.5 * propensity)[:, None], days, axis=1)
    return settle(
        folder,
        leads,
        DailyRates(START, calm * np.array([factor[each] for each in month.tolist()])),
        rng,
        visits=DailyRates(START, visits),
        truth=BurstingTruth(HazardTruth(leads.lead_id.tolist(), DailyRates(START, calm)), factor),
    )
