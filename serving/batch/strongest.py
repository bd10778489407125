"""The strongest reasons of many rows, chosen as those of one answer are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from serving.scoring.answer import Listing


class Listed(NamedTuple):
    """Reasons that are listed, row by row, the strongest of each first.

    Attributes:
        row: int64 [reasons], ascending.
        position: int64 [reasons], which reason of its row.
        contribution: float64 [reasons].
        told: bool [rows, reasons of a row], which are listed.
    """

    row: NDArray[np.int64]
    position: NDArray[np.int64]
    contribution: NDArray[np.float64]
    told: NDArray[np.bool_]

    @property
    def offsets(self) -> NDArray[np.int32]:
        """Where the reasons of each row begin and end, int32 [rows + 1]."""
        counts = np.bincount(self.row, minlength=len(self.told))
        return np.concatenate(([0], counts.cumsum())).astype(np.int32)


def list_strongest(totals: NDArray[np.float64], listing: Listing) -> Listed:
    """Choose reasons by float64 [rows, reasons], finite contributions; never one of zero."""
    order = np.argsort(-np.abs(totals), axis=1, kind="stable")
    ordered = np.take_along_axis(totals, order, axis=1)
    up, down = ordered > 0, ordered < 0
    chosen = up & (up.cumsum(axis=1) <= listing.up)
    chosen |= down & (down.cumsum(axis=1) <= listing.down)
    row, place = np.nonzero(chosen)
    position = order[row, place]
    told = np.zeros(totals.shape, dtype=np.bool_)
    told[row, position] = True
    return Listed(row, position, totals[row, position], told)
