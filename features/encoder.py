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
    def fit(
        cls, table: FeatureTable, lead: NDArray[np.int64], *, min_leads: int, max_categories: int
    ) -> "Encoder":
        """Learn the categories that enough leads have, the most frequent first.

        Args:
            table: Rows to learn from.
            lead: int64 [rows], whose rows they are: many rows of one lead are one observation.
            min_leads: Fewest leads of a category.
            max_categories: Most categories of a field.
        """
        learned = {}
        for field in table.feature_set.categories:
            having = set(zip(table.texts[field], lead.tolist(), strict=True))
            counts = Counter(text for text, _ in having if text is not None)
            frequent = [(-leads, text) for text, leads in counts.items() if leads >= min_leads]
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
