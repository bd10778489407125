"""Splits of many trees as flat arrays: how the kernels decide where a row goes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from serving.model.explain.trees import Split, Tree

NUMBER, ZERO_IS_MISSING, CATEGORY = range(3)
"""Kinds of split, as the kernels know them."""

_NO_SET = np.empty(0, dtype=np.uint32)


class Splits(NamedTuple):
    """Splits of all trees, laid out for the kernels.

    Attributes:
        start: int64 [trees + 1], each tree's slice of the splits.
        feature: int64 [splits].
        threshold: float64 [splits].
        kind: int64 [splits].
        missing_left: bool [splits], whether what is missing goes left.
        set_start: int64 [splits + 1], each split's slice of `sets`; empty for numbers.
        sets: uint32 [words], bits of the categories that go left.
    """

    start: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    kind: NDArray[np.int64]
    missing_left: NDArray[np.bool_]
    set_start: NDArray[np.int64]
    sets: NDArray[np.uint32]


def lay_out_splits(trees: list[Tree]) -> Splits:
    """Lay out the splits of trees."""
    splits = [split for tree in trees for split in tree.splits]
    sets = [_NO_SET if s.categories is None else s.categories for s in splits]
    return Splits(
        start=np.cumsum([0, *(len(tree.splits) for tree in trees)]),
        feature=np.array([s.feature for s in splits], dtype=np.int64),
        threshold=np.array([s.threshold for s in splits], dtype=np.float64),
        kind=np.array([_kind(s) for s in splits], dtype=np.int64),
        missing_left=np.array([_missing_left(s) for s in splits], dtype=np.bool_),
        set_start=np.cumsum([0, *map(len, sets)]),
        sets=np.concatenate([_NO_SET, *sets]),
    )


def _kind(split: Split) -> int:
    if split.categories is not None:
        return CATEGORY
    return ZERO_IS_MISSING if split.missing == "zero" else NUMBER


def _missing_left(split: Split) -> bool:
    return split.threshold >= 0.0 if split.missing == "none" else split.default_left
