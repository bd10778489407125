"""Lots: every lead draws one, blindly, so that leads below a lot are a sample of them all.

They are spread evenly rather than by chance: below 38 % of the lots, no two leads are drawn whose
codes follow each other, so that of an account with many leads some are always there, and of one
with two at most one.
"""

import numpy as np
from numpy.typing import NDArray

LOTS = 2**20
"""How many lots there are, numbered from 0; each is drawn by about as many leads."""

# The golden section of `LOTS`: leads that stand next to each other draw lots that lie far apart.
_STEP = 648_055

LOT_SQL = f"CAST(lead AS BIGINT) * {_STEP} % {LOTS}"
"""The lot of a column `lead`, in SQL that all engines read."""


def lots_of(leads: int) -> NDArray[np.int64]:
    """Return the lot of each lead by its code, int64 [leads]."""
    return np.arange(leads) * _STEP % LOTS
