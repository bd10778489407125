"""The one kernel: every behaviour feature of every row, online and in batches, is computed here.

Events lie in parallel arrays, sorted by (entity, occurred, recorded, type, value); that order is
canonical, so that sums of floats come out the same bit for bit on every way in. A row is an
entity's slice of those arrays and a moment `as_of`.

For each row the events are walked once, newest first, and gathered by type; a feature is what has
been gathered when the walk leaves its window. So a further window costs next to nothing.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from features.contract.duration import DAY_US
from features.declaration.operators import OPERATORS
from features.kernel.compiled import compiled
from features.kernel.plan import EVERY_TYPE, NO_ITEM, EventArrays, Plan, Rows

_DAY = float(DAY_US)
_BLOCK = 256

_COUNT, _SUM, _MEAN, _MAX, _DISTINCT, _ACTIVE, _LAST, _FIRST, _DECAYED, _TREND = (
    OPERATORS[name].code
    for name in (
        "count",
        "sum",
        "mean",
        "max",
        "distinct_items",
        "active_days",
        "days_since_last",
        "days_since_first",
        "decayed_count",
        "trend",
    )
)

# What is gathered: events, events with a value, sum and maximum of values, active days, the day
# last seen active, and the ages of the newest and the oldest event.
_PLACES = 8
_EVENTS, _VALUES, _TOTAL, _LARGEST, _DAYS, _DAY_SEEN, _NEWEST, _OLDEST = range(_PLACES)

# What an operator reads of it, and in which unit.
_GATHERED = np.zeros(len(OPERATORS), dtype=np.int64)
_GATHERED[[_COUNT, _SUM, _MAX, _ACTIVE, _LAST, _FIRST]] = (
    _EVENTS, _TOTAL, _LARGEST, _DAYS, _NEWEST, _OLDEST,
)  # fmt: skip
_UNIT = np.ones(len(OPERATORS))
_UNIT[[_LAST, _FIRST]] = _DAY


@compiled()
def _first_not_before(occurred: NDArray[np.int64], start: int, stop: int, as_of: int) -> int:
    low, high = start, stop
    while low < high:
        middle = (low + high) // 2
        if occurred[middle] < as_of:
            low = middle + 1
        else:
            high = middle
    return low


@compiled()
def _distinct(events: EventArrays, slot: int, start: int, end: int, as_of: int) -> float:
    items = np.empty(end - start, dtype=np.int64)
    found = 0
    for e in range(start, end):
        meant = slot in (EVERY_TYPE, events.type_code[e] + 1)
        if meant and events.recorded[e] <= as_of and events.item[e] != NO_ITEM:
            items[found] = events.item[e]
            found += 1
    items = items[:found]
    items.sort()
    different = 0
    for i in range(found):
        if i == 0 or items[i] != items[i - 1]:
            different += 1
    return float(different)


# The helpers of the walk are inlined by numba, and index arrays instead of taking slices: passing
# arrays on counts references, which for millions of events takes as long as the work itself.


@compiled(inline="always")
def _gather(gathered: NDArray[np.float64], slot: int, age: int, day: float, value: float) -> None:
    if gathered[slot, _EVENTS] == 0.0:
        gathered[slot, _NEWEST] = age
    gathered[slot, _EVENTS] += 1.0
    gathered[slot, _OLDEST] = age
    if gathered[slot, _DAY_SEEN] != day:
        gathered[slot, _DAYS] += 1.0
        gathered[slot, _DAY_SEEN] = day
    if not np.isnan(value):
        first = gathered[slot, _VALUES] == 0.0
        gathered[slot, _LARGEST] = value if first else max(gathered[slot, _LARGEST], value)
        gathered[slot, _VALUES] += 1.0
        gathered[slot, _TOTAL] += value


@compiled(inline="always")
def _value(op: int, empty: float, gathered: NDArray[np.float64], slot: int, so_far: float) -> float:
    """Return a feature from what its slot has gathered; `so_far` is what `out` holds of it."""
    events = gathered[slot, _EVENTS]
    values = gathered[slot, _VALUES]
    if op == _TREND:
        found = np.log((1.0 + so_far) / (1.0 + events - so_far))
    elif (values if op in (_SUM, _MEAN, _MAX) else events) == 0.0:
        found = empty
    elif op == _MEAN:
        found = gathered[slot, _TOTAL] / values
    elif op == _DECAYED:
        found = so_far
    else:
        found = gathered[slot, _GATHERED[op]] / _UNIT[op]
    return float(found)


@compiled(inline="always")
def _stop(plan: Plan, stop: int, gathered: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    f = plan.stop_feature[stop]
    column = plan.column[f]
    slot = plan.slot[f]
    if plan.stop_halfway[stop]:
        out[column] = gathered[slot, _EVENTS]
    else:
        out[column] = _value(plan.operator[f], plan.empty[f], gathered, slot, out[column])


@compiled()
def _walk(
    plan: Plan,
    events: EventArrays,
    row: tuple[int, int, int],
    gathered: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    start, end, as_of = row
    gathered[:] = 0.0
    gathered[:, _DAY_SEEN] = -1.0
    for f in plan.decayed:
        out[plan.column[f]] = 0.0
    next_stop = 0
    for e in range(end - 1, start - 1, -1):
        if events.recorded[e] > as_of:
            continue
        age = as_of - events.occurred[e]
        while next_stop < len(plan.stop_age) and plan.stop_age[next_stop] < age:
            _stop(plan, next_stop, gathered, out)
            next_stop += 1
        if next_stop == len(plan.stop_age):
            return
        day = float(events.occurred[e] // DAY_US)
        slot = events.type_code[e] + 1
        _gather(gathered, EVERY_TYPE, age, day, events.value[e])
        if slot != EVERY_TYPE:
            _gather(gathered, slot, age, day, events.value[e])
        for f in plan.decayed:
            if plan.slot[f] in (EVERY_TYPE, slot):
                out[plan.column[f]] += 2.0 ** (-age / plan.half_life[f])
    for remaining in range(next_stop, len(plan.stop_age)):
        _stop(plan, remaining, gathered, out)


@compiled()
def _compute_row(
    plan: Plan,
    events: EventArrays,
    row: tuple[int, int, int],
    gathered: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    start, stop, as_of = row
    end = _first_not_before(events.occurred, start, stop, as_of)
    _walk(plan, events, (start, end, as_of), gathered, out)
    for f in plan.distinct:
        first = _first_not_before(events.occurred, start, end, as_of - plan.window[f])
        out[plan.column[f]] = _distinct(events, plan.slot[f], first, end, as_of)


@compiled()
def compute(plan: Plan, events: EventArrays, rows: Rows, out: NDArray[np.float64]) -> None:
    """Write the features of a plan into their columns of `out`.

    Args:
        plan: A `Plan`.
        events: `EventArrays` in canonical order.
        rows: `Rows`, which may share events.
        out: float64 [rows, features of the whole set], written in place.
    """
    gathered = np.empty((plan.slots[0], _PLACES))
    for r in range(len(rows.as_of)):
        row = (rows.start[r], rows.stop[r], rows.as_of[r])
        _compute_row(plan, events, row, gathered, out[r])


@compiled(parallel=True)
def compute_parallel(plan: Plan, events: EventArrays, rows: Rows, out: NDArray[np.float64]) -> None:
    """Do what `compute` does on all cores; only one such call may run in a process at a time."""
    blocks = (len(rows.as_of) + _BLOCK - 1) // _BLOCK
    for block in numba.prange(blocks):
        gathered = np.empty((plan.slots[0], _PLACES))
        for r in range(block * _BLOCK, min((block + 1) * _BLOCK, len(rows.as_of))):
            row = (rows.start[r], rows.stop[r], rows.as_of[r])
            _compute_row(plan, events, row, gathered, out[r])
