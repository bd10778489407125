"""Rows to learn from: moments at which a score may be asked, chosen without the outcome."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.contract.duration import parse_duration
from training.project.members import Inside, everybody
from training.project.project import RowGrid
from training.project.timeline import NEVER, Timeline

YOUNG = tuple(parse_duration(age) for age in ("5h", "1d", "3d"))
"""A lead has one row more within each of these ages: fresh leads are asked about first."""

REGULAR, YOUNG_AGE, AFTER_EVENT = 0, 1, 2

Moments = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Lead codes and moments, both int64 [rows]."""


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Rows of (lead, as_of) with what became of them, sorted by lead and moment.

    Attributes:
        lead: int64 [rows], lead codes.
        as_of: int64 [rows], microseconds since 1970; for flat data the rank in its order.
        label: float64 [rows], 1 where the target is reached inside the horizon.
        group: int64 [rows]; rows of one group are not independent.
        kind: int8 [rows], `REGULAR`, `YOUNG_AGE` or `AFTER_EVENT`: why a row stands there.
        immature: Rows left out because their outcome is not known yet.
        over: Leads without rows, since they were at the target or closed when they started.
    """

    lead: NDArray[np.int64]
    as_of: NDArray[np.int64]
    label: NDArray[np.float64]
    group: NDArray[np.int64]
    kind: NDArray[np.int8]
    immature: int
    over: int = 0

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.lead)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "LabelledRows":
        """Return some of the rows."""
        return replace(
            self,
            lead=self.lead[rows],
            as_of=self.as_of[rows],
            label=self.label[rows],
            group=self.group[rows],
            kind=self.kind[rows],
        )

    @property
    def leads(self) -> int:
        """Number of different leads."""
        return len(np.unique(self.lead))

    @property
    def converted(self) -> int:
        """Number of leads with the target reached inside the horizon of any row."""
        return len(np.unique(self.lead[self.label > 0]))


@dataclass(frozen=True, slots=True)
class Observation:
    """Up to when the sources tell what rows need; microseconds since 1970.

    Attributes:
        complete_until: No row stands later: what leads do is not known then.
        outcomes_until: Outcomes are known up to here.
    """

    complete_until: int
    outcomes_until: int


def grid_rows(
    timeline: Timeline,
    lead_id: NDArray[np.object_],
    group: NDArray[np.int64],
    events: Moments,
    grid: RowGrid,
    observation: Observation,
    inside: Inside = everybody,
) -> LabelledRows:
    """Lay the rows of every lead while it is open.

    A lead has a row every `grid.every`, at a phase drawn from its key; one more within each age of
    `YOUNG`; and one right after an event in each stretch of its life in which it did anything. All
    lie between its start and `grid.max_age` later, before it reached the target or was closed, and
    not before `grid.observed_from`. A label looks at ``(as_of, as_of + horizon]``, which must have
    passed by `observation.outcomes_until`.

    Args:
        timeline: Of every lead.
        lead_id: Object array [leads] of str, which decide the phases.
        group: int64 [leads].
        events: When each event of a lead counts first.
        grid: The declaration.
        observation: Up to when the sources tell.
        inside: Which rows the project is about.
    """
    # Starts that never came would overflow; they lie after everything that is known.
    start = np.minimum(timeline.start, NEVER // 2)
    drawn = [
        (REGULAR, _regular(start, lead_id, grid, observation.complete_until)),
        *((YOUNG_AGE, _within(start, lead_id, age)) for age in YOUNG if age < grid.every),
        (AFTER_EVENT, _after_events(start, events, grid.every)),
    ]
    lead = np.concatenate([lead for _, (lead, _) in drawn])
    as_of = np.concatenate([as_of for _, (_, as_of) in drawn])
    kind = np.concatenate([np.full(len(of), why, dtype=np.int8) for why, (of, _) in drawn])
    kept = _observable(timeline, lead, as_of, grid, observation)
    kept[kept] = inside(lead[kept], as_of[kept])
    mature = as_of <= observation.outcomes_until - grid.horizon
    immature = int((kept & ~mature).sum())
    order = np.flatnonzero(kept & mature)
    order = order[np.lexsort((as_of[order], lead[order]))]
    lead, as_of = lead[order], as_of[order]
    # NEVER is the largest int64, so the label asks by difference only where the target was reached.
    label = (timeline.target[lead] <= as_of + grid.horizon).astype(np.float64)
    ended = np.minimum(timeline.target, timeline.closed)
    begun = timeline.start <= observation.complete_until
    over = np.flatnonzero((ended <= timeline.start) & begun)
    over = over[inside(over, timeline.start[over])]
    return LabelledRows(lead, as_of, label, group[lead], kind[order], immature, len(over))


def open_rows(
    timeline: Timeline,
    group: NDArray[np.int64],
    as_of: int,
    horizon: int,
    inside: Inside = everybody,
) -> LabelledRows:
    """Return one row for each lead that is open at a moment whose horizon has passed."""
    end = np.minimum(timeline.target, timeline.closed)
    lead = np.flatnonzero((timeline.start <= as_of) & (end > as_of))
    lead = lead[inside(lead, np.full(len(lead), as_of))]
    label = (timeline.target[lead] <= as_of + horizon).astype(np.float64)
    kind = np.full(len(lead), REGULAR, dtype=np.int8)
    return LabelledRows(lead, np.full(len(lead), as_of), label, group[lead], kind, immature=0)


def _observable(
    timeline: Timeline,
    lead: NDArray[np.int64],
    as_of: NDArray[np.int64],
    grid: RowGrid,
    observation: Observation,
) -> NDArray[np.bool_]:
    """Return which moments lie in the life of their lead and in what the sources tell."""
    end = np.minimum(timeline.target, timeline.closed)[lead]
    age = as_of - timeline.start[lead]
    kept = (age >= 0) & (age <= grid.max_age) & (as_of < end)
    kept &= as_of <= observation.complete_until
    if grid.observed_from is not None:
        kept &= as_of >= grid.observed_from
    return kept


def _phase(lead_id: NDArray[np.object_], purpose: int) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each key, the same for ever, independent between purposes."""
    hashed = pd.util.hash_array(lead_id, hash_key=f"leadscore grid {purpose}", categorize=False)
    # The upper 53 bits are all that a float holds.
    return (hashed >> np.uint64(11)) / float(2**53)


