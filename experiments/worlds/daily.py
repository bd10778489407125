"""Rates that are constant within each day: exact integrals, and moments drawn from them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from features.contract.duration import DAY_US

NEVER = 2**62
"""A moment that does not come; sums with a horizon stay inside int64."""


@dataclass(frozen=True)
class DailyRates:
    """How often something happens to each lead, day by day.

    Attributes:
        start: When the first day begins, microseconds since 1970.
        per_day: float64 [leads, days].
    """

    start: int
    per_day: NDArray[np.float64]

    @cached_property
    def _before(self) -> NDArray[np.float64]:
        """Integral up to each day and up to the end of the last, [leads, days + 1]."""
        leads, days = self.per_day.shape
        integral = np.zeros((leads, days + 1))
        np.cumsum(self.per_day, axis=1, out=integral[:, 1:])
        return integral

    def integral(self, lead: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the integral from the first day to a moment, float64 [rows].

        Args:
            lead: int64 [rows], positions.
            until: int64 [rows], microseconds since 1970, inside the days.
        """
        day, inside = np.divmod(until - self.start, DAY_US)
        last = self.per_day.shape[1]
        if len(day) and (day.min() < 0 or (day + (inside > 0)).max() > last):
            raise ValueError(f"a moment lies outside the {last} days whose rates are known")
        rate = self.per_day[lead, np.minimum(day, last - 1)]
        return np.asarray(self._before[lead, day] + rate * inside / DAY_US)

    def first_after(self, begin: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw when it first happens to each lead, by inverting the integral.

        Args:
            begin: int64 [leads], microseconds since 1970.
            rng: Source of all chance.

        Returns:
            int64 [leads], later than `begin`, `NEVER` where it does not happen in these days.
        """
        leads = np.arange(len(begin))
        needed = self.integral(leads, begin) + rng.exponential(size=len(begin))
        day = (self._before[:, 1:] <= needed[:, None]).sum(axis=1)
        comes = day < self.per_day.shape[1]
        lead, day = leads[comes], day[comes]
        inside = (needed[comes] - self._before[lead, day]) / self.per_day[lead, day]
        moments = np.full(len(begin), NEVER)
        moments[comes] = self.start + day * DAY_US + np.ceil(inside * DAY_US).astype(np.int64)
        return moments

    def all_between(
        self, begin: NDArray[np.int64], end: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw every time it happens in ``[begin, end)`` of each lead.

        Returns:
            Positions and moments, int64 [events] each, sorted by lead and moment.
        """
        lead, day = np.nonzero(counts := rng.poisson(self.per_day))
        times = counts[lead, day]
        lead, day = np.repeat(lead, times), np.repeat(day, times)
        moment = self.start + ((day + rng.random(len(day))) * DAY_US).astype(np.int64)
        kept = (begin[lead] <= moment) & (moment < end[lead])
        lead, moment = lead[kept], moment[kept]
        order = np.lexsort((moment, lead))
        return lead[order], moment[order]
