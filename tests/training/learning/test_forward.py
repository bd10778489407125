"""Out-of-time predictions: of which windows, and how the halves of a candidate are mixed."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.studies import flat_dataset
from training.learning.boosting import booster_settings, staged_margins
from training.learning.forward import Forward, log_losses
from training.learning.ground import ground
from training.learning.learners import Candidate

DATASET = flat_dataset(rows=600)
ROWS = DATASET.learning.rows
CANDIDATE = Candidate(
    season=False, by_age=False, half_life=0.5, logistic_c=0.1, tree_weight=0.0, leaves=4, rounds=5
)


@pytest.fixture(scope="module")
def forward() -> Forward:
    return Forward(DATASET, (5, 10), 0.1, seed=7)


def test_windows_are_the_newest_that_are_known_each_from_its_anchor_on(forward: Forward) -> None:
    schedule, rows = DATASET.schedule, ROWS
    cutoff = schedule.cutoffs[1]
    windows = forward.windows(cutoff, 3)
    assert [w.anchor for w in windows] == [cutoff - n * schedule.step for n in (1, 2, 3)]
    for window in windows:
        inside = schedule.window(rows, window.anchor)
        assert len(window.known) == inside.sum() == 60
        expected = inside & schedule.mature(rows, cutoff)
        assert sorted(window.rows.lead) == sorted(rows.lead[expected])
        assert window.known.sum() == expected.sum()


def test_trees_and_logistic_are_mixed_by_their_weights(forward: Forward) -> None:
    [window] = forward.windows(DATASET.schedule.end, 1)
    logistic, trees, mixed = (
        forward.margins(window, replace(CANDIDATE, tree_weight=weight)) for weight in (0, 1, 0.3)
    )
    assert np.abs(logistic - trees).max() > 0.1
    np.testing.assert_allclose(mixed, 0.7 * logistic + 0.3 * trees)
    more = forward.margins(window, replace(CANDIDATE, tree_weight=1.0, rounds=10))
    known = ground(DATASET, window.anchor)
    assert known is not None
    boosters = staged_margins(
        known.feature_set,
        known.examples(CANDIDATE.half_life, by_age=False),
        booster_settings(CANDIDATE.leaves, 0.1, seed=7),
        (5, 10),
        known.encode(DATASET.learning.take(DATASET.schedule.window(ROWS, window.anchor)).table),
    )
    for found, (_, whole) in zip((trees, more), boosters, strict=True):
        np.testing.assert_allclose(found, whole[window.known])


def test_what_is_asked_again_is_what_was_said(forward: Forward) -> None:
    [window] = forward.windows(DATASET.schedule.end, 1)
    weak, strong = replace(CANDIDATE, logistic_c=0.001), replace(CANDIDATE, logistic_c=1.0)
    first = [forward.margins(window, one) for one in (weak, strong)]
    again = [forward.margins(window, one) for one in (weak, strong)]
    np.testing.assert_array_equal(first, again)
    assert np.ptp(first[1]) > np.ptp(first[0])


def test_the_age_is_known_and_the_season_is_not(forward: Forward) -> None:
    [window] = forward.windows(DATASET.schedule.end, 1)
    assert forward.knows_age(window)
    assert not forward.knows_season(window)


def test_a_loss_is_that_of_the_chance_given_to_what_happened() -> None:
    log_odds, label = np.array([-2.0, 0.0, 3.0, 800.0]), np.array([1.0, 0.0, 1.0, 0.0])
    chance = 1 / (1 + np.exp(-log_odds[:3]))
    told = np.where(label[:3] > 0, chance, 1 - chance)
    np.testing.assert_allclose(log_losses(log_odds, label), [*-np.log(told), 800.0])
