"""Shares and medians with their intervals, held against slow definitions of both."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.lifecycle.kpis.figure import Figure, Z, median, share


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_of_a_share_are_where_the_normal_test_just_does_not_reject(
    case: tuple[int, int],
) -> None:
    count, cases = case
    found = share(count, cases)
    assert found.value == count / cases
    assert found.low is not None and found.high is not None
    assert 0 <= found.low <= count / cases <= found.high <= 1
    for bound in (found.low, found.high):
        if bound not in (0.0, 1.0):
            deviation = abs(count / cases - bound) / math.sqrt(bound * (1 - bound) / cases)
            assert deviation == pytest.approx(Z, rel=1e-6)
    assert (found.low == 0) is (count == 0)
    assert (found.high == 1) is (count == cases)


def test_of_no_case_there_is_no_share() -> None:
    assert share(0, 0, waiting=3) == Figure(0, 0, None, None, None, 3)


def _bounds(values: list[float]) -> tuple[float | None, float | None]:
    """Try every pair of order statistics from outside in; the probabilities are exact."""
    ordered, n = sorted(values), len(values)
    found: tuple[float | None, float | None] = (None, None)
    for rank in range(1, n // 2 + 1):
        below = sum(Fraction(math.comb(n, heads), 2**n) for heads in range(rank))
        if below <= Fraction(25, 1000):
            found = (ordered[rank - 1], ordered[n - rank])
    return tuple(None if v is None or math.isinf(v) else v for v in found)  # type: ignore[return-value]


@given(st.lists(st.one_of(st.integers(0, 50).map(float), st.just(math.inf)), max_size=60))
def test_a_median_lies_in_the_middle_between_two_of_the_values(values: list[float]) -> None:
    found = median(values)
    assert found.denominator == len(values)
    assert found.numerator == sum(value < math.inf for value in values)
    if values:
        assert (found.low, found.high) == _bounds(values)
        middle = sorted(values)[(len(values) - 1) // 2 : len(values) // 2 + 1]
        mean = (middle[0] + middle[-1]) / 2
        assert found.value == (None if math.isinf(mean) else mean)


@pytest.mark.parametrize(("cases", "rank"), [(5, 0), (6, 1), (8, 1), (9, 2), (20, 6), (100, 40)])
def test_ranks_are_those_of_the_tables(cases: int, rank: int) -> None:
    # Conover, Practical Nonparametric Statistics, 3rd edition: the binomial of 0.5 at 0.025.
    found = median([float(place) for place in range(1, cases + 1)])
    assert found.low == (rank or None)
    assert found.high == (cases + 1 - rank if rank else None)


def test_the_interval_of_very_many_is_that_of_the_normal_distribution() -> None:
    n = 1_000_000
    found = median([float(place) for place in range(n)])
    assert found.low is not None and found.high is not None
    assert found.high - found.low == pytest.approx(Z * math.sqrt(n), rel=0.01)
