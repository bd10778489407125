"""Tables of contributions: one for each cell, with a line for every way a row can meet its demands.

What a leaf gives to the features of its path depends only on which of the d features the row
satisfies. For each of the 2^d cases the contributions are the Shapley values of the game in which a
feature that is not known is satisfied with its share of the training rows (path-dependent TreeSHAP,
Lundberg et al. 2020, which LightGBM computes anew for every row). A cell adds up its leaves.
"""

from itertools import accumulate
from math import factorial
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from serving.model.cells import MOST_FEATURES, Cell, NoCellsError, cut
from serving.model.trees import Forest, Split

LARGEST_TABLES = 128 * 1024**2
"""Bytes of all tables of a booster."""

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


class Tables(NamedTuple):
    """Cells of all trees and their tables, laid out for the kernels.

    Attributes:
        start: int64 [trees + 1], each tree's slice of the cells.
        demand_start: int64 [cells + 1], each cell's slice of `asked` and `left`.
        asked: uint64 [demands], bits of the tree's splits a demand looks at.
        left: uint64 [demands], those of them at which the row must go left.
        feature_start: int64 [cells + 1], each cell's slice of `feature`.
        feature: int64 [..], the features a cell contributes to.
        line_start: int64 [cells + 1], each cell's slice of `lines`.
        lines: float64, for each cell [2^demands, features]; bit i of the first index says that
            demand i is met.
    """

    start: NDArray[np.int64]
    demand_start: NDArray[np.int64]
    asked: NDArray[np.uint64]
    left: NDArray[np.uint64]
    feature_start: NDArray[np.int64]
    feature: NDArray[np.int64]
    line_start: NDArray[np.int64]
    lines: NDArray[np.float64]


class _Leaves(NamedTuple):
    # Paths of the leaves in the bits of their cells; `place` is a feature's place in its cell.
    cell: NDArray[np.int64]
    value: NDArray[np.float64]
    start: NDArray[np.int64]
    place: NDArray[np.int64]
    asked: NDArray[np.int64]
    left: NDArray[np.int64]
    share: NDArray[np.float64]


def lay_out_splits(forest: Forest) -> Splits:
    """Lay out the splits of a forest."""
    splits = [split for tree in forest.trees for split in tree.splits]
    sets = [_NO_SET if s.categories is None else s.categories for s in splits]
    return Splits(
        start=_starts([len(tree.splits) for tree in forest.trees]),
        feature=np.array([s.feature for s in splits], dtype=np.int64),
        threshold=np.array([s.threshold for s in splits], dtype=np.float64),
        kind=np.array([_kind(s) for s in splits], dtype=np.int64),
        missing_left=np.array([_missing_left(s) for s in splits], dtype=np.bool_),
        set_start=_starts([len(words) for words in sets]),
        sets=np.concatenate([_NO_SET, *sets]),
    )


def _starts(lengths: list[int]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(lengths)], dtype=np.int64)


def _kind(split: Split) -> int:
    if split.categories is not None:
        return CATEGORY
    return ZERO_IS_MISSING if split.missing == "zero" else NUMBER


def _missing_left(split: Split) -> bool:
    return split.threshold >= 0.0 if split.missing == "none" else split.default_left


