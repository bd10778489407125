"""Forward in time: fit, calibrate and test are consecutive, with a gap of one horizon between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.mistake import MistakeError
from training.grid import LabelledRows

FIT, CALIBRATE, TEST, LEFT_OUT = 0, 1, 2, -1

_SHARES = (0.5, 0.2, 0.3)
"""Chance of each slice to keep a group that has rows in several of them."""


class SplitError(MistakeError):
    """The rows cannot be split; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Split:
    """Which slice each row belongs to.

    Attributes:
        part: int64 [rows], `FIT`, `CALIBRATE`, `TEST` or `LEFT_OUT`.
        in_gap: Rows left out because their horizon reaches into the next slice.
        straddling: Rows left out because another slice keeps their group.
    """

    part: NDArray[np.int64]
    in_gap: int
    straddling: int

    def mask(self, *parts: int) -> NDArray[np.bool_]:
        """Return which rows belong to any of the slices."""
        return np.isin(self.part, parts)


def split_rows(rows: LabelledRows, horizon: int, seed: int) -> Split:
    """Split by time: the newest fifth tests, the newest quarter of what can precede it calibrates.

    Args:
        rows: With `as_of` as time, or as rank for flat data.
        horizon: Of the labels; 0 for flat data.
        seed: Decides which slice keeps a group that has rows in several.

    Raises:
        SplitError: A slice has no rows, or only one outcome.
    """
    part = np.full(len(rows), FIT)
    _cut(part, rows.as_of, horizon, TEST, 0.8)
    _cut(part, rows.as_of, horizon, CALIBRATE, 0.75)
    in_gap = int((part == LEFT_OUT).sum())
    part = _one_slice_per_group(part, rows.group, seed)
    split = Split(part, in_gap, int((part == LEFT_OUT).sum()) - in_gap)
    _check(split, rows)
    return split


def _cut(
    part: NDArray[np.int64], as_of: NDArray[np.int64], horizon: int, slice_: int, quantile: float
) -> None:
    """Give the newest of the rows still to fit to a slice, and leave out a horizon before it."""
    remaining = part == FIT
    if not remaining.any():
        return
    start = np.quantile(as_of[remaining], quantile, method="higher")
    part[remaining & (as_of >= start)] = slice_
    part[remaining & (as_of < start) & (as_of + horizon >= start)] = LEFT_OUT


def _one_slice_per_group(
    part: NDArray[np.int64], group: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """Leave out a group's rows in all slices but one, drawn among those where it has rows."""
    groups, position = np.unique(group, return_inverse=True)
    present = np.zeros((len(groups), 3))
    kept = part != LEFT_OUT
    present[position[kept], part[kept]] = 1.0
    # Gumbel's trick: the largest of log-share plus noise is a draw by the shares.
    noise = np.random.default_rng(seed).gumbel(size=present.shape)
    chance = np.where(present > 0, np.log(_SHARES) + noise, -np.inf)
    return np.where(kept & (chance.argmax(axis=1)[position] != part), LEFT_OUT, part)


def _check(split: Split, rows: LabelledRows) -> None:
    for part, name in ((FIT, "fit"), (CALIBRATE, "calibrate"), (TEST, "test")):
        labels = rows.label[split.part == part]
        if len(labels) == 0:
            raise SplitError(
                f"no row is left to {name}: the history is too short for this horizon; "
                "choose a shorter horizon or bring more history"
            )
        if labels.min() == labels.max():
            outcome = "always" if labels[0] else "never"
            raise SplitError(
                f"in the slice to {name}, the target {outcome} happens inside the horizon; "
                "check the target stage, choose another horizon, or serve with the rules"
            )
