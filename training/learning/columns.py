"""Features that tell nothing where a model is learned: constant ones, and copies of others."""

from dataclasses import dataclass

import numpy as np

from features.declaration.feature_set import Feature, FeatureSet
from features.declaration.table import FeatureTable


@dataclass(frozen=True, slots=True)
class Columns:
    """A choice of features.

    Attributes:
        kept: Those that tell something.
        constant: Names of those that have one value only, or none.
        copies: Names of those that equal another in every row.
    """

    kept: FeatureSet
    constant: tuple[str, ...]
    copies: tuple[str, ...]


def informative(table: FeatureTable) -> Columns:
    """Return the features of a table that tell something in its rows.

    At least one is kept besides the time of year.
    """
    kept: list[Feature] = []
    constant: list[Feature] = []
    copies: list[Feature] = []
    seen: set[bytes] = set()
    for column, feature in enumerate(table.feature_set.features):
        if feature.kind == "category":
            texts = set(table.texts[feature.field].tolist())
            (kept if len(texts) > 1 else constant).append(feature)
            continue
        values = table.numbers[:, column]
        content = values.tobytes()
        if np.array_equal(values, np.full_like(values, values[0]), equal_nan=True):
            constant.append(feature)
        elif content in seen:
            copies.append(feature)
        else:
            kept.append(feature)
            seen.add(content)
    if all(feature.kind == "season" for feature in kept):
        kept, constant = [*constant[:1], *kept], constant[1:]
    return Columns(
        kept=FeatureSet(features=tuple(kept), names=table.feature_set.names),
        constant=tuple(feature.name for feature in constant),
        copies=tuple(feature.name for feature in copies),
    )
