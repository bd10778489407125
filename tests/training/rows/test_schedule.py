"""Cut-offs: past moments, each of which knows only what was known then."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US
from training.rows.grid import LabelledRows, Observation
from training.rows.schedule import MEMORY, dated_schedule, flat_schedule


def _rows(*days: float) -> LabelledRows:
    as_of = np.array([round(day * DAY_US) for day in days], dtype=np.int64)
    lead = np.arange(len(as_of))
    return LabelledRows(
        lead, as_of, np.zeros(len(lead)), lead, np.zeros(len(lead), dtype=np.int8), immature=0
    )


def _dated(end: int, complete: int, horizon: int, step: int, cutoffs: int) -> list[float]:
    schedule = dated_schedule(
        _rows(0),
        Observation(complete * DAY_US, end * DAY_US),
        horizon * DAY_US,
        step * DAY_US,
        cutoffs,
    )
    return [cutoff / DAY_US for cutoff in schedule.cutoffs]


def test_the_newest_cut_off_is_the_last_whose_outcomes_are_known() -> None:
    assert _dated(700, 700, horizon=30, step=30, cutoffs=3) == [670, 640, 610]


def test_no_cut_off_lies_after_what_the_sources_tell() -> None:
    assert _dated(700, 500, horizon=30, step=30, cutoffs=2) == [500, 470]


def test_a_short_history_shortens_the_step() -> None:
    assert _dated(110, 110, horizon=20, step=30, cutoffs=3) == [90, 76, 62]


def test_a_history_without_room_keeps_the_step() -> None:
    assert _dated(30, 30, horizon=20, step=30, cutoffs=2) == [10, -20]


def test_flat_data_step_by_tenths() -> None:
    rows = _rows(0)
    flat = LabelledRows(
        np.arange(100), np.arange(100), np.zeros(100), np.arange(100), rows.kind, immature=0
    )
    schedule = flat_schedule(flat, cutoffs=3)
    assert (schedule.end, schedule.cutoffs) == (100, (90, 80, 70))
    assert schedule.mature(flat, 90).sum() == 90
    assert schedule.window(flat, 90).sum() == 10
    assert not (schedule.mature(flat, 90) & schedule.window(flat, 90)).any()


@given(
    days=st.lists(st.floats(0, 700), min_size=1, max_size=30),
    horizon=st.integers(1, 200),
    step=st.integers(1, 90),
    cutoffs=st.integers(2, 6),
)
def test_nothing_mature_by_an_anchor_looks_into_its_window(
    days: list[float], horizon: int, step: int, cutoffs: int
) -> None:
    rows = _rows(*sorted(days))
    observation = Observation(700 * DAY_US, 700 * DAY_US)
    schedule = dated_schedule(rows, observation, horizon * DAY_US, step * DAY_US, cutoffs)
    assert len(schedule.anchors) <= cutoffs + MEMORY + -(-schedule.horizon // schedule.step)
    seen = np.zeros(len(rows), dtype=np.int64)
    for anchor in schedule.anchors:
        mature, window = schedule.mature(rows, anchor), schedule.window(rows, anchor)
        assert (rows.as_of[mature] + schedule.horizon <= anchor).all()
        assert not (mature & window).any()
        seen += window
    assert seen.max(initial=0) <= 1


def test_anchors_reach_a_memory_and_a_horizon_before_the_oldest_cut_off() -> None:
    observation = Observation(700 * DAY_US, 700 * DAY_US)
    schedule = dated_schedule(_rows(0), observation, 25 * DAY_US, 10 * DAY_US, 2)
    assert [anchor // DAY_US for anchor in schedule.anchors] == [675 - 10 * n for n in range(14)]


def test_many_cut_offs_of_flat_data_leave_two_parts_to_learn_from() -> None:
    rows = _rows(0)
    flat = LabelledRows(
        np.arange(100), np.arange(100), np.zeros(100), np.arange(100), rows.kind, immature=0
    )
    assert flat_schedule(flat, cutoffs=12).step == 100 // 14


def test_anchors_lie_after_the_first_row_however_late_the_last_stands() -> None:
    observation = Observation(700 * DAY_US, 700 * DAY_US)
    schedule = dated_schedule(_rows(580, 699), observation, 30 * DAY_US, 30 * DAY_US, 0)
    assert [anchor / DAY_US for anchor in schedule.anchors] == [670, 640, 610]
