"""The strongest reasons of many rows, held to a slow definition for one."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from serving.scoring.strongest import Listing, list_strongest

OF_FIT = np.arange(9) % 3 == 0

totals = arrays(
    np.float64,
    st.tuples(st.integers(0, 5), st.integers(1, 9)),
    elements=st.one_of(st.sampled_from([0.0, -0.0, 0.5, -0.5, 1.0]), st.floats(-5, 5)),
)
limits = st.integers(0, 6)


def strongest(contributions: Sequence[float], up: int, down: int) -> list[int]:
    """Return positions of the strongest, strongest first; of equal ones the first goes first."""
    sizes = [abs(contribution) for contribution in contributions]
    order = sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True)
    raising = [term for term in order if contributions[term] > 0][:up]
    lowering = [term for term in order if contributions[term] < 0][:down]
    return [term for term in order if term in {*raising, *lowering}]


@given(totals, limits, limits)
def test_each_row_lists_what_it_would_alone(rows: NDArray[np.float64], up: int, down: int) -> None:
    listed = list_strongest(rows, OF_FIT[: rows.shape[1]], Listing(up, down))
    begins = listed.offsets.tolist()
    for row, own in enumerate(rows.tolist()):
        part = slice(begins[row], begins[row + 1])
        expected = strongest(own, up, down)
        assert listed.position[part].tolist() == expected
        assert listed.contribution[part].tolist() == [own[position] for position in expected]
        assert set(listed.row[part].tolist()) <= {row}


@given(totals, limits, limits)
def test_sums_are_those_of_all_reasons_and_of_those_not_listed(
    rows: NDArray[np.float64], up: int, down: int
) -> None:
    of_fit = OF_FIT[: rows.shape[1]]
    listed = list_strongest(rows, of_fit, Listing(up, down))
    np.testing.assert_allclose(listed.fit, rows[:, of_fit].sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(listed.behaviour, rows[:, ~of_fit].sum(axis=1), atol=1e-12)
    told = np.bincount(listed.row, weights=listed.contribution, minlength=len(rows))
    np.testing.assert_allclose(listed.other, rows.sum(axis=1) - told, atol=1e-12)


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=12), limits, limits)
def test_the_strongest_are_listed_and_never_a_zero(
    contributions: list[float], up: int, down: int
) -> None:
    of_fit = np.zeros(len(contributions), dtype=np.bool_)
    chosen = list_strongest(np.array([contributions]), of_fit, Listing(up, down)).position.tolist()
    sizes = [abs(contributions[term]) for term in chosen]
    assert sizes == sorted(sizes, reverse=True)
    for sign, most in ((1, up), (-1, down)):
        listed = [sign * contributions[t] for t in chosen if sign * contributions[t] > 0]
        every = [sign * contribution for contribution in contributions]
        assert listed == sorted([x for x in every if x > 0], reverse=True)[:most]
    assert all(contributions[term] != 0 for term in chosen)
