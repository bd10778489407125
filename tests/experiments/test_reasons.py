"""What the listed reasons hold of an answer."""

import numpy as np

from experiments.reasons import Coverage, held, table_of
from serving.scoring.strongest import Listing


def test_the_strongest_of_either_direction_are_held() -> None:
    rows = np.array([[3.0, -1.0, 2.0, 0.5, -2.0, -1.5], [0.0] * 6, [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]])
    shares = held(rows, Listing(up=2, down=1))
    np.testing.assert_allclose(shares, [7 / 10, 0.0, 0.5])


def test_more_reasons_than_terms_hold_all() -> None:
    rows = np.random.default_rng(3).normal(size=(20, 6))
    np.testing.assert_allclose(held(rows, Listing()), 1.0)


def test_the_table_gives_the_median_and_the_range_of_both() -> None:
    shares = np.linspace(0, 1, 11)
    table = table_of(iter([Coverage("firm", 11, shares, shares / 2, 4, 9)]))
    assert table.splitlines()[-1] == ("| firm | 11 | 50%, 10% to 90% (4) | 25%, 5% to 45% (9) |")
