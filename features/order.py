"""The canonical order of events: by entity, occurred, recorded, type and value.

Sums of floats depend on the order of their terms, so the kernel wants one order that rests on
nothing but the events themselves, however they came in.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from features.plan import EventArrays

_BLOCK = 256


def in_canonical_order(
    entity: NDArray[np.int32], entities: range, events: EventArrays
) -> tuple[EventArrays, NDArray[np.int64]]:
    """Return the events in canonical order, and where each entity begins there.

    Only one such call may run in a process at a time, as it uses all cores.

    Args:
        entity: int32 [events], whose event it is; what is not in `entities` is left out.
        entities: Codes of the entities, without gaps.
        events: The events, in any order.

    Returns:
        The events of the entities, and int64 [entities + 1].
    """
    order, start = _by_entity(entity, entities.start, len(entities))
    ordered = EventArrays(*(np.empty(len(order), dtype=column.dtype) for column in events))
    _by_moment(order, start, events, ordered)
    _settle_ties(ordered, start)
    return ordered, start


@numba.njit(cache=True)
def _by_entity(
    entity: NDArray[np.int32], first: int, entities: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sort by counting; return an order and where each entity begins in it."""
    start = np.zeros(entities + 1, dtype=np.int64)
    for code in entity:
        if 0 <= code - first < entities:
            start[code - first + 1] += 1
    for place in range(entities):
        start[place + 1] += start[place]
    order = np.empty(start[entities], dtype=np.int64)
    free = start[:-1].copy()
    for e in range(len(entity)):
        place = entity[e] - first
        if 0 <= place < entities:
            order[free[place]] = e
            free[place] += 1
    return order, start


@numba.njit(cache=True, parallel=True)
def _by_moment(
    order: NDArray[np.int64],
    start: NDArray[np.int64],
    events: EventArrays,
    ordered: EventArrays,
) -> None:
    """Write the events to `ordered`, those of each entity sorted by when they occurred."""
    entities = len(start) - 1
    for block in numba.prange((entities + _BLOCK - 1) // _BLOCK):
        for place in range(block * _BLOCK, min((block + 1) * _BLOCK, entities)):
            _sort_one(order, start[place], start[place + 1], events, ordered)


@numba.njit(cache=True)
def _sort_one(
    order: NDArray[np.int64], start: int, stop: int, events: EventArrays, ordered: EventArrays
) -> None:
    # A function of its own: numba 0.68 loses these writes where they stand in the parallel loop.
    own = order[start:stop]
    by_moment = np.argsort(events.occurred[own], kind="mergesort")
    for i in range(stop - start):
        e = own[by_moment[i]]
        to = start + i
        ordered.type_code[to] = events.type_code[e]
        ordered.occurred[to] = events.occurred[e]
        ordered.recorded[to] = events.recorded[e]
        ordered.value[to] = events.value[e]
        ordered.item[to] = events.item[e]


def _settle_ties(events: EventArrays, start: NDArray[np.int64]) -> None:
    """Reorder, in place, what happened at the same moment: by recorded, type code and value."""
    same = np.diff(events.occurred) == 0
    inner = start[(start > 0) & (start < len(events.occurred))]
    same[inner - 1] = False
    first = np.flatnonzero(same)
    tied = np.union1d(first, first + 1)
    entity = np.searchsorted(start, tied, side="right")
    keys = (events.value, events.type_code, events.recorded, events.occurred)
    order = tied[np.lexsort([*(key[tied] for key in keys), entity])]
    for column in events:
        column[tied] = column[order]
