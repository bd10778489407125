"""Trees of a LightGBM text: splits, leaf values and how many training rows went each way."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LAYOUT = "v4"
"""The layout of the text that LightGBM 4 writes."""

_CATEGORICAL = 1
_DEFAULT_LEFT = 2
_MISSING_SHIFT = 2
_MISSING = ("none", "zero", "nan")


class UnknownLayoutError(ValueError):
    """A booster's text that is not of `LAYOUT`."""


class BoosterError(ValueError):
    """A text that is no booster, or one of several outputs or with linear trees."""


@dataclass(frozen=True, slots=True)
class Split:
    """One inner node.

    Attributes:
        feature: Column it looks at.
        threshold: Numbers up to it go left; of no meaning where there are categories.
        categories: Bits uint32 [words] of the category codes that go left; None for numbers.
        missing: What counts as missing: `none` (NaN is read as 0), `zero` (so is NaN) or `nan`.
        default_left: Where missing numbers go.
        left: Position of the left child's split, or -1 - the position of its leaf.
        right: The same of the right child.
        rows: Training rows that came here.
    """

    feature: int
    threshold: float
    categories: NDArray[np.uint32] | None
    missing: str
    default_left: bool
    left: int
    right: int
    rows: int


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree; a tree of one leaf has no splits.

    Attributes:
        splits: The root first.
        leaf_values: float64 [leaves], learning rate included.
        leaf_rows: int64 [leaves], training rows of each leaf.
        linear: Whether its leaves hold linear models besides their values.
    """

    splits: tuple[Split, ...]
    leaf_values: NDArray[np.float64]
    leaf_rows: NDArray[np.int64]
    linear: bool

    def rows(self, child: int) -> int:
        """Return the training rows of a child as `Split.left` and `Split.right` name it."""
        return self.splits[child].rows if child >= 0 else int(self.leaf_rows[-1 - child])

    @property
    def expected(self) -> float:
        """The mean of the leaf values over the training rows."""
        if not self.splits:
            return float(self.leaf_values[0])
        return float(self.leaf_values @ (self.leaf_rows / self.splits[0].rows))


class Forest(NamedTuple):
    """The trees of a booster.

    Attributes:
        features: Columns that it looks at.
        outputs: How many it has; trees of each follow each other.
        trees: All of them; of one output, the raw margin is the sum of their leaf values.
    """

    features: int
    outputs: int
    trees: list[Tree]


def read_trees(booster_text: str) -> Forest:
    """Read the trees of a text LightGBM wrote.

    Raises:
        UnknownLayoutError: The text has another layout than `LAYOUT`.
        BoosterError: It has this layout, and lacks parts or is damaged.
    """
    head, *blocks = booster_text.partition("\nend of trees")[0].split("\nTree=")
    if f"version={LAYOUT}" not in head.splitlines():
        raise UnknownLayoutError(f"the booster's text is not of layout {LAYOUT}")
    said = dict(line.split("=", 1) for line in head.splitlines() if "=" in line)
    try:
        return Forest(
            features=int(said["max_feature_idx"]) + 1,
            outputs=int(said["num_tree_per_iteration"]),
            trees=[_tree(block) for block in blocks],
        )
    except (KeyError, ValueError, IndexError):
        # LightGBM ends the process on many such texts, so it is not asked.
        raise BoosterError("the booster's text lacks parts, or is damaged") from None


def _tree(block: str) -> Tree:
    fields = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
    leaves = int(fields["num_leaves"])
    return Tree(
        splits=tuple(_splits(fields)) if leaves > 1 else (),
        leaf_values=np.array(fields["leaf_value"].split(), dtype=np.float64).reshape(leaves),
        leaf_rows=np.array(fields["leaf_count"].split(), dtype=np.int64).reshape(leaves),
        linear=fields["is_linear"] == "1",
    )


def _splits(fields: dict[str, str]) -> list[Split]:
    columns = [
        fields[name].split()
        for name in (
            "split_feature",
            "threshold",
            "decision_type",
            "left_child",
            "right_child",
            "internal_count",
        )
    ]
    sets = _category_sets(fields)
    splits = []
    for feature, threshold, decision, left, right, rows in zip(*columns, strict=True):
        bits = int(decision)
        splits.append(
            Split(
                feature=int(feature),
                threshold=float(threshold),
                categories=sets[int(threshold)] if bits & _CATEGORICAL else None,
                missing=_MISSING[bits >> _MISSING_SHIFT & 3],
                default_left=bool(bits & _DEFAULT_LEFT),
                left=int(left),
                right=int(right),
                rows=int(rows),
            )
        )
    return splits


def _category_sets(fields: dict[str, str]) -> list[NDArray[np.uint32]]:
    if "cat_boundaries" not in fields:
        return []
    words = np.array(fields["cat_threshold"].split(), dtype=np.uint32)
    return np.split(words, np.array(fields["cat_boundaries"].split(), dtype=np.int64)[1:-1])
