"""Exact contributions of a tree ensemble: the one narrow door to them.

Path-dependent TreeSHAP as LightGBM's `pred_contrib` defines it, read from tables that are computed
when the booster is loaded; a booster that tables cannot hold goes through `pred_contrib` itself.
"""

import lightgbm
import numpy as np
from numpy.typing import NDArray

from serving.model.cells import NoCellsError
from serving.model.contributions import contributions
from serving.model.tables import Splits, Tables, compute_tables, lay_out_splits
from serving.model.trees import read_forest


class TreeExplanation:
    """A booster that tells its margin as a base and one contribution per feature.

    It is safe to call from several threads.

    Attributes:
        features: Columns of the matrices it takes.
        trees: Trees of the booster.
        method: `tables`, or `pred_contrib` and why tables cannot hold the booster.
        table_bytes: Size of the tables; 0 without.
    """

    def __init__(self, booster_text: str) -> None:
        """Read a booster and compute its tables.

        Raises:
            lightgbm.basic.LightGBMError: The text is no booster, or one nobody can explain: it has
                several outputs or linear trees.
        """
        self._booster = lightgbm.Booster(model_str=booster_text)
        self.features = self._booster.num_feature()
        self.trees = self._booster.num_trees()
        if self._booster.num_model_per_iteration() != 1:
            raise lightgbm.basic.LightGBMError("the booster has several outputs; train it with one")
        self.method = "tables"
        self._tables: tuple[Splits, Tables] | None = None
        try:
            forest = read_forest(booster_text)
        ...
