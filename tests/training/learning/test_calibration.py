"""Calibration of what ships: only as much as was earned on windows that came later."""

import numpy as np
import pytest

from serving.model.manifest import Calibration
from training.learning.calibration import (
    AS_LEARNED,
    CalibrationError,
    OutOfTime,
    calibrate,
    learn_calibration,
)

STEP = HORIZON = 10


def _told(shifts: list[float], slope: float = 1.0, rows: int = 4000) -> OutOfTime:
    """Return windows in which the truth is `slope * margin + shift`."""
    random = np.random.default_rng(4)
    total = rows * len(shifts)
    margin = random.normal(-2.0, 1.0, total)
    shift = np.repeat(shifts, rows)
    chance = 1 / (1 + np.exp(-(slope * margin + shift)))
    window = np.repeat(np.arange(len(shifts)) * STEP, rows)
    return OutOfTime(
        margin=margin,
        label=(random.uniform(size=total) < chance) * 1.0,
        as_of=window + random.integers(0, STEP, total),
        group=np.arange(total),
        window=window,
    )


def test_what_is_true_is_left_alone() -> None:
    calibration, trials = calibrate(_told([0.0] * 6), HORIZON, None)
    assert calibration == AS_LEARNED
    assert [trial.name for trial in trials if trial.chosen] == ["none"]


def test_a_level_that_is_off_for_long_earns_an_offset() -> None:
    calibration, trials = calibrate(_told([-0.8] * 6), HORIZON, None)
    assert [trial.name for trial in trials if trial.chosen] == ["long offset"]
    assert calibration.slope == 1.0
    assert calibration.offset == pytest.approx(-0.8, abs=0.05)


def test_a_level_that_keeps_moving_one_way_earns_a_short_offset() -> None:
    shifts = [0.4 * n for n in range(8)]
    calibration, trials = calibrate(_told(shifts), HORIZON, None)
    assert [trial.name for trial in trials if trial.chosen] == ["short offset"]
    assert calibration.offset == pytest.approx(shifts[-1], abs=0.1)


def test_margins_that_are_too_far_apart_earn_a_slope() -> None:
    calibration, trials = calibrate(_told([0.0] * 6, slope=0.5), HORIZON, None)
    assert [trial.name for trial in trials if trial.chosen] == ["slope and offset"]
    assert calibration.slope == pytest.approx(0.5, abs=0.05)


def test_bursts_earn_nothing() -> None:
    calibration, _ = calibrate(_told([0.0, 2.0, 0.0, 0.0, 2.2, 0.0, 0.1]), HORIZON, None)
    assert calibration == AS_LEARNED


def test_what_was_not_known_when_a_window_began_judges_nothing() -> None:
    """With a long horizon no window is preceded by a known one, so nothing is tried."""
    calibration, trials = calibrate(_told([-0.8] * 6), 100, None)
    assert (calibration, trials) == (AS_LEARNED, [])


def test_an_offset_makes_expected_equal_observed() -> None:
    told = _told([-0.5, 0.3])
    long = learn_calibration("long_offset", told)
    expected = 1 / (1 + np.exp(-(told.margin + long.offset)))
    assert expected.sum() == pytest.approx(told.label.sum(), rel=1e-4)
    short = learn_calibration("short_offset", told)
    newest = told.take(told.window == STEP)
    expected = 1 / (1 + np.exp(-(newest.margin + short.offset)))
    assert expected.sum() == pytest.approx(newest.label.sum(), rel=1e-4)


def test_a_newest_window_of_one_outcome_falls_back_to_all() -> None:
    told = _told([0.0, 0.0], rows=300)
    quiet = OutOfTime(
        told.margin, np.where(told.window == STEP, 0.0, told.label), told.as_of, told.group,
        told.window,
    )  # fmt: skip
    assert learn_calibration("short_offset", quiet) == learn_calibration("long_offset", quiet)


def test_a_margin_that_ranks_backwards_is_ignored_rather_than_turned() -> None:
    fitted = learn_calibration("slope_and_offset", _told([0.0, 0.0], slope=-1.0))
    assert fitted.slope == 0


@pytest.mark.parametrize("way", ["none", "long_offset", "short_offset", "slope_and_offset"])
def test_a_way_that_a_project_fixes_is_taken_untried(way: str) -> None:
    told = _told([-0.8, -0.8])
    calibration, trials = calibrate(told, HORIZON, way)  # type: ignore[arg-type]
    assert trials == []
    assert calibration == learn_calibration(way, told)  # type: ignore[arg-type]


def test_a_fixed_way_without_anything_to_learn_from_is_refused() -> None:
    nothing = _told([0.0]).take(np.zeros(4000, dtype=np.bool_))
    with pytest.raises(CalibrationError, match=r"model\.calibration = 'long_offset' has nothing"):
        calibrate(nothing, HORIZON, "long_offset")
    assert calibrate(nothing, HORIZON, "none")[0] == Calibration(slope=1.0, offset=0.0)
    assert calibrate(nothing, HORIZON, None)[0] == AS_LEARNED


@pytest.mark.parametrize(
    ("label", "tells"),
    [
        ([], False),
        ([1], False),
        ([0, 0], False),
        ([1, 1], False),
        ([0, 1], True),
        ([1, 1, 0], True),
    ],
)
def test_predictions_of_one_outcome_tell_nothing(label: list[int], *, tells: bool) -> None:
    zero = np.zeros(len(label), dtype=np.int64)
    told = np.array(label, dtype=np.float64)
    assert OutOfTime(np.zeros(len(label)), told, zero, zero, zero).tells is tells


def test_two_windows_that_could_be_predicted_are_enough_to_choose_by() -> None:
    # Each window's outcomes are known exactly when the next one begins.
    window = np.repeat([0, STEP, 2 * STEP], 100)
    told = OutOfTime(
        margin=np.zeros(300), label=np.tile([0.0, 1.0], 150), as_of=window,
        group=np.arange(300), window=window,
    )  # fmt: skip
    assert len(calibrate(told, HORIZON, None)[1]) == 4
    assert calibrate(told, HORIZON + 1, None)[1] == []
