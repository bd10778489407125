"""The strongest reasons of many rows, held to those of one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from serving.batch.strongest import list_strongest
from serving.scoring.answer import Listing
from serving.scoring.reasons import strongest

totals = arrays(
    np.float64,
    st.tuples(st.integers(0, 5), st.integers(1, 9)),
    elements=st.one_of(st.sampled_from([0.0, -0.0, 0.5, -0.5, 1.0]), st.floats(-5, 5)),
)


@given(totals, st.integers(0, 4), st.integers(0, 4))
def test_each_row_lists_what_it_would_alone(rows: NDArray[np.float64], up: int, down: int) -> None:
    listed = list_strongest(rows, Listing(up, down))
    begins = listed.offsets.tolist()
    for row, own in enumerate(rows.tolist()):
        part = slice(begins[row], begins[row + 1])
        expected = strongest(own, up, down)
        assert listed.position[part].tolist() == expected
        assert listed.contribution[part].tolist() == [own[position] for position in expected]
        assert set(listed.row[part].tolist()) <= {row}
        assert np.flatnonzero(listed.told[row]).tolist() == sorted(expected)
