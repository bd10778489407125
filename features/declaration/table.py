"""Feature values of some rows, as every driver hands them to the encoder."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.declaration.feature_set import FeatureSet

Value = float | str | None
"""A feature's value as a reader knows it; None is missing."""


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """Raw feature values: what a reason shows, before any encoding.

    Attributes:
        feature_set: What the columns mean.
        numbers: float64 [rows, features]; NaN is missing; columns of categories are all NaN.
        texts: Object array [rows] of str or None by categorical profile field.
    """

    feature_set: FeatureSet
    numbers: NDArray[np.float64]
    texts: dict[str, NDArray[np.object_]]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.numbers)

    def row(self, row: int) -> list[Value]:
        """Return the values of a row, by column."""
        values: list[Value] = [
            None if math.isnan(number) else number for number in self.numbers[row].tolist()
        ]
        for field, column in self.feature_set.categories.items():
            values[column] = self.texts[field][row]
        return values

    def value(self, row: int, column: int) -> Value:
        """Return one value as a reader knows it; None is missing."""
        feature = self.feature_set.features[column]
        if feature.kind == "category":
            text: str | None = self.texts[feature.field][row]
            return text
        number = float(self.numbers[row, column])
        return None if np.isnan(number) else number

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> "FeatureTable":
        """Return the given rows."""
        texts = {field: column[rows] for field, column in self.texts.items()}
        return FeatureTable(self.feature_set, self.numbers[rows], texts)

    def select(self, feature_set: FeatureSet) -> "FeatureTable":
        """Return the columns of some of the features.

        Args:
            feature_set: Features of this table, in any order.
        """
        columns = [self.feature_set.columns[feature.name] for feature in feature_set.features]
        texts = {field: self.texts[field] for field in feature_set.categories}
        return FeatureTable(feature_set, self.numbers[:, columns], texts)


def concatenate(tables: list[FeatureTable]) -> FeatureTable:
    """Return the rows of several tables of the same feature set, in order."""
    if len(tables) == 1:
        return tables[0]
    feature_set = tables[0].feature_set
    return FeatureTable(
        feature_set,
        np.concatenate([table.numbers for table in tables]),
        {
            field: np.concatenate([table.texts[field] for table in tables])
            for field in feature_set.categories
        },
    )
