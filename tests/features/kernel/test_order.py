"""The canonical order against NumPy's sort by all keys."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from features.kernel import order
from features.kernel.order import CanonicalOrder
from features.kernel.plan import EventArrays, take_events

# One for all tests, so that what a call leaves behind in memory would show in the next.
ORDER = CanonicalOrder()


@st.composite
def unordered(draw: st.DrawFn) -> tuple[np.ndarray, range, EventArrays, list[int]]:
    """Draw events of some entities, with many ties, of entities nobody asks for, and batches."""
    size = draw(st.integers(0, 60))
    first = draw(st.integers(0, 3))
    entities = range(first, first + draw(st.integers(1, 8)))

    def column(dtype: type, least: int, most: int) -> np.ndarray:
        return draw(arrays.arrays(dtype, size, elements=st.integers(least, most)))

    events = EventArrays(
        type_code=column(np.int32, -1, 2),
        occurred=column(np.int64, 0, 4),
        recorded=column(np.int64, 0, 3),
        value=draw(arrays.arrays(np.float64, size, elements=st.sampled_from([np.nan, -1.5, 2.0]))),
        item=column(np.int64, -1, 3),
    )
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=3)))
    return column(np.int32, -1, entities.stop + 1), entities, events, cuts


@settings(max_examples=80, deadline=None)
@given(unordered())
def test_events_are_sorted_by_entity_and_all_that_can_be_told_apart(
    world: tuple[np.ndarray, range, EventArrays, list[int]],
) -> None:
    _check(*world)


def test_more_entities_than_a_core_sorts_at_a_time() -> None:
    drawn = np.random.default_rng(3)
    size = 3_000
    events = EventArrays(
        type_code=drawn.integers(0, 3, size).astype(np.int32),
        occurred=drawn.integers(0, 9, size),
        recorded=drawn.integers(0, 3, size),
        value=drawn.normal(size=size),
        item=drawn.integers(-1, 3, size),
    )
    _check(drawn.integers(0, 700, size).astype(np.int32), range(0, 700), events, [1_000])


@pytest.mark.skipif(not hasattr(order._deal, "signatures"), reason="nothing is compiled")
def test_nothing_is_compiled_anew_for_events_that_may_not_be_written() -> None:
    compiled: Any = order._deal
    entity, events = np.zeros(2, dtype=np.int32), EventArrays(
        np.zeros(2, dtype=np.int32), np.arange(2), np.arange(2), np.zeros(2), np.arange(2)
    )  # fmt: skip
    _check(entity, range(1), events, [])
    before = list(compiled.signatures)
    for column in (entity, events.type_code, events.value):
        column.setflags(write=False)
        _check(entity, range(1), events, [])
    assert compiled.signatures == before


def _check(entity: np.ndarray, entities: range, events: EventArrays, cuts: list[int]) -> None:
    batches = [
        (entity[one], EventArrays._make(column[one] for column in events))
        for one in (slice(*cut) for cut in pairwise([0, *cuts, len(entity)]))
    ]
    asked = np.flatnonzero((entity >= entities.start) & (entity < entities.stop))
    counts = np.bincount(entity[asked] - entities.start, minlength=len(entities))
    ordered, start = ORDER.arrange(batches, entities, counts)
    keys = (events.value, events.type_code, events.recorded, events.occurred, entity)
    expected = asked[np.lexsort([key[asked] for key in keys])]
    codes = np.arange(entities.start, entities.stop + 1)
    np.testing.assert_array_equal(start, np.searchsorted(entity[expected], codes))
    for found, sorted_ in zip(ordered[:4], take_events(events, expected)[:4], strict=True):
        np.testing.assert_array_equal(found, sorted_)
    # Items do not decide the order, but stay with their events.
    place = np.repeat(codes[:-1], np.diff(start))
    assert _bag(place, ordered) == _bag(entity[asked], take_events(events, asked))


def _bag(entity: np.ndarray, events: EventArrays) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, row)) for row in zip(entity, *events, strict=True))
