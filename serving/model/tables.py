"""Tables of contributions: one for each leaf, with a line for every way a row can meet its path.

What a leaf gives to the features of its path depends only on which of the d features the row
satisfies: 2^d patterns. For each the contributions are the Shapley values of the game in which a
feature that is not known is satisfied with its share of the training rows (path-dependent TreeSHAP,
Lundberg et al. 2020, which LightGBM computes anew for every row).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import factorial
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from serving.model.trees import Forest, Split, Tree

MOST_SPLITS = 64
"""Splits of a tree; its decisions are the bits of one word."""

MOST_FEATURES = 10
"""Distinct features on the path to one leaf."""

LARGEST_TABLES = 128 * 1024**2
"""Bytes of all tables of a booster."""

NUMBER, ZERO_IS_MISSING, CATEGORY = range(3)
"""Kinds of split, as the kernels know them."""


class Splits(NamedTuple):
    """Splits of all trees, laid out for the kernels.

    Attributes:
        start: int64 [trees + 1], each tree's slice of the other arrays.
        feature: int32 [splits].
        threshold: float64 [splits].
        kind: int8 [splits].
        missing_left: bool [splits], whether what is missing goes left.
        set_start: int64 [splits + 1], each split's slice of `sets`; empty for numbers.
        sets: uint32 [words], bits of the categories that go left.
    """

    start: NDArray[np.int64]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    kind: NDArray[np.int8]
    missing_left: NDArray[np.bool_]
    set_start: NDArray[np.int64]
    sets: NDArray[np.uint32]


class Paths(NamedTuple):
    """Paths to all leaves and their tables, laid out for the kernels.

    Attributes:
        start: int64 [trees + 1], each tree's slice of the leaves.
        steps: int64 [leaves + 1], each leaf's slice of `feature`, `asked` and `left`.
        feature: int32 [steps], the distinct features of a path.
        asked: uint64 [steps], the bits of the path's splits on that feature.
        left: uint64 [steps], those of them at which the path goes left.
        table_start: int64 [leaves + 1], each leaf's slice of `table`.
        table: float64, for each leaf [2^features, features of its path]; bit j of the first index
            says that the row satisfies the path's feature j.
    """

    start: NDArray[np.int64]
    steps: NDArray[np.int64]
    feature: NDArray[np.int32]
    asked: NDArray[np.uint64]
    left: NDArray[np.uint64]
    table_start: NDArray[np.int64]
    table: NDArray[np.float64]


@dataclass(slots=True)
class _Step:
    """What a path asks of one feature, and the share of the training rows that satisfies it."""

    asked: int = 0
    left: int = 0
    share: float = 1.0


_Path = dict[int, _Step]


class NoTablesError(ValueError):
    """A forest that tables cannot hold exactly; the message says why."""


def lay_out_splits(forest: Forest) -> Splits:
    """Lay out the splits of a forest."""
    splits = [split for tree in forest.trees for split in tree.splits]
    sets = [_NO_SET if s.categories is None else s.categories for s in splits]
    return Splits(
        start=_starts([len(tree.splits) for tree in forest.trees]),
        feature=np.array([s.feature for s in splits], dtype=np.int32),
        threshold=np.array([s.threshold for s in splits], dtype=np.float64),
        kind=np.array([_kind(s) for s in splits], dtype=np.int8),
        missing_left=np.array([_missing_left(s) for s in splits], dtype=np.bool_),
        set_start=_starts([len(words) for words in sets]),
        sets=np.concatenate([_NO_SET, *sets]),
    )


_NO_SET = np.empty(0, dtype=np.uint32)


def _starts(lengths: list[int]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(lengths)], dtype=np.int64)


def _kind(split: Split) -> int:
    if split.categories is not None:
        return CATEGORY
    return ZERO_IS_MISSING if split.missing == "zero" else NUMBER


def _missing_left(split: Split) -> bool:
    return split.threshold >= 0.0 if split.missing == "none" else split.default_left


def lay_out_paths(forest: Forest) -> Paths:
    """Lay out the paths of a forest and compute their tables.

    Raises:
        NoTablesError: A tree is too large, its counts do not add up, or its tables are too large.
    """
    by_tree = [_paths(tree) for tree in forest.trees]
    paths = [path for of_tree in by_tree for path in of_tree]
    table_start = _starts([len(path) << len(path) for path in paths])
    size = 8 * int(table_start[-1])
    if size > LARGEST_TABLES:
        raise NoTablesError(f"the tables would take {size} bytes, more than {LARGEST_TABLES}")
    steps = [step for path in paths for step in path.values()]
    laid_out = Paths(
        start=_starts([len(of_tree) for of_tree in by_tree]),
        steps=_starts([len(path) for path in paths]),
        feature=np.array([feature for path in paths for feature in path], dtype=np.int32),
        asked=np.array([step.asked for step in steps], dtype=np.uint64),
        left=np.array([step.left for step in steps], dtype=np.uint64),
        table_start=table_start,
        table=np.empty(table_start[-1]),
    )
    values = np.concatenate([np.empty(0), *(t.leaf_values for t in forest.trees if t.splits)])
    shares = np.array([step.share for step in steps], dtype=np.float64)
    _fill(laid_out, forest.scale * values, shares, _ORDERINGS)
    return laid_out


def _paths(tree: Tree) -> list[_Path]:
    if len(tree.splits) > MOST_SPLITS:
        raise NoTablesError(f"a tree has {len(tree.splits)} splits, more than {MOST_SPLITS}")
    paths: list[_Path] = [{} for _ in tree.leaf_values if tree.splits]
    waiting: list[tuple[int, _Path]] = [(0, {})] if tree.splits else []
    while waiting:
        child, path = waiting.pop()
        if child < 0:
            paths[-1 - child] = path
        else:
            waiting += _follow(tree, child, path)
    longest = max(map(len, paths), default=0)
    if longest > MOST_FEATURES:
        raise NoTablesError(f"a path has {longest} features, more than {MOST_FEATURES}")
    return paths


def _follow(tree: Tree, position: int, path: _Path) -> Iterator[tuple[int, _Path]]:
    split = tree.splits[position]
    if not 0 < split.rows == tree.rows(split.left) + tree.rows(split.right):
        raise NoTablesError("the training rows of a split are not those of its children")
    before = path.get(split.feature, _Step())
    bit = 1 << position
    for child, left in ((split.left, bit), (split.right, 0)):
        share = before.share * (tree.rows(child) / split.rows)
        yield child, path | {split.feature: _Step(before.asked | bit, before.left | left, share)}


def _orderings() -> NDArray[np.float64]:
    """Return the share of the orderings of d features in which t given ones come before another."""
    table = np.zeros((MOST_FEATURES + 1, MOST_FEATURES))
    for d in range(1, MOST_FEATURES + 1):
        for t in range(d):
            table[d, t] = factorial(t) * factorial(d - 1 - t) / factorial(d)
    return table


_ORDERINGS = _orderings()


@numba.njit(cache=True)
def _fill(
    paths: Paths,
    values: NDArray[np.float64],
    shares: NDArray[np.float64],
    orderings: NDArray[np.float64],
) -> None:
    for leaf in range(len(values)):
        share = shares[paths.steps[leaf] : paths.steps[leaf + 1]]
        d = len(share)
        table = paths.table[paths.table_start[leaf] : paths.table_start[leaf + 1]]
        for pattern in range(1 << d):
            for j in range(d):
                met = 1.0 if pattern >> j & 1 else 0.0
                weight = _weight(share, pattern, j, orderings[d])
                table[pattern * d + j] = values[leaf] * (met - share[j]) * weight


@numba.njit(cache=True)
def _weight(
    share: NDArray[np.float64], pattern: int, j: int, ordering: NDArray[np.float64]
) -> float:
    # Coefficient t of the product over the other features is the total share of the row's fate
    # over all sets of t known features; a feature the row does not satisfy must be unknown.
    coefficients = np.zeros(len(share))
    coefficients[0] = 1.0
    for k in range(len(share)):
        if k != j:
            for t in range(len(share) - 1, 0, -1):
                known = coefficients[t - 1] if pattern >> k & 1 else 0.0
                coefficients[t] = coefficients[t] * share[k] + known
            coefficients[0] *= share[k]
    return float((coefficients * ordering[: len(share)]).sum())
