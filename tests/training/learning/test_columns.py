"""Features that tell nothing are left out, and nothing else is."""

import numpy as np

from features.declaration.feature_set import (
    Feature,
    FeatureSet,
    ProfileCategory,
    ProfileNumber,
    Season,
)
from features.declaration.table import FeatureTable
from training.learning.columns import informative


def _table(numbers: dict[str, list[float]], texts: dict[str, list[str | None]]) -> FeatureTable:
    features: list[Feature] = [ProfileNumber(field=field) for field in numbers]
    features += [ProfileCategory(field=field) for field in texts]
    rows = len(next(iter(numbers.values())))
    columns = [*numbers.values(), *([np.nan] * rows for _ in texts)]
    return FeatureTable(
        FeatureSet(features=tuple(features)),
        np.array(columns, dtype=np.float64).T.copy(),
        {field: np.array(column, dtype=object) for field, column in texts.items()},
    )


def test_constant_features_and_copies_are_left_out_by_name() -> None:
    table = _table(
        {"size": [1, 2, np.nan], "one": [1, 1, 1], "none": [np.nan] * 3, "same": [1, 2, np.nan],
         "gap": [1, 1, np.nan]},
        {"role": ["a", "b", None], "only": ["a", "a", "a"]},
    )  # fmt: skip
    columns = informative(table)
    assert [f.name for f in columns.kept.features] == [
        "profile.size",
        "profile.gap",
        "profile.role",
    ]
    assert columns.constant == ("profile.one", "profile.none", "profile.only")
    assert columns.copies == ("profile.same",)


def test_something_is_kept_of_features_that_tell_nothing() -> None:
    columns = informative(_table({"one": [1, 1], "two": [2, 2]}, {}))
    assert [f.name for f in columns.kept.features] == ["profile.one"]
    assert columns.constant == ("profile.two",)


def test_the_time_of_year_is_never_alone() -> None:
    features = (Season(wave="sine"), ProfileNumber(field="one"))
    table = FeatureTable(FeatureSet(features=features), np.array([[0.1, 1.0], [0.2, 1.0]]), {})
    assert [f.name for f in informative(table).kept.features] == ["profile.one", "season.sine"]
