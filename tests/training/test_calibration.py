import numpy as np
import pytest

from training.calibration import fit_platt


def test_finds_the_affine_map_that_made_the_labels() -> None:
    random = np.random.default_rng(4)
    margin = random.normal(size=100_000)
    chance = 1 / (1 + np.exp(-(1.7 * margin - 2.0)))
    label = (random.uniform(size=len(margin)) < chance).astype(np.float64)
    fitted = fit_platt(margin, label, np.ones(len(margin)))
    assert fitted.slope == pytest.approx(1.7, abs=0.05)
    assert fitted.offset == pytest.approx(-2.0, abs=0.05)


def test_separable_data_keep_a_finite_slope() -> None:
    fitted = fit_platt(np.array([-1.0, -0.5, 0.5, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]), np.ones(4))
    assert 0 < fitted.slope < 10


def test_a_margin_that_ranks_backwards_is_ignored_rather_than_turned() -> None:
    margin = np.linspace(-1, 1, 100)
    fitted = fit_platt(margin, (margin < 0).astype(np.float64), np.ones(100))
    assert fitted.slope == 0
    assert fitted.offset == pytest.approx(0, abs=1e-3)


def test_weights_count_as_repeated_rows() -> None:
    margin, label = np.array([-1.0, 0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0, 1.0])
    times = np.array([1, 3, 2, 4])
    weighted = fit_platt(margin, label, times.astype(np.float64))
    repeated = fit_platt(np.repeat(margin, times), np.repeat(label, times), np.ones(times.sum()))
    assert weighted.slope == pytest.approx(repeated.slope, abs=1e-3)
    assert weighted.offset == pytest.approx(repeated.offset, abs=1e-3)