def _regular(
    start: NDArray[np.int64], lead_id: NDArray[np.object_], grid: RowGrid, until: int
) -> Moments:
    """Return the moments every `grid.every` of each lead up to `until`, from its phase on."""
    first = start + (_phase(lead_id, 0) * grid.every).astype(np.int64)
    last = np.minimum(start + grid.max_age, until)
    rows = np.maximum((last - first) // grid.every + 1, 0)
    lead = np.repeat(np.arange(len(rows)), rows)
    position = np.arange(len(lead)) - np.repeat(np.cumsum(rows) - rows, rows)
    return lead, first[lead] + position * grid.every


def _within(start: NDArray[np.int64], lead_id: NDArray[np.object_], age: int) -> Moments:
    """Return one moment of each lead within an age."""
    phase = _phase(lead_id, 1 + YOUNG.index(age))
    return np.arange(len(phase)), start + (phase * age).astype(np.int64)


def _after_events(start: NDArray[np.int64], events: Moments, every: int) -> Moments:
    """Return one moment right after an event in each stretch of life that holds any.

    Stretches end at the ages of `YOUNG` and at every multiple of `every`.
    """
    lead, counts_from = events
    age = counts_from - start[lead]
    young = [age_end for age_end in YOUNG if age_end < every]
    stretch = age // every * (len(young) + 1) + np.searchsorted(young, age, side="right")
    # Which of the events of a stretch is a matter of its moment alone, and of nothing later.
    lot = pd.util.hash_array(counts_from, categorize=False)
    order = np.lexsort((lot, stretch, lead))
    lead, stretch = lead[order], stretch[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (lead[1:] != lead[:-1]) | (stretch[1:] != stretch[:-1])
    return lead[first], counts_from[order][first]
