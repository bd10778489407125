"""The comparison with peers: its arithmetic, its tables, and each learner on a small task."""

from importlib.util import find_spec

import numpy as np
import pytest

from experiments.benchmarks.comparison import Comparison, difference, log_loss
from experiments.benchmarks.learners import PACKAGES, PEERS, MissingPeerError, Task, check_peers
from experiments.benchmarks.standings import mean_ranks, standings
from serving.model.manifest import Metric
from training.checks.metrics import METRICS, Outcomes

LABEL = np.array([0.0, 0.0, 1.0, 1.0])
WELL = np.array([0.1, 0.2, 0.8, 0.9])
ILL = np.array([0.1, 0.8, 0.2, 0.9])


def comparison(project: str, loss: dict[str, float]) -> Comparison:
    metrics = {
        name: dict.fromkeys(METRICS, Metric(value=1 - of, low=0.1, high=0.9))
        for name, of in loss.items()
    }
    return Comparison(project, 3, 1_234, 56, metrics, loss, Metric(value=0.02, low=0.0, high=0.04))


def test_log_loss_is_the_mean_over_rows_and_finite_where_one_was_certain_and_wrong() -> None:
    expected = -(2 * np.log(0.9) + 2 * np.log(0.8)) / 4
    assert log_loss(WELL, LABEL) == pytest.approx(expected)
    assert log_loss(np.array([1.0]), np.array([0.0])) == pytest.approx(-np.log(1e-12), rel=1e-4)


def test_the_difference_of_two_rankings_is_paired() -> None:
    outcomes = Outcomes(np.tile(LABEL, 25), np.arange(100))
    apart = difference(np.tile(WELL, 25), np.tile(ILL, 25), outcomes, "roc_auc", seed=1)
    assert apart.value == pytest.approx(0.25)
    assert apart.low is not None and apart.high is not None
    assert 0 < apart.low < 0.25 < apart.high
    assert difference(WELL, WELL, outcomes.take(np.arange(100) < 4), "roc_auc", seed=1).high == 0


def test_the_difference_is_undefined_where_nothing_converted() -> None:
    outcomes = Outcomes(np.zeros(4), np.arange(4))
    assert difference(WELL, ILL, outcomes, "roc_auc", seed=1).value is None


def test_ranks_are_averaged_over_data_sets_and_shared_by_equals() -> None:
    done = [
        comparison("one", {"a": 0.1, "b": 0.2, "c": 0.3}),
        comparison("two", {"a": 0.3, "b": 0.2, "c": 0.2}),
    ]
    assert mean_ranks(done, lambda each, name: each.log_loss[name]) == {
        "a": 2.0,
        "b": 1.75,
        "c": 2.25,
    }


def test_tables_hold_the_ranks_the_data_sets_and_their_figures() -> None:
    text = standings([comparison("one", {"a": 0.25, "b": 0.5})])
    ranks, sets, figures = (part.splitlines() for part in text.split("\n\n"))
    assert ranks[2:] == ["| a | 1.00 | 1.00 |", "| b | 2.00 | 2.00 |"]
    assert sets[2:] == ["| one | 3 | 1,234 | 56 | .020 (.000-.040) |"]
    assert figures[0].startswith("| one | ROC-AUC |")
    assert figures[2].startswith("| a | .750 (.100-.900) |")
    assert "| .250 |" in figures[2]


def test_what_is_not_installed_is_named() -> None:
    check_peers(["numpy"])
    with pytest.raises(
        MissingPeerError, match=r"installed: catboost_of_nobody; run: pip install .*peers"
    ):
        check_peers(["numpy", "catboost_of_nobody"])


@pytest.mark.parametrize("name", PEERS)
def test_a_learner_takes_gaps_and_categories_that_it_never_saw(name: str) -> None:
    for extra in PACKAGES:
        if extra in name.lower() and find_spec(extra) is None:
            pytest.skip(f"{extra} is in the extra 'peers', which is not installed")
    random = np.random.default_rng(3)
    matrix = np.column_stack([random.normal(size=400), random.integers(0, 3, 400)])
    label = (matrix[:, 0] + (matrix[:, 1] == 2) > 0.5).astype(np.float64)
    matrix[::9, 0] = np.nan
    matrix[::7, 1] = np.nan
    unseen = np.array([[2.0, 2.0], [-2.0, 0.0], [np.nan, np.nan], [0.0, 9.0]])
    probability = PEERS[name](Task(matrix, label, unseen, [1]), 7)
    assert probability.shape == (4,)
    assert ((probability > 0) & (probability < 1)).all()
    assert probability[0] > 0.5 > probability[1]
