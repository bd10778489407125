"""Exact contributions of a tree ensemble: the one narrow door to them.

Path-dependent TreeSHAP (Lundberg et al. 2020, algorithm 1) as LightGBM itself computes it.
"""

import lightgbm
import numpy as np
from numpy.typing import NDArray


class TreeExplanation:
    """A booster that tells its margin as a base and one contribution per feature."""

    def __init__(self, booster_text: str) -> None:
        """Read a booster.

        Raises:
            lightgbm.basic.LightGBMError: The text is no booster.
        """
        self._booster = lightgbm.Booster(model_str=booster_text)
        self.features = self._booster.num_feature()
        self.trees = self._booster.num_trees()

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the raw margin, float64 [rows]."""
        return np.asarray(self._booster.predict(matrix, raw_score=True), dtype=np.float64)

    def contributions(self, matrix: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the base margin and float64 [rows, features] that add up to the raw margin."""
        table = np.asarray(self._booster.predict(matrix, pred_contrib=True), dtype=np.float64)
        return float(table[0, -1]), table[:, :-1]
