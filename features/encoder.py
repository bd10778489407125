"""The only gate to a model: order, dtype and categories frozen at training.

LightGBM checks neither dtypes nor category codes of a plain array, so nothing else may build one.
"""

from collections import Counter
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from features.declaration import FeatureSet
from features.table import FeatureTable

UNKNOWN_CATEGORY = 0
"""Code of a category that training did not know or saw too rarely; known ones start at 1."""


class Encoder(BaseModel):
    """Feature table in, matrix out.

    Attributes:
        categories: Known categories by profile field, in code order from 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: dict[str, tuple[str, ...]]

    @classmethod
    def fit(cls, table: FeatureTable, *, min_rows: int, max_categories: int) -> "Encoder":
        """Learn the categories seen in at least `min_rows` rows, the most frequent first."""
        learned = {}
        for field in table.feature_set.categories:
            counts = Counter(text for text in table.texts[field] if text is not None)
            frequent = [(-rows, text) for text, rows in counts.items() if rows >= min_rows]
            learned[field] = tuple(text for _, text in sorted(frequent)[:max_categories])
        return cls(categories=learned)

    def encode(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return float64 [rows, features]: numbers as they are, categories as codes, NaN missing.

        Raises:
            ValueError: The table has other categorical fields than the encoder learned.
        """
        feature_set = table.feature_set
        if feature_set.categories.keys() != self.categories.keys():
            raise ValueError("the table's categorical fields are not those of the encoder")
        matrix = table.numbers.copy()
        for field, column in feature_set.categories.items():
            codes = self._codes[field]
            matrix[:, column] = [
                np.nan if text is None else codes.get(text, UNKNOWN_CATEGORY)
                for text in table.texts[field]
            ]
        return matrix

    @cached_property
    def _codes(self) -> dict[str, dict[str, int]]:
        return {
            field: {text: code for code, text in enumerate(texts, start=UNKNOWN_CATEGORY + 1)}
            for field, texts in self.categories.items()
        }


def category_columns(feature_set: FeatureSet) -> list[int]:
    """Return the columns that LightGBM must be told are categorical."""
    return list(feature_set.categories.values())
