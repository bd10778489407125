"""Tables of contributions: one for each cell, with a line for every way a row can meet its demands.

What a leaf gives to the features of its path depends only on which of the d features the row
satisfies. For each of the 2^d cases the contributions are the Shapley values of the game in which a
feature that is not known is satisfied with its share of the training rows (path-dependent TreeSHAP,
Lundberg et al. 2020, which LightGBM computes anew for every row). A cell adds up its leaves.
"""

from math import factorial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.kernel.compiled import compiled
from serving.model.explain.cells import MOST_FEATURES, Cell, NoCellsError, cut
from serving.model.explain.trees import Tree

LARGEST_TABLES = 128 * 1024**2
"""Bytes of the tables of one booster."""


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


def compute_tables(trees: list[Tree]) -> Tables:
    """Cut the trees into cells and compute their tables.

    Raises:
        NoCellsError: A tree has no cells, or the tables would be larger than `LARGEST_TABLES`.
    """
    by_tree = [cut(tree) for tree in trees]
    cells = [cell for of_tree in by_tree for cell in of_tree]
    features = [cell.features for cell in cells]
    sizes = [len(own) << len(cell.asked) for cell, own in zip(cells, features, strict=True)]
    if 8 * sum(sizes) > LARGEST_TABLES:
        raise NoCellsError(f"the tables have {8 * sum(sizes)} bytes, more than {LARGEST_TABLES}")
    tables = Tables(
        start=np.cumsum([0, *map(len, by_tree)]),
        demand_start=np.cumsum([0, *(len(cell.asked) for cell in cells)]),
        asked=np.array([mask for cell in cells for mask in cell.asked], dtype=np.uint64),
        left=np.array([mask for cell in cells for mask in cell.left], dtype=np.uint64),
        feature_start=np.cumsum([0, *map(len, features)]),
        feature=np.array([feature for own in features for feature in own], dtype=np.int64),
        line_start=np.cumsum([0, *sizes]),
        lines=np.zeros(sum(sizes)),
    )
    _fill(tables, _lay_out_leaves(cells), _orderings())
    return tables


def _lay_out_leaves(cells: list[Cell]) -> _Leaves:
    leaves = [(number, leaf) for number, cell in enumerate(cells) for leaf in cell.leaves]
    places = [{feature: i for i, feature in enumerate(cell.features)} for cell in cells]
    demands = [demand for _, leaf in leaves for demand in leaf.path.values()]
    return _Leaves(
        cell=np.array([number for number, _ in leaves], dtype=np.int64),
        value=np.array([leaf.value for _, leaf in leaves], dtype=np.float64),
        start=np.cumsum([0, *(len(leaf.path) for _, leaf in leaves)]),
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


# Without the GIL: a model is loaded while another one answers.
@compiled(nogil=True)
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


@compiled(nogil=True)
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
