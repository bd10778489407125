"""What the kernel works on: events and rows as arrays, and a feature set laid out for it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.declaration.feature_set import Behaviour, FeatureSet, Level
from features.declaration.operators import OPERATORS

UNKNOWN_TYPE = -1
"""Code of an event type no feature names; it counts among all events only."""

NO_ITEM = -1
"""Item code of an event without an item."""

EVERY_TYPE = 0
"""Slot that gathers events of every type; those of one type are in the slot after its code."""

WHOLE_HISTORY = int(np.iinfo(np.int64).max)
"""Age that no event reaches."""


_DISTINCT = "distinct_items"


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


def canonical_keys(events: EventArrays) -> tuple[NDArray[Any], ...]:
    """Return what puts the events of one entity in canonical order, as `numpy.lexsort` takes it.

    Sums of floats depend on the order of their terms, so the order rests on nothing but the events.
    """
    return events.value, events.type_code, events.recorded, events.occurred


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
    """Behaviour features over the events of one entity, laid out for the kernel.

    Attributes:
        column: int64 [features], their columns in the feature set.
        operator: int64 [features], operator codes.
        slot: int64 [features], 0 for every event or 1 + the event type's code.
        half_life: float64 [features], microseconds.
        empty: float64 [features], value where no event counts.
        stop_age: int64 [stops], ages where a window ends, ascending, microseconds.
        stop_feature: int64 [stops], whose window it is.
        stop_halfway: bool [stops], True at the first of the two windows of a trend.
        window: int64 [features], microseconds.
        decayed: int64 [..], features that weigh every event by its age.
        distinct: int64 [..], features that count different items; they have no stops.
        slots: int64 [1], 1 + number of event types.
    """

    column: NDArray[np.int64]
    operator: NDArray[np.int64]
    slot: NDArray[np.int64]
    half_life: NDArray[np.float64]
    empty: NDArray[np.float64]
    stop_age: NDArray[np.int64]
    stop_feature: NDArray[np.int64]
    stop_halfway: NDArray[np.bool_]
    window: NDArray[np.int64]
    decayed: NDArray[np.int64]
    distinct: NDArray[np.int64]
    slots: NDArray[np.int64]


def lay_out(feature_set: FeatureSet, *levels: Level) -> Plan:
    """Lay out the behaviour features of a feature set, of levels whose events are the same."""
    declared = [behaviour for level in levels for behaviour in feature_set.behaviours(level)]
    features = [feature for _, feature in declared]
    slots = {t: slot for slot, t in enumerate((None, *feature_set.event_types))}
    stops = _stops(features)
    return Plan(
        column=np.array([column for column, _ in declared], dtype=np.int64),
        operator=np.array([OPERATORS[f.operator].code for f in features], dtype=np.int64),
        slot=np.array([slots[f.event_type] for f in features], dtype=np.int64),
        half_life=np.array([f.half_life or 1 for f in features], dtype=np.float64),
        empty=np.array([OPERATORS[f.operator].empty for f in features], dtype=np.float64),
        stop_age=np.array([age for age, _, _ in stops], dtype=np.int64),
        stop_feature=np.array([feature for _, feature, _ in stops], dtype=np.int64),
        stop_halfway=np.array([halfway for _, _, halfway in stops], dtype=np.bool_),
        window=np.array([f.window or WHOLE_HISTORY for f in features], dtype=np.int64),
        decayed=np.array([i for i, f in enumerate(features) if f.half_life], dtype=np.int64),
        distinct=np.array(
            [i for i, f in enumerate(features) if f.operator == _DISTINCT], dtype=np.int64
        ),
        slots=np.array([len(slots)], dtype=np.int64),
    )


def _stops(features: Sequence[Behaviour]) -> list[tuple[int, int, bool]]:
    """Return (age, feature, halfway) of every end of a window, the youngest first."""
    stops = []
    for i, feature in enumerate(features):
        window = feature.window or WHOLE_HISTORY
        if feature.operator == "trend":
            stops += [(window, i, True), (2 * window, i, False)]
        elif feature.operator != _DISTINCT:
            stops.append((window, i, False))
    return sorted(stops)
