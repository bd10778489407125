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
from serving.model.explain.cells import MOST_FEATURES, Cell, NoCellsError
from serving.model.explain.decisions import starts
from serving.model.explain.questions import MOST_QUESTIONS, Word

LARGEST_TABLES = 128 * 1024**2
"""Bytes of the tables of one booster."""

NO_DEMAND = MOST_QUESTIONS
"""A bit that no word sets."""


class Tables(NamedTuple):
    """Cells of all words and their tables, laid out for the kernels.

    Attributes:
        start: int32 [words + 1], each word's slice of the cells.
        demands: uint8 [cells, MOST_FEATURES], bits of the word that answer a cell's demands;
            `NO_DEMAND` for those it does not have.
        feature_start: int32 [cells + 1], each cell's slice of `feature`.
        feature: int32 [..], the features a cell contributes to.
        line_start: int32 [cells + 1], each cell's slice of `lines`.
        lines: float64, for each cell [2^demands, features]; bit i of the first index is the answer
            to demand i.
    """

    start: NDArray[np.int32]
    demands: NDArray[np.uint8]
    feature_start: NDArray[np.int32]
    feature: NDArray[np.int32]
    line_start: NDArray[np.int32]
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


def compute_tables(cells: list[Cell], words: list[Word]) -> Tables:
    """Compute the tables of cells, which words hold in this order.

    Raises:
        NoCellsError: The tables would be larger than `LARGEST_TABLES`.
    """
    features = [cell.features for cell in cells]
    sizes = [len(own) << len(cell.asked) for cell, own in zip(cells, features, strict=True)]
    if 8 * sum(sizes) > LARGEST_TABLES:
        raise NoCellsError(f"the tables have {8 * sum(sizes)} bytes, more than {LARGEST_TABLES}")
    tables = Tables(
        start=starts([len(word.cells) for word in words]),
        demands=_demands(words),
        feature_start=starts([len(own) for own in features]),
        feature=np.array([feature for own in features for feature in own], dtype=np.int32),
        line_start=starts(sizes),
        lines=np.zeros(sum(sizes)),
    )
    _fill(tables, _lay_out_leaves(cells), _orderings())
    return tables


def _demands(words: list[Word]) -> NDArray[np.uint8]:
    rows = []
    for word in words:
        bits = word.bits
        rows += [[bits[question] for question in cell] for cell in word.cells]
    demands = np.full((len(rows), MOST_FEATURES), NO_DEMAND, dtype=np.uint8)
    for row, own in zip(demands, rows, strict=True):
        row[: len(own)] = own
    return demands


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
        features = tables.feature_start[cell + 1] - tables.feature_start[cell]
        patterns = (tables.line_start[cell + 1] - tables.line_start[cell]) // features
        for pattern in range(patterns):
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
