"""The simpler way wins unless another is better by more than chance."""

import numpy as np
import pytest

from training.learning.evidence import simplest


def _choose(*losses: np.ndarray, clusters: np.ndarray | None = None) -> int:
    rows = len(losses[0])
    names = [f"way {n}" for n in range(len(losses))]
    grouped = np.arange(rows) if clusters is None else clusters
    return simplest("which", names, losses, [grouped])[0]


def test_the_simplest_within_one_standard_error_wins() -> None:
    noise = np.random.default_rng(1).normal(size=400)
    best = np.ones(400)
    error = noise.std(ddof=1) / 20
    just_within = best + noise - noise.mean() + 0.99 * error
    just_beyond = best + noise - noise.mean() + 1.01 * error
    assert _choose(just_within, best) == 0
    assert _choose(just_beyond, best) == 1
    assert _choose(best, just_within) == 0


def test_the_best_of_all_decides_what_is_within() -> None:
    assert _choose(np.full(50, 3.0), np.full(50, 2.0), np.full(50, 1.0)) == 2


def test_rows_of_one_cluster_are_one_observation() -> None:
    repeated = np.repeat(np.array([0.0, 1.0, -0.4, 0.2]), 100)
    clusters = np.repeat(np.arange(4), 100)
    _, by_row = simplest("q", ["a", "b"], [repeated, np.zeros(400)], [np.arange(400)])
    _, by_cluster = simplest("q", ["a", "b"], [repeated, np.zeros(400)], [clusters])
    alone = np.array([0.0, 1.0, -0.4, 0.2])
    assert by_cluster[0].error == pytest.approx(alone.std(ddof=1) / 2)
    assert by_row[0].error < by_cluster[0].error / 5


def test_the_clustering_with_the_largest_error_counts() -> None:
    loss = np.repeat(np.array([0.0, 1.0]), 50)
    rows, windows = np.arange(100), np.repeat([0, 1], 50)
    _, trials = simplest("q", ["a", "b"], [loss, np.zeros(100)], [rows, windows])
    assert trials[0].error == pytest.approx(0.5)


def test_one_cluster_tells_nothing_and_leaves_the_simplest() -> None:
    assert _choose(np.full(9, 5.0), np.zeros(9), clusters=np.zeros(9, dtype=np.int64)) == 0


def test_every_way_is_told_with_its_figures() -> None:
    _, trials = simplest("q", ["a", "b"], [np.full(4, 2.0), np.full(4, 1.0)], [np.arange(4)])
    assert [(t.name, t.loss, t.behind, t.chosen) for t in trials] == [
        ("a", 2.0, 1.0, False),
        ("b", 1.0, 0.0, True),
    ]
