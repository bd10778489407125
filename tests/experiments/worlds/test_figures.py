import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.worlds.figures import compare, expected_auc

chances = st.lists(
    st.tuples(st.floats(0.01, 0.99), st.sampled_from([0.1, 0.2, 0.4, 0.8])), min_size=2, max_size=8
)


@given(chances)
def test_auc_is_the_share_of_pairs_in_order(rows: list[tuple[float, float]]) -> None:
    true, ranking = np.array(rows).T
    in_order = pairs = 0.0
    for positive in range(len(rows)):
        for negative in range(len(rows)):
            weight = true[positive] * (1 - true[negative])
            above = float(ranking[positive] > ranking[negative])
            tied = float(ranking[positive] == ranking[negative])
            pairs += weight
            in_order += weight * (above + tied / 2)
    assert expected_auc(ranking, true) == pytest.approx(in_order / pairs)


@given(chances)
def test_nothing_costs_less_than_the_truth(rows: list[tuple[float, float]]) -> None:
    true, promised = np.array(rows).T
    constant = float(true.mean())
    best = compare(true, true, constant)
    assert best.ratio == 1.0
    assert best.error == 0.0
    other = compare(promised, true, constant)
    assert best.log_loss <= min(other.log_loss, other.constant_log_loss) + 1e-12
    assert best.auc == best.best_auc >= other.auc - 1e-12
    assert other.constant_ratio == pytest.approx(1.0)


def test_figures_of_two_leads() -> None:
    found = compare(np.array([0.5, 0.1]), np.array([0.2, 0.2]), constant=0.1)
    assert found.questions == 2
    assert found.ratio == pytest.approx(1.5)
    assert found.constant_ratio == pytest.approx(0.5)
    assert found.error == pytest.approx(0.2)
    assert found.correlation is None
    expected = -(0.2 * np.log(0.05) + 0.8 * np.log(0.45)) / 2
    assert found.log_loss == pytest.approx(expected)
    assert found.constant_log_loss == pytest.approx(-0.2 * np.log(0.1) - 0.8 * np.log(0.9))


def test_correlation_is_told_where_both_vary() -> None:
    assert compare(np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.6, 0.9]), 0.1).correlation == (
        pytest.approx(1.0)
    )
