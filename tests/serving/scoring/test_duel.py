"""A champion and a challenger beside each other."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from serving.scoring.duel import Duel, duel

CHANCES = st.tuples(st.floats(0, 1), st.floats(0, 1))


def test_two_models_are_held_beside_each_other() -> None:
    said = [(0.9, 0.5), (0.1, 0.6)] + [(0.0, 0.1)] * 8
    found = duel(said)
    assert found is not None
    assert found.leads == 10
    assert found.champion == pytest.approx(0.1)
    assert found.challenger == pytest.approx(0.19)
    assert found.apart == pytest.approx((0.4 + 0.5 + 0.8) / 10)
    # The best of the one is the second best of the other one.
    assert found.same_best == 0.0


def test_nothing_is_no_duel() -> None:
    assert duel([]) is None
    assert duel([(0.2, 0.2)]) == Duel(1, 0.2, 0.2, 0.0, 1.0)


@example([(0.0, 0.0)] * 14 + [(0.0, 1.0)])
@given(st.lists(CHANCES, min_size=1, max_size=60))
def test_it_is_as_slowly_counted(said: list[tuple[float, float]]) -> None:
    found = duel(said)
    assert found is not None
    most = max(1, round(len(said) / 10))
    best = [
        set(sorted(range(len(said)), key=lambda one: (-said[one][side], one))[:most])
        for side in (0, 1)
    ]
    assert found.same_best == pytest.approx(len(best[0] & best[1]) / most)
    assert found.apart == pytest.approx(sum(abs(a - b) for a, b in said) / len(said))
    turned = duel([(b, a) for a, b in said])
    assert turned is not None and turned.same_best == found.same_best
