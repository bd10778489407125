"""Exact contributions of a tree ensemble: the one narrow door to them.

Path-dependent TreeSHAP as LightGBM's `pred_contrib` defines it, read from tables that are computed
when the booster is loaded; a booster that tables cannot hold goes through `pred_contrib` itself.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.model.explain.cells import NoCellsError, cut
from serving.model.explain.contributions import contributions
from serving.model.explain.decisions import Decisions, lay_out_decisions
from serving.model.explain.questions import pack, questions
from serving.model.explain.tables import Tables, compute_tables
from serving.model.explain.trees import BoosterError, Tree, UnknownLayoutError, read_trees


class TreeExplanation:
    """A booster that tells its margin as a base and one contribution per feature.

    It is safe to call from several threads.

    Attributes:
        features: Columns of the matrices it takes.
        trees: Trees of the booster.
        method: `tables`, or `pred_contrib` and why there are no tables.
        table_bytes: Size of the tables; 0 where there are none.
    """

    def __init__(self, booster_text: str) -> None:
        """Read a booster and compute its tables.

        Raises:
            BoosterError: The text is no booster, or one that LightGBM cannot explain either.
        """
        self._text = booster_text
        self.method = "tables"
        self.table_bytes = 0
        self._arrays: tuple[Decisions, Tables] | None = None
        try:
            forest = read_trees(booster_text)
            _check(forest.outputs, forest.trees)
            self.features, self.trees = forest.features, len(forest.trees)
            self._arrays = _arrays(forest.trees)
            self._base = float(sum(tree.expected for tree in forest.trees))
            self.table_bytes = self._arrays[1].lines.nbytes
        except (UnknownLayoutError, NoCellsError) as error:
            self.method = f"pred_contrib, because {error}"
            self._ask_booster()

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the raw margin, float64 [rows]."""
        return np.asarray(self._booster.predict(matrix, raw_score=True), dtype=np.float64)

    def contributions(self, matrix: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Explain rows.

        Args:
            matrix: float64 [rows, features]; categories as codes, NaN where a value is missing.

        Returns:
            The base margin, and float64 [rows, features] that add up with it to the raw margin.

        Raises:
            ValueError: The matrix has another number of columns than the booster has features.
        """
        if matrix.ndim != 2 or matrix.shape[1] != self.features:
            raise ValueError(
                f"the booster takes rows of {self.features} features, not shape {matrix.shape}"
            )
        if self._arrays is not None:
            return self._base, contributions(*self._arrays, matrix)
        if len(matrix) == 0:
            return self._base, np.zeros(matrix.shape)
        return self._base, self._pred_contrib(matrix)[:, :-1]

    def warm(self) -> None:
        """Compile what the first call would otherwise compile, or fetch it from numba's cache."""
        self.contributions(np.zeros((1, self.features)))

    @cached_property
    def _booster(self) -> Any:  # noqa: ANN401 - LightGBM has no types
        # It takes a second, and 100 MB with all that it loads; where there are tables, answers do
        # without.
        from lightgbm import Booster  # noqa: PLC0415

        return Booster(model_str=self._text)

    def _ask_booster(self) -> None:
        from lightgbm.basic import LightGBMError  # noqa: PLC0415

        try:
            self.features, self.trees = self._booster.num_feature(), self._booster.num_trees()
            _check(self._booster.num_model_per_iteration(), ())
            self._base = float(self._pred_contrib(np.zeros((1, self.features)))[0, -1])
        except LightGBMError as error:
            raise BoosterError(str(error)) from None

    def _pred_contrib(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self._booster.predict(matrix, pred_contrib=True), dtype=np.float64)


def _check(outputs: int, trees: Sequence[Tree]) -> None:
    if outputs != 1:
        raise BoosterError("the booster has several outputs; train it with one")
    if any(tree.linear for tree in trees):
        raise BoosterError("the booster has linear trees; train it without")


def _arrays(trees: Sequence[Tree]) -> tuple[Decisions, Tables]:
    by_tree = [(tree, cut(tree)) for tree in trees]
    words = pack([asked for tree, cells in by_tree for asked in questions(tree, cells)])
    tables = compute_tables([cell for _, cells in by_tree for cell in cells], words)
    return lay_out_decisions(words), tables
