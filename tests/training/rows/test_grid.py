"""Rows stand where a score may be asked, and know nothing of the outcome."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract.duration import DAY_US, HOUR_US
from features.contract.lead import moment
from training.project.project import RowGrid
from training.project.timeline import NEVER, Timeline
from training.rows.grid import (
    AFTER_EVENT,
    REGULAR,
    YOUNG,
    YOUNG_AGE,
    LabelledRows,
    Observation,
    grid_rows,
    open_rows,
)

NOTHING = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def _grid(horizon: int, every: int, max_age: int, since: int | None = None) -> RowGrid:
    return RowGrid.model_validate(
        {
            "horizon": f"{horizon}d",
            "every": f"{every}d",
            "max_age": f"{max_age}d",
            "observed_from": None if since is None else moment(since * DAY_US),
        }
    )


def _phase(lead: int, purpose: int) -> float:
    key = np.array([f"L{lead}"], dtype=object)
    hashed = pd.util.hash_array(key, hash_key=f"leadscore grid {purpose}", categorize=False)[0]
    return (int(hashed) >> 11) / 2**53


def _days(*moments: float | None) -> np.ndarray:
    return np.array([NEVER if m is None else round(m * DAY_US) for m in moments], dtype=np.int64)


def _lead_ids(leads: int) -> np.ndarray:
    return np.array([f"L{lead}" for lead in range(leads)], dtype=object)


def _rows(
    timeline: Timeline,
    grid: RowGrid,
    until: int,
    events: tuple[np.ndarray, np.ndarray] = NOTHING,
    complete: int | None = None,
) -> LabelledRows:
    leads = len(timeline.start)
    observation = Observation(until if complete is None else complete, until)
    return grid_rows(timeline, _lead_ids(leads), np.arange(leads), events, grid, observation)


MOMENT = st.integers(0, 60)
PERHAPS = st.one_of(st.none(), MOMENT)


@settings(deadline=None, max_examples=200)
@given(
    leads=st.lists(st.tuples(PERHAPS, PERHAPS, PERHAPS), min_size=1, max_size=8),
    every=st.integers(1, 9),
    max_age=st.integers(1, 40),
    horizon=st.integers(1, 20),
    until=st.integers(0, 70),
    complete=st.integers(0, 70),
    since=PERHAPS,
)
def test_rows_are_those_of_the_slow_and_obvious_way(
    leads: list[tuple[int | None, int | None, int | None]],
    every: int,
    max_age: int,
    horizon: int,
    until: int,
    complete: int,
    since: int | None,
) -> None:
    expected, immature = [], 0
    for lead, (start, target, closed) in enumerate(leads):
        if start is None:
            continue
        ages = [int(_phase(lead, 0) * every * DAY_US) + k * every * DAY_US for k in range(80)]
        young = [age for age in YOUNG if age < every * DAY_US]
        ages += [int(_phase(lead, 1 + n) * age) for n, age in enumerate(YOUNG) if age in young]
        for age in sorted(ages):
            as_of = start * DAY_US + age
            over = (target is not None and as_of >= target * DAY_US) or (
                closed is not None and as_of >= closed * DAY_US
            )
            if over or age > max_age * DAY_US or as_of > complete * DAY_US:
                continue
            if since is not None and as_of < since * DAY_US:
                continue
            if as_of + horizon * DAY_US > until * DAY_US:
                immature += 1
                continue
            reached = target is not None and target * DAY_US <= as_of + horizon * DAY_US
            expected.append((lead, as_of, reached))
    timeline = Timeline(*(_days(*column) for column in zip(*leads, strict=True)))
    grid = _grid(horizon, every, max_age, since)
    rows = _rows(timeline, grid, until * DAY_US, complete=complete * DAY_US)
    found = list(zip(rows.lead, rows.as_of, rows.label > 0, strict=True))
    assert found == expected
    assert rows.immature == immature


@settings(deadline=None, max_examples=100)
@given(
    events=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40 * 24)), max_size=60),
    every=st.integers(1, 15),
)
def test_each_stretch_with_events_has_one_row_right_after_one_of_them(
    events: list[tuple[int, int]], every: int
) -> None:
    start = _days(0, 1, 2, 3)
    timeline = Timeline(start, _days(*[None] * 4), _days(*[None] * 4))
    lead = np.array([lead for lead, _ in events], dtype=np.int64)
    counts_from = np.array([hour * HOUR_US for _, hour in events], dtype=np.int64)
    grid = _grid(horizon=1, every=every, max_age=60)
    rows = _rows(timeline, grid, 100 * DAY_US, (lead, counts_from))
    rows = rows.take(rows.kind == AFTER_EVENT)
    ends = sorted({*(age for age in YOUNG if age < every * DAY_US)} | {
        k * every * DAY_US for k in range(70)
    })  # fmt: skip

    def stretch(of: int, at: int) -> tuple[int, int]:
        return of, int(np.searchsorted(ends, at - start[of], side="right"))

    possible = {(of, at) for of, at in zip(lead, counts_from, strict=True) if at >= start[of]}
    found = list(zip(rows.lead, rows.as_of, strict=True))
    assert set(found) <= possible
    stretches = [stretch(of, at) for of, at in found]
    assert sorted(stretches) == sorted({stretch(of, at) for of, at in possible})


def test_a_label_looks_exactly_one_horizon_ahead() -> None:
    as_of = round(_phase(0, 0) * DAY_US) // 1
    grid = _grid(horizon=7, every=1, max_age=1)
    for late, reached in ((0, 1.0), (1, 0.0)):
        phase = int(_phase(0, 0) * DAY_US)
        target = np.array([phase + 7 * DAY_US + late])
        rows = _rows(Timeline(np.array([0]), target, _days(None)), grid, 90 * DAY_US)
        first = rows.as_of.tolist().index(phase)
        assert (rows.label[first], as_of >= 0) == (reached, True)


def test_a_row_is_mature_when_its_horizon_has_passed_to_the_microsecond() -> None:
    phase = int(_phase(0, 0) * 9 * DAY_US)
    timeline = Timeline(np.array([0]), _days(None), _days(None))
    grid = _grid(horizon=7, every=9, max_age=9)
    for early, expected in ((0, 1), (1, 0)):
        rows = _rows(timeline, grid, phase + 7 * DAY_US - early)
        assert int((rows.kind == REGULAR).sum()) == expected


def test_more_events_after_a_moment_move_no_row_before_it() -> None:
    timeline = Timeline(_days(0), _days(None), _days(None))
    grid = _grid(horizon=1, every=14, max_age=90)
    early = (np.array([0, 0]), _days(5, 20))
    later = (np.array([0, 0, 0]), _days(5, 20, 40))
    before, after = (_rows(timeline, grid, 100 * DAY_US, events) for events in (early, later))
    assert set(before.as_of) <= set(after.as_of)
    assert set(after.as_of) - set(before.as_of) == {40 * DAY_US}


def test_a_young_lead_has_a_row_within_each_young_age() -> None:
    timeline = Timeline(_days(10), _days(None), _days(None))
    rows = _rows(timeline, _grid(horizon=1, every=14, max_age=90), 200 * DAY_US)
    ages = rows.as_of[rows.kind == YOUNG_AGE] - 10 * DAY_US
    assert len(ages) == 3
    assert (np.sort(ages) <= np.array(sorted(YOUNG))).all()


def test_where_rows_stand_depends_on_the_key_alone_and_covers_the_stretch() -> None:
    leads = 400
    timeline = Timeline(_days(*[0] * leads), _days(*[None] * leads), _days(*[None] * leads))
    rows = _rows(timeline, _grid(horizon=1, every=10, max_age=9), 100 * DAY_US)
    phases = rows.as_of[rows.kind == REGULAR] / (10 * DAY_US)
    counts, _ = np.histogram(phases, bins=5, range=(0, 1))
    assert counts[:4].min() > 50


def test_open_rows_are_of_the_leads_open_then() -> None:
    timeline = Timeline(
        start=_days(0, 5, 6, 0, 0, None),
        target=_days(None, 15, None, 5, 16, None),
        closed=_days(None, None, None, None, None, None),
    )
    rows = open_rows(timeline, np.arange(6), 5 * DAY_US, 10 * DAY_US)
    assert rows.lead.tolist() == [0, 1, 4]
    assert rows.label.tolist() == [0.0, 1.0, 0.0]
    assert set(rows.as_of) == {5 * DAY_US}


def test_leads_and_conversions_are_counted_once() -> None:
    lead = np.array([0, 0, 0, 1, 2, 3])
    label = np.array([0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    kind = np.zeros(6, dtype=np.int8)
    rows = LabelledRows(lead, np.arange(6), label, lead, kind, immature=0)
    assert (rows.leads, rows.converted) == (4, 2)


def test_a_lead_has_no_row_at_the_very_moment_of_its_target() -> None:
    grid = _grid(horizon=1, every=14, max_age=90)
    for late, expected in ((0, 0), (1, 1)):
        timeline = Timeline(_days(0), _days(10) + late, _days(None))
        rows = _rows(timeline, grid, 100 * DAY_US, (np.array([0]), _days(10)))
        assert int((rows.as_of == 10 * DAY_US).sum()) == expected


def test_an_open_lead_reached_its_target_up_to_the_horizon_to_the_microsecond() -> None:
    for late, reached in ((0, 1.0), (1, 0.0)):
        timeline = Timeline(_days(0), _days(15) + late, _days(None))
        rows = open_rows(timeline, np.arange(1), 5 * DAY_US, 10 * DAY_US)
        assert rows.label.tolist() == [reached]


def test_the_largest_age_is_inside_and_nothing_beyond_it() -> None:
    grid = _grid(horizon=1, every=14, max_age=20)
    timeline = Timeline(_days(0, 0), _days(None, None), _days(None, None))
    after = np.array([0, 1]), np.array([20 * DAY_US, 20 * DAY_US + 1])
    rows = _rows(timeline, grid, 100 * DAY_US, after)
    special = rows.kind == AFTER_EVENT
    assert (rows.lead[special].tolist(), rows.as_of[special].tolist()) == ([0], [20 * DAY_US])
