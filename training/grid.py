"""Rows to learn from: a grid of moments per lead, chosen without regard to the outcome."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.project import RowGrid
from training.timeline import Timeline


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Rows of (lead, as_of) with what became of them, sorted by lead and moment.

    Attributes:
        lead: int64 [rows], lead codes.
        as_of: int64 [rows], microseconds since 1970; for flat data the rank in its order.
        label: float64 [rows], 1 where the target is reached inside the horizon.
        group: int64 [rows]; rows of one group are not independent.
        immature: Rows left out because their outcome is not known yet.
        over: Leads without rows, since they were at the target or closed when they started.
    """

    lead: NDArray[np.int64]
    as_of: NDArray[np.int64]
    label: NDArray[np.float64]
    group: NDArray[np.int64]
    immature: int
    over: int = 0

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.lead)

    def take(self, rows: NDArray[np.bool_]) -> "LabelledRows":
        """Return some of the rows."""
        return replace(
            self,
            lead=self.lead[rows],
            as_of=self.as_of[rows],
            label=self.label[rows],
            group=self.group[rows],
        )

    @property
    def lead_weight(self) -> NDArray[np.float64]:
        """Weight of each row, float64 [rows], so that every lead weighs 1 in total."""
        _, position, rows = np.unique(self.lead, return_inverse=True, return_counts=True)
        return 1.0 / rows[position]


def grid_rows(
    timeline: Timeline, group: NDArray[np.int64], grid: RowGrid, observed_until: int
) -> LabelledRows:
    """Lay the grid over every lead while it is open.

    A row stands at ``start + k * every`` up to ``start + max_age``, before the lead reached the
    target or was closed, and not before `grid.observed_from`. Its label looks at
    ``(as_of, as_of + horizon]``, which must have passed by `observed_until`.
    """
    lead, as_of = open_moments(timeline, grid, observed_until)
    if grid.observed_from is not None:
        seen = as_of >= grid.observed_from
        lead, as_of = lead[seen], as_of[seen]
    mature = as_of <= observed_until - grid.horizon
    immature = int((~mature).sum())
    lead, as_of = lead[mature], as_of[mature]
    # NEVER is the largest int64, so the label asks by difference only where the target was reached.
    label = (timeline.target[lead] <= as_of + grid.horizon).astype(np.float64)
    ended = np.minimum(timeline.target, timeline.closed)
    over = int(((ended <= timeline.start) & (timeline.start <= observed_until)).sum())
    return LabelledRows(lead, as_of, label, group[lead], immature, over)


def open_moments(
    timeline: Timeline, grid: RowGrid, until: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return lead codes and moments of the grid up to `until`, sorted by lead and moment."""
    end = np.minimum(np.minimum(timeline.target, timeline.closed), until + 1)
    started = timeline.start < end
    # Starts that never came would overflow; those leads have no rows anyway.
    start = np.where(started, timeline.start, 0)
    last = np.minimum(start + grid.max_age, end - 1)
    rows = np.where(started, (last - start) // grid.every + 1, 0)
    lead = np.repeat(np.arange(len(rows)), rows)
    position = np.arange(len(lead)) - np.repeat(np.cumsum(rows) - rows, rows)
    return lead, start[lead] + position * grid.every
