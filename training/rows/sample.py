"""Rows of some of the leads, where all of them would be more than one machine can learn from."""

from collections.abc import Callable

from features.history.lots import LOTS
from training.rows.grid import LabelledRows

MOST_ROWS = 2_000_000
"""About how many rows of the grid there are at most; a hundred features of them take 1.6 GB.

The leads that were open at each cut-off come on top, those of the sample, one row each.
"""

_FIRST_LEADS = 20_000


def lay_most(lay: Callable[[int], LabelledRows], leads: int) -> tuple[LabelledRows, int]:
    """Lay the rows of as many leads as `MOST_ROWS` allow, and return below which lot they are.

    Whether a lead is among them depends on nothing that it did, so that nothing that is learned of
    them need be corrected.

    Args:
        lay: Lays the rows of all leads below a lot.
        leads: How many there are, at least one.
    """
    lot = LOTS * min(_FIRST_LEADS, leads) // leads
    rows = lay(lot)
    fitting = min(LOTS, lot * MOST_ROWS // max(len(rows), 1))
    if fitting >= LOTS == lot:
        return rows, LOTS
    return lay(fitting), fitting


def sample_note(lot: int) -> tuple[str, ...]:
    """Return a sentence on how many leads were learned from, if not all."""
    if lot == LOTS:
        return ()
    return (
        f"Learned from, and tried on, {100 * lot / LOTS:.3g}% of the leads, drawn without regard "
        f"to anything: about {MOST_ROWS:,} rows are what one machine learns from.",
    )
