import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract import moment
from features.duration import DAY_US
from training.grid import grid_rows
from training.project import RowGrid
from training.timeline import NEVER, Timeline


def _grid(horizon: int, every: int, max_age: int, since: int | None = None) -> RowGrid:
    return RowGrid.model_validate(
        {
            "horizon": f"{horizon}d",
            "every": f"{every}d",
            "max_age": f"{max_age}d",
            "observed_from": None if since is None else moment(since * DAY_US),
        }
    )


MOMENT = st.integers(0, 60)
PERHAPS = st.one_of(st.none(), MOMENT)


@settings(deadline=None, max_examples=200)
@given(
    leads=st.lists(st.tuples(PERHAPS, PERHAPS, PERHAPS), min_size=1, max_size=8),
    every=st.integers(1, 9),
    max_age=st.integers(1, 40),
    horizon=st.integers(1, 20),
    until=st.integers(0, 70),
    since=PERHAPS,
)
def test_rows_are_those_of_the_slow_and_obvious_way(
    leads: list[tuple[int | None, int | None, int | None]],
    every: int,
    max_age: int,
    horizon: int,
    until: int,
    since: int | None,
) -> None:
    expected, immature = [], 0
    for lead, (start, target, closed) in enumerate(leads):
        if start is None:
            continue
        for day in range(start, start + max_age + 1, every):
            over = (target is not None and day >= target) or (closed is not None and day >= closed)
            if over or day > until:
                break
            if since is not None and day < since:
                continue
            if day + horizon > until:
                immature += 1
                continue
            expected.append((lead, day, target is not None and day < target <= day + horizon))
    moments = [
        np.array([NEVER if m is None else m * DAY_US for m in column], dtype=np.int64)
        for column in zip(*leads, strict=True)
    ]
    grid = _grid(horizon, every, max_age, since)
    rows = grid_rows(Timeline(*moments), np.arange(len(leads)), grid, until * DAY_US)
    found = list(zip(rows.lead, rows.as_of // DAY_US, rows.label > 0, strict=True))
    assert found == expected
    assert rows.immature == immature


def test_every_lead_weighs_one() -> None:
    timeline = Timeline(*(np.array(m) for m in ([0, 0], [NEVER, DAY_US * 3], [NEVER, NEVER])))
    grid = _grid(horizon=1, every=1, max_age=9)
    rows = grid_rows(timeline, np.arange(2), grid, 30 * DAY_US)
    weight = rows.lead_weight
    assert [round(float(weight[rows.lead == lead].sum()), 9) for lead in (0, 1)] == [1.0, 1.0]
