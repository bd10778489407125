"""The strongest reasons of rows, and what those not listed add up to."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.kernel.by_size import put_by_size
from features.kernel.compiled import compiled


@dataclass(frozen=True, slots=True)
class Listing:
    """How many reasons are listed at most.

    Attributes:
        up: That raise the probability.
        down: That lower it.
    """

    up: int = 5
    down: int = 5


class Listed(NamedTuple):
    """Reasons that are listed, row by row, the strongest of each first.

    Attributes:
        row: int64 [reasons], ascending.
        position: int64 [reasons], which reason of its row.
        contribution: float64 [reasons].
        fit: float64 [rows], what all reasons about the profile add.
        behaviour: float64 [rows], what all others add.
        other: float64 [rows], what the reasons not listed add.
    """

    row: NDArray[np.int64]
    position: NDArray[np.int64]
    contribution: NDArray[np.float64]
    fit: NDArray[np.float64]
    behaviour: NDArray[np.float64]
    other: NDArray[np.float64]

    @property
    def offsets(self) -> NDArray[np.int32]:
        """Where the reasons of each row begin and end, int32 [rows + 1]."""
        counts = np.bincount(self.row, minlength=len(self.other))
        return np.concatenate(([0], counts.cumsum())).astype(np.int32)


def list_strongest(
    totals: NDArray[np.float64], of_fit: NDArray[np.bool_], listing: Listing
) -> Listed:
    """Choose reasons; never one of zero.

    Args:
        totals: float64 [rows, reasons], finite contributions.
        of_fit: bool [reasons], whether a reason is about the profile.
        listing: How many.
    """
    rows, most = len(totals), min(listing.up + listing.down, totals.shape[1])
    row, position = np.empty((2, rows * most), dtype=np.int64)
    sums = np.zeros((3, rows))
    found = _list(totals, of_fit, listing.up, listing.down, row, position, sums)
    row, position = row[:found], position[:found]
    return Listed(row, position, totals[row, position], *sums)


@compiled(nogil=True)
def _list(
    totals: NDArray[np.float64],
    of_fit: NDArray[np.bool_],
    up: int,
    down: int,
    row: NDArray[np.int64],
    position: NDArray[np.int64],
    sums: NDArray[np.float64],
) -> int:
    """Write the rows and positions of those listed, and the sums; return how many are listed."""
    rows, reasons = totals.shape
    order = np.empty(reasons, dtype=np.int64)
    listed = np.empty(reasons, dtype=np.bool_)
    found = 0
    for r in range(rows):
        for reason in range(reasons):
            put_by_size(order, reason, reason, totals[r])
        raising, lowering = 0, 0
        listed[:] = False
        for place in range(reasons):
            reason = order[place]
            total = totals[r, reason]
            if total > 0.0 and raising < up:
                raising += 1
            elif total < 0.0 and lowering < down:
                lowering += 1
            else:
                continue
            row[found], position[found], listed[reason] = r, reason, True
            found += 1
        for reason in range(reasons):
            sums[0 if of_fit[reason] else 1, r] += totals[r, reason]
            if not listed[reason]:
                sums[2, r] += totals[r, reason]
    return found
