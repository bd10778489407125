"""The one kernel: every behaviour feature of every row, online and in batches, is computed here.

Events lie in parallel arrays, sorted by (entity, occurred, recorded, type, value); that order is
canonical, so that sums of floats come out the same bit for bit on every way in. A row is an
entity's slice of those arrays and a moment `as_of`. Each event is looked at once per row, newest
first, and added to the accumulators of the features of its type.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from features.declaration import FeatureSet, Level
from features.duration import DAY_US
from features.operators import OPERATORS

UNKNOWN_TYPE = -1
"""Code of an event type no feature names; it counts among all events only."""

ANY_TYPE = -2
"""What a feature over all events asks for."""

NO_ITEM = -1
"""Item code of an event without an item."""

_WHOLE_HISTORY = int(np.iinfo(np.int64).max)
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


class EventArrays(NamedTuple):
    """Events of many entities, in canonical order.

    Attributes:
        type_code: int32 [events], position in `FeatureSet.event_types` or `UNKNOWN_TYPE`.
        occurred: int64 [events], microseconds since 1970.
        recorded: int64 [events], microseconds since 1970.
        value: float64 [events], NaN where there is none.
        item: int64 [events], equal for equal items, `NO_ITEM` where there is none.
    """

    type_code: NDArray[np.int32]
    occurred: NDArray[np.int64]
    recorded: NDArray[np.int64]
    value: NDArray[np.float64]
    item: NDArray[np.int64]


def take_events(events: EventArrays, order: NDArray[np.int64]) -> EventArrays:
    """Return the given events, in the given order."""
    return EventArrays(
        type_code=events.type_code[order],
        occurred=events.occurred[order],
        recorded=events.recorded[order],
        value=events.value[order],
        item=events.item[order],
    )


class Rows(NamedTuple):
    """The moments to compute features for.

    Attributes:
        start: int64 [rows], first event of each row's entity.
        stop: int64 [rows], one past the last event of each row's entity.
        as_of: int64 [rows], microseconds since 1970.
    """

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    as_of: NDArray[np.int64]


class Plan(NamedTuple):
    """The behaviour features of one level, laid out for the kernel.

    Attributes:
        column: int64 [features], their columns in the feature set.
        operator: int64 [features], operator codes.
        wanted: int64 [features], event type codes or `ANY_TYPE`.
        window: int64 [features], microseconds.
        half_life: float64 [features], microseconds.
        reach: int64 [features], how far back a feature looks, microseconds.
        empty: float64 [features], value where no event counts.
        by_type: int64 [..], features by event type, farthest reach first.
        type_start: int64 [types + 2], slices of `by_type`; slice 0 is for unknown types.
    """

    column: NDArray[np.int64]
    operator: NDArray[np.int64]
    wanted: NDArray[np.int64]
    window: NDArray[np.int64]
    half_life: NDArray[np.float64]
    reach: NDArray[np.int64]
    empty: NDArray[np.float64]
    by_type: NDArray[np.int64]
    type_start: NDArray[np.int64]


def lay_out(feature_set: FeatureSet, level: Level) -> Plan:
    """Lay out the behaviour features of one level of a feature set."""
    declared = feature_set.behaviours(level)
    features = [feature for _, feature in declared]
    codes = {event_type: code for code, event_type in enumerate(feature_set.event_types)}
    reach = [(f.window or _WHOLE_HISTORY) * (2 if f.operator == "trend" else 1) for f in features]
    by_type: list[int] = []
    type_start = [0]
    for event_type in (None, *feature_set.event_types):
        touched = [i for i, f in enumerate(features) if f.event_type in (None, event_type)]
        by_type.extend(sorted(touched, key=lambda i: -reach[i]))
        type_start.append(len(by_type))
    return Plan(
        column=np.array([column for column, _ in declared], dtype=np.int64),
        operator=np.array([OPERATORS[f.operator].code for f in features], dtype=np.int64),
        wanted=np.array(
            [codes[f.event_type] if f.event_type else ANY_TYPE for f in features], dtype=np.int64
        ),
        window=np.array([f.window or _WHOLE_HISTORY for f in features], dtype=np.int64),
        half_life=np.array([f.half_life or 1 for f in features], dtype=np.float64),
        reach=np.array(reach, dtype=np.int64),
        empty=np.array([OPERATORS[f.operator].empty for f in features], dtype=np.float64),
        by_type=np.array(by_type, dtype=np.int64),
        type_start=np.array(type_start, dtype=np.int64),
    )


@numba.njit(cache=True)
def _first_not_before(occurred: NDArray[np.int64], start: int, stop: int, as_of: int) -> int:
    low, high = start, stop
    while low < high:
        middle = (low + high) // 2
        if occurred[middle] < as_of:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True)
def _distinct(plan: Plan, events: EventArrays, f: int, start: int, end: int, as_of: int) -> float:
    items = np.empty(end - start, dtype=np.int64)
    found = 0
    for e in range(end - 1, start - 1, -1):
        if as_of - events.occurred[e] > plan.window[f]:
            break
        meant = plan.wanted[f] == ANY_TYPE or plan.wanted[f] == events.type_code[e]
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


@numba.njit(cache=True)
def _add(
    plan: Plan, events: EventArrays, f: int, e: int, age: int, state: NDArray[np.float64]
) -> None:
    # state[0] is how many events count, state[1] a sum, maximum or age in days, state[2] the
    # count before a trend's window or the day last seen active.
    op = plan.operator[f]
    if op == _COUNT:
        state[0, f] += 1.0
    elif op in (_SUM, _MEAN):
        if not np.isnan(events.value[e]):
            state[0, f] += 1.0
            state[1, f] += events.value[e]
    elif op == _MAX:
        if not np.isnan(events.value[e]):
            first = state[0, f] == 0.0
            state[0, f] += 1.0
            state[1, f] = events.value[e] if first else max(state[1, f], events.value[e])
    elif op == _ACTIVE:
        day = float(events.occurred[e] // DAY_US)
        if state[0, f] == 0.0 or day != state[2, f]:
            state[0, f] += 1.0
            state[2, f] = day
    elif op == _LAST:
        if state[0, f] == 0.0:
            state[1, f] = age / _DAY
        state[0, f] += 1.0
    elif op == _FIRST:
        state[0, f] += 1.0
        state[1, f] = age / _DAY
    elif op == _DECAYED:
        state[0, f] += 1.0
        state[1, f] += 2.0 ** (-age / plan.half_life[f])
    elif op == _TREND:
        state[0 if age <= plan.window[f] else 2, f] += 1.0


@numba.njit(cache=True)
def _result(plan: Plan, f: int, state: NDArray[np.float64]) -> float:
    op = plan.operator[f]
    if op == _TREND:
        return float(np.log((1.0 + state[0, f]) / (1.0 + state[2, f])))
    if state[0, f] == 0.0:
        return float(plan.empty[f])
    if op in (_COUNT, _ACTIVE):
        return float(state[0, f])
    if op == _MEAN:
        return float(state[1, f] / state[0, f])
    return float(state[1, f])


@numba.njit(cache=True)
def _compute_row(
    plan: Plan,
    events: EventArrays,
    start: int,
    stop: int,
    as_of: int,
    state: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    state[:] = 0.0
    end = _first_not_before(events.occurred, start, stop, as_of)
    for e in range(end - 1, start - 1, -1):
        if events.recorded[e] > as_of:
            continue
        age = as_of - events.occurred[e]
        slot = events.type_code[e] + 1
        for k in range(plan.type_start[slot], plan.type_start[slot + 1]):
            f = plan.by_type[k]
            if plan.reach[f] < age:
                break
            _add(plan, events, f, e, age, state)
    for f in range(len(plan.column)):
        if plan.operator[f] == _DISTINCT:
            out[plan.column[f]] = _distinct(plan, events, f, start, end, as_of)
        else:
            out[plan.column[f]] = _result(plan, f, state)


@numba.njit(cache=True)
def compute(plan: Plan, events: EventArrays, rows: Rows, out: NDArray[np.float64]) -> None:
    """Write the features of a plan into their columns of `out`.

    Args:
        plan: A `Plan`.
        events: `EventArrays` in canonical order.
        rows: `Rows`, which may share events.
        out: float64 [rows, features of the whole set], written in place.
    """
    state = np.empty((3, len(plan.column)))
    for r in range(len(rows.as_of)):
        _compute_row(plan, events, rows.start[r], rows.stop[r], rows.as_of[r], state, out[r])


@numba.njit(cache=True, parallel=True)
def compute_parallel(plan: Plan, events: EventArrays, rows: Rows, out: NDArray[np.float64]) -> None:
    """Do what `compute` does on all cores; only one such call may run in a process at a time."""
    blocks = (len(rows.as_of) + _BLOCK - 1) // _BLOCK
    for block in numba.prange(blocks):
        state = np.empty((3, len(plan.column)))
        for r in range(block * _BLOCK, min((block + 1) * _BLOCK, len(rows.as_of))):
            _compute_row(plan, events, rows.start[r], rows.stop[r], rows.as_of[r], state, out[r])
