"""The true probability that an open lead converts, which no model can know better."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.worlds.daily import DailyRates
from features.contract.duration import DAY_US
from features.contract.lead import micros

END = micros(datetime(2026, 6, 30, tzinfo=UTC), "end")
"""When every history ends."""

DAYS = 730
START = END - DAYS * DAY_US

HORIZON_DAYS = 30
HORIZON = HORIZON_DAYS * DAY_US

KNOWN_DAYS = np.arange(DAYS + HORIZON_DAYS)
"""Days whose rates a world knows, counted from the start."""


class Truth(Protocol):
    """Knows the probability of every lead of a world at any moment."""

    def probability(
        self, lead_id: Sequence[str], as_of: NDArray[np.int64], horizon: int
    ) -> NDArray[np.float64]:
        """Return P(converts in ``(as_of, as_of + horizon]``, given open at `as_of`), [rows]."""


class HazardTruth:
    """The truth where one hazard ends leads and nothing else does: 1 - exp(-integral)."""

    def __init__(self, lead_id: Sequence[str], hazard: DailyRates) -> None:
        """Take the hazard of each lead, in the order of `lead_id`."""
        self._hazard = hazard
        self._position = {lead: position for position, lead in enumerate(lead_id)}

    def probability(
        self, lead_id: Sequence[str], as_of: NDArray[np.int64], horizon: int
    ) -> NDArray[np.float64]:
        """Return P(converts in ``(as_of, as_of + horizon]``, given open at `as_of`), [rows]."""
        return -np.expm1(-self.between(lead_id, as_of, as_of + horizon))

    def between(
        self, lead_id: Sequence[str], begin: NDArray[np.int64], end: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the integrated hazard between two moments, float64 [rows]."""
        lead = np.array([self._position[each] for each in lead_id], dtype=np.int64)
        return self._hazard.integral(lead, end) - self._hazard.integral(lead, begin)
