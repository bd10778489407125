"""Trees cut into cells: subtrees that few enough yes-or-no demands on a row decide.

The demands of a cell are one for each feature of the path to it (does the row satisfy all that the
path asks of the feature?) and one for each split inside (does the row go left?). Where the path
asks but once of a feature, that is one split as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from serving.model.explain.trees import Tree

MOST_DEMANDS = 7
"""Demands of a cell; more make fewer, faster cells and larger tables."""

MOST_FEATURES = 10
"""Distinct features on the path to one leaf, which is a cell where it cannot be part of one."""


class NoCellsError(ValueError):
    """A tree that cannot be cut into cells; the message says why."""


class Demand(NamedTuple):
    """What a path asks of one feature.

    Attributes:
        asked: Bits of the decisions it looks at.
        left: Those of them that must be "left".
        share: Share of the training rows that satisfies it, of those that came to its splits.
    """

    asked: int
    left: int
    share: float


Path = dict[int, Demand]
"""The demands of a path by feature."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of a cell.

    Attributes:
        value: What it adds to the margin.
        path: From the root; bits are positions among the cell's demands.
    """

    value: float
    path: Path


@dataclass(frozen=True, slots=True)
class Cell:
    """One subtree.

    Attributes:
        asked: For each demand, the bits of the tree's splits it looks at. One split is met by going
            left, several by going as the path does.
        left: For each demand, those of them at which the row must go left.
        leaves: Its leaves.
    """

    asked: tuple[int, ...]
    left: tuple[int, ...]
    leaves: tuple[Leaf, ...]

    @property
    def features(self) -> list[int]:
        """The features its leaves contribute to, in ascending order."""
        return sorted({feature for leaf in self.leaves for feature in leaf.path})


def cut(tree: Tree) -> list[Cell]:
    """Cut a tree into cells that hold each of its leaves once; a tree of one leaf has none.

    Raises:
        NoCellsError: The tree has too many features on a path, or its counts of training rows do
            not add up.
    """
    cells = []
    waiting: list[tuple[int, Path]] = [(0, {})] if tree.splits else []
    while waiting:
        child, path = waiting.pop()
        inside = _inside(tree, child)
        if child < 0 or len(path) + len(inside) <= MOST_DEMANDS:
            cells.append(_cell(tree, child, path, inside))
        else:
            waiting += _follow(tree, child, 1 << child, path)
    return cells


def _inside(tree: Tree, child: int) -> list[int]:
    if child < 0:
        return []
    split = tree.splits[child]
    return [child, *_inside(tree, split.left), *_inside(tree, split.right)]


def _cell(tree: Tree, child: int, path: Path, inside: list[int]) -> Cell:
    above = {
        feature: Demand(1 << bit, _met(demand) << bit, demand.share)
        for bit, (feature, demand) in enumerate(path.items())
    }
    bits = {split: 1 << bit for bit, split in enumerate(inside, start=len(path))}
    return Cell(
        asked=(*(demand.asked for demand in path.values()), *(1 << split for split in inside)),
        left=(*(demand.left for demand in path.values()), *(1 << split for split in inside)),
        leaves=tuple(_leaves(tree, child, above, bits)),
    )


def _met(demand: Demand) -> bool:
    # The bit of one split says that the row goes left, and the path may go right.
    return demand.left != 0 or demand.asked.bit_count() > 1


def _leaves(tree: Tree, child: int, path: Path, bits: dict[int, int]) -> Iterator[Leaf]:
    if child >= 0:
        for grandchild, longer in _follow(tree, child, bits[child], path):
            yield from _leaves(tree, grandchild, longer, bits)
        return
    if len(path) > MOST_FEATURES:
        raise NoCellsError(f"a path has {len(path)} features, more than {MOST_FEATURES}")
    yield Leaf(float(tree.leaf_values[-1 - child]), path)


def _follow(tree: Tree, position: int, bit: int, path: Path) -> Iterator[tuple[int, Path]]:
    split = tree.splits[position]
    if not 0 < split.rows == tree.rows(split.left) + tree.rows(split.right):
        raise NoCellsError("the training rows of a split are not those of its children")
    asked, left, share = path.get(split.feature, Demand(0, 0, 1.0))
    for child, goes_left in ((split.left, bit), (split.right, 0)):
        part = tree.rows(child) / split.rows
        yield child, path | {split.feature: Demand(asked | bit, left | goes_left, share * part)}
