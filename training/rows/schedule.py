"""Cut-offs: past moments at which the whole procedure is tried as if each were that day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.rows.grid import LabelledRows, Observation

FLAT_HORIZON = 1
"""Of data without dates, in ranks: an outcome is known before the next lead comes."""

MEMORY = 9
"""How many windows before a cut-off tell how the model that ships is to be calibrated."""

_FLAT_STEPS = 10


@dataclass(frozen=True, slots=True)
class Schedule:
    """The calendar of a training; moments are microseconds since 1970, or ranks of flat data.

    An *anchor* is a moment at which something is learned from the rows mature by then, to be held
    against the rows of its window ``[anchor, anchor + step)``. Anchors lie a step apart, and the
    newest ones are the cut-offs of the backtest.

    Attributes:
        end: When all known outcomes are known; what is learned then ships.
        newest: The newest cut-off whose outcomes are all known.
        step: Distance of anchors.
        horizon: Of the labels.
        cutoffs: Of the backtest, newest first.
        anchors: All that any cut-off looks at, newest first.
    """

    end: int
    newest: int
    step: int
    horizon: int
    cutoffs: tuple[int, ...]
    anchors: tuple[int, ...]

    def mature(self, rows: LabelledRows, by: int) -> NDArray[np.bool_]:
        """Return which rows' outcomes are known by a moment, bool [rows]."""
        return rows.as_of <= by - self.horizon

    def window(self, rows: LabelledRows, anchor: int) -> NDArray[np.bool_]:
        """Return which rows stand between an anchor and the next, bool [rows]."""
        return (rows.as_of >= anchor) & (rows.as_of < anchor + self.step)


def dated_schedule(
    rows: LabelledRows, observation: Observation, horizon: int, step: int, cutoffs: int
) -> Schedule:
    """Lay cut-offs from the newest moment whose outcomes are known backwards.

    The step is shortened where the history is short, so that every cut-off has something to learn
    from and something to be chosen by.
    """
    newest = min(observation.outcomes_until - horizon, observation.complete_until)
    learnable = newest - horizon - int(rows.as_of.min())
    if learnable > cutoffs + 2:
        step = min(step, learnable // (cutoffs + 2))
    end = observation.outcomes_until
    return _schedule(end, newest, step, horizon, cutoffs, int(rows.as_of.min()))


def flat_schedule(rows: LabelledRows, cutoffs: int) -> Schedule:
    """Lay cut-offs by tenths of the order, or as many parts as there must be."""
    end = int(rows.as_of.max()) + 1
    step = max(1, end // max(_FLAT_STEPS, cutoffs + 2))
    return _schedule(end, end - step, step, FLAT_HORIZON, cutoffs, 0)


def _schedule(
    end: int, newest: int, step: int, horizon: int, cutoffs: int, first_row: int
) -> Schedule:
    # The windows of the oldest cut-off begin a horizon before it.
    looked_at = cutoffs + MEMORY + -(-horizon // step)
    anchors = [newest - k * step for k in range(looked_at) if newest - k * step > first_row]
    return Schedule(
        end, newest, step, horizon, tuple(newest - k * step for k in range(cutoffs)), tuple(anchors)
    )
