"""What the features are measured against computes the same features."""

from pathlib import Path

import numpy as np
import pytest

from experiments.benchmarks.feature_rows import OURS, SIDES, is_installed, simulate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows")
    # More leads than events for each, so that some rows are without any.
    simulate(folder, events=300, rows=400)
    return folder


@pytest.mark.parametrize("side", [side for side in SIDES if side != OURS])
def test_every_side_computes_the_same(folder: Path, side: str) -> None:
    if not is_installed(side):
        pytest.skip(f"{side} is in the extra 'peers', which is not installed")
    ours, theirs = SIDES[OURS](folder), SIDES[side](folder)
    assert len(ours) == 400
    assert (ours[:, 0] == 0).any()
    np.testing.assert_allclose(theirs, ours, rtol=1e-9)
