"""The canonical order of the events of many entities, by `canonical_keys` inside each.

The events are first dealt out to their entities, each as one record, and then sorted where they
lie: a record is fetched from memory once, while its columns would be fetched one by one.
"""

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from features.kernel.compiled import compiled
from features.kernel.plan import EventArrays, canonical_keys

_BLOCK = 256
_RECORD = np.dtype(
    [
        ("type_code", np.int32),
        ("occurred", np.int64),
        ("recorded", np.int64),
        ("value", np.float64),
        ("item", np.int64),
    ],
    align=True,
)


class CanonicalOrder:
    """Puts events in canonical order, one partition after another in the same memory."""

    def __init__(self) -> None:
        """Take no memory yet."""
        self._records = np.empty(0, dtype=_RECORD)
        self._ordered = _columns(0)

    def arrange(
        self,
        batches: Sequence[tuple[NDArray[np.int32], EventArrays]],
        entities: range,
        counts: NDArray[np.int64],
    ) -> tuple[EventArrays, NDArray[np.int64]]:
        """Return the events in canonical order, and where each entity begins there.

        Only one such call may run in a process at a time, as it uses all cores.

        Args:
            batches: Events in any order, each batch with int32 [events], whose event it is; what is
                not in `entities` is left out.
            entities: Codes of the entities, without gaps.
            counts: int64 [entities], how many events of the batches each has.

        Returns:
            The events of the entities, to be read before the next call overwrites them, and int64
            [entities + 1].
        """
        start = np.zeros(len(entities) + 1, dtype=np.int64)
        np.cumsum(counts, out=start[1:])
        ordered = self._room_for(int(start[-1]))
        free = start[:-1].copy()
        for entity, events in batches:
            read, given = _read_only(entity), EventArrays(*(_read_only(one) for one in events))
            _deal(numba.get_num_threads(), read, entities.start, given, free, self._records)
        _sort(start, self._records, ordered)
        _settle_ties(ordered, start)
        return ordered, start

    def _room_for(self, events: int) -> EventArrays:
        if len(self._records) < events:
            # Partitions are about, not exactly, of one size.
            capacity = events + events // 8
            self._records = np.empty(capacity, dtype=_RECORD)
            self._ordered = _columns(capacity)
        return EventArrays._make(column[:events] for column in self._ordered)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as one that may not be written; for a mixture, all would be compiled anew."""
    view = array.view()
    view.flags.writeable = False
    return view


def _columns(events: int) -> EventArrays:
    return EventArrays(*(np.empty(events, dtype=_RECORD[name]) for name in EventArrays._fields))


@compiled(parallel=True)
def _deal(
    shares: int,
    entity: NDArray[np.int32],
    first: int,
    events: EventArrays,
    free: NDArray[np.int64],
    records: NDArray[np.void],
) -> None:
    """Write each event to the next free place of its entity, by shares of the entities."""
    entities = len(free)
    for share in numba.prange(shares):
        own = (entities * share // shares, entities * (share + 1) // shares)
        _deal_to(own, entity, first, events, free, records)


@compiled()
def _deal_to(
    own: tuple[int, int],
    entity: NDArray[np.int32],
    first: int,
    events: EventArrays,
    free: NDArray[np.int64],
    records: NDArray[np.void],
) -> None:
    for e in range(len(entity)):
        place = entity[e] - first
        if own[0] <= place < own[1]:
            record = records[free[place]]
            record["type_code"] = events.type_code[e]
            record["occurred"] = events.occurred[e]
            record["recorded"] = events.recorded[e]
            record["value"] = events.value[e]
            record["item"] = events.item[e]
            free[place] += 1


@compiled(parallel=True)
def _sort(start: NDArray[np.int64], records: NDArray[np.void], ordered: EventArrays) -> None:
    """Write the records to `ordered`, those of each entity sorted by when they occurred."""
    entities = len(start) - 1
    for block in numba.prange((entities + _BLOCK - 1) // _BLOCK):
        for place in range(block * _BLOCK, min((block + 1) * _BLOCK, entities)):
            _sort_one(start[place], start[place + 1], records, ordered)


@compiled()
def _sort_one(start: int, stop: int, records: NDArray[np.void], ordered: EventArrays) -> None:
    # A function of its own: numba 0.68 loses these writes where they stand in the parallel loop.
    by_moment = np.argsort(records["occurred"][start:stop], kind="mergesort")
    for i in range(stop - start):
        record = records[start + by_moment[i]]
        ordered.type_code[start + i] = record["type_code"]
        ordered.occurred[start + i] = record["occurred"]
        ordered.recorded[start + i] = record["recorded"]
        ordered.value[start + i] = record["value"]
        ordered.item[start + i] = record["item"]


def _settle_ties(events: EventArrays, start: NDArray[np.int64]) -> None:
    """Reorder, in place, what happened at the same moment: as their keys say."""
    same = np.diff(events.occurred) == 0
    inner = start[(start > 0) & (start < len(events.occurred))]
    same[inner - 1] = False
    first = np.flatnonzero(same)
    tied = np.union1d(first, first + 1)
    entity = np.searchsorted(start, tied, side="right")
    order = tied[np.lexsort([*(key[tied] for key in canonical_keys(events)), entity])]
    for column in events:
        column[tied] = column[order]
