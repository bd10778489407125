import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.grid import LabelledRows
from training.split import CALIBRATE, FIT, LEFT_OUT, TEST, SplitError, split_rows


def _rows(as_of: np.ndarray, group: np.ndarray) -> LabelledRows:
    label = (np.arange(len(as_of)) % 2).astype(np.float64)
    return LabelledRows(np.arange(len(as_of)), as_of, label, group, 0)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 30), st.integers(2, 200), st.integers(0, 2**31))
def test_slices_are_consecutive_with_a_gap_and_share_no_group(
    horizon: int, groups: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    rows = _rows(random.integers(0, 1000, 2000), random.integers(0, 50 * groups, 2000))
    split = split_rows(rows, horizon, seed)
    fit, calibrate, test = (rows.as_of[split.mask(part)] for part in (FIT, CALIBRATE, TEST))
    assert fit.max() + horizon < calibrate.min()
    assert calibrate.max() + horizon < test.min()
    kept = [set(rows.group[split.mask(part)]) for part in (FIT, CALIBRATE, TEST)]
    assert not (kept[0] & kept[1] or kept[1] & kept[2] or kept[0] & kept[2])
    assert split.in_gap + split.straddling == int((split.part == LEFT_OUT).sum())


def test_without_groups_the_shares_are_60_20_20() -> None:
    split = split_rows(_rows(np.arange(1000), np.arange(1000)), horizon=0, seed=1)
    assert [int(split.mask(part).sum()) for part in (FIT, CALIBRATE, TEST)] == [600, 200, 200]


def test_a_horizon_longer_than_the_history_is_named() -> None:
    with pytest.raises(SplitError, match="shorter horizon"):
        split_rows(_rows(np.arange(1000), np.arange(1000)), horizon=5000, seed=1)


@pytest.mark.parametrize(("outcome", "word"), [(0.0, "never"), (1.0, "always")])
def test_a_target_that_never_or_always_happens_is_named(outcome: float, word: str) -> None:
    always = LabelledRows(np.arange(100), np.arange(100), np.full(100, outcome), np.arange(100), 0)
    with pytest.raises(SplitError, match=word):
        split_rows(always, horizon=0, seed=1)