def compute_tables(forest: Forest) -> Tables:
    """Cut the trees into cells and compute their tables.

    Raises:
        NoCellsError: A tree has no cells, or the tables would be larger than `LARGEST_TABLES`.
    """
    by_tree = [cut(tree) for tree in forest.trees]
    cells = [cell for of_tree in by_tree for cell in of_tree]
    features = [cell.features for cell in cells]
    sizes = [len(own) << len(cell.asked) for cell, own in zip(cells, features, strict=True)]
    if 8 * sum(sizes) > LARGEST_TABLES:
        raise NoCellsError(f"the tables have {8 * sum(sizes)} bytes, more than {LARGEST_TABLES}")
    tables = Tables(
        start=_starts([len(of_tree) for of_tree in by_tree]),
        demand_start=_starts([len(cell.asked) for cell in cells]),
        asked=np.array([mask for cell in cells for mask in cell.asked], dtype=np.uint64),
        left=np.array([mask for cell in cells for mask in cell.left], dtype=np.uint64),
        feature_start=_starts([len(own) for own in features]),
        feature=np.array([feature for own in features for feature in own], dtype=np.int64),
        line_start=_starts(sizes),
        lines=np.zeros(sum(sizes)),
    )
    _fill(tables, _lay_out_leaves(cells, forest.scale), _orderings())
    return tables


def _lay_out_leaves(cells: list[Cell], scale: float) -> _Leaves:
    leaves = [(number, leaf) for number, cell in enumerate(cells) for leaf in cell.leaves]
    places = [{feature: i for i, feature in enumerate(cell.features)} for cell in cells]
    demands = [demand for _, leaf in leaves for demand in leaf.path.values()]
    return _Leaves(
        cell=np.array([number for number, _ in leaves], dtype=np.int64),
        value=np.array([scale * leaf.value for _, leaf in leaves], dtype=np.float64),
        start=_starts([len(leaf.path) for _, leaf in leaves]),
        place=np.array([places[n][f] for n, leaf in leaves for f in leaf.path], dtype=np.int64),
        asked=np.array([demand.asked for demand in demands], dtype=np.int64),
        left=np.array([demand.left for demand in demands], dtype=np.int64),
        share=np.array([demand.share for demand in demands], dtype=np.float64),
    )


def _orderings() -> NDArray[np.float64]:
    # [d, t]: share of the orderings of d features in which t given ones come right before another.
    table = np.zeros((MOST_FEATURES + 1, MOST_FEATURES))
    for d in range(1, MOST_FEATURES + 1):
        for t in range(d):
            table[d, t] = factorial(t) * factorial(d - 1 - t) / factorial(d)
    return table


@numba.njit(cache=True)
def _fill(tables: Tables, leaves: _Leaves, orderings: NDArray[np.float64]) -> None:
    for leaf in range(len(leaves.cell)):
        begin, end = leaves.start[leaf], leaves.start[leaf + 1]
        given = _shapley(leaves.value[leaf], leaves.share[begin:end], orderings[end - begin])
        cell = leaves.cell[leaf]
        demands = tables.demand_start[cell + 1] - tables.demand_start[cell]
        features = tables.feature_start[cell + 1] - tables.feature_start[cell]
        for pattern in range(1 << demands):
            met = 0
            for i in range(begin, end):
                if pattern & leaves.asked[i] == leaves.left[i]:
                    met |= 1 << (i - begin)
            line = tables.line_start[cell] + pattern * features
            for i in range(begin, end):
                tables.lines[line + leaves.place[i]] += given[met, i - begin]


@numba.njit(cache=True)
def _shapley(
    value: float, share: NDArray[np.float64], ordering: NDArray[np.float64]
) -> NDArray[np.float64]:
    # float64 [2^d, d]: what a leaf gives to its features, by which of them the row satisfies.
    d = len(share)
    given = np.empty((1 << d, d))
    known = np.empty(d)
    for met in range(1 << d):
        for j in range(d):
            # known[t]: over all sets of t other features, the share in which the leaf is reached
            # when just the set is known; a known feature that is not satisfied makes it 0.
            known[:] = 0.0
            known[0] = 1.0
            for k in range(d):
                if k != j:
                    for t in range(d - 1, 0, -1):
                        known[t] = known[t] * share[k] + (known[t - 1] if met >> k & 1 else 0.0)
                    known[0] *= share[k]
            weight = 0.0
            for t in range(d):
                weight += known[t] * ordering[t]
            given[met, j] = value * ((met >> j & 1) - share[j]) * weight
    return given
