"""The booster: a regularised LightGBM."""

from collections.abc import Iterator

import lightgbm
import numpy as np
from numpy.typing import NDArray

from features.declaration.encoder import category_columns
from features.declaration.feature_set import FeatureSet
from training.learning.examples import Examples

_FEWEST_FOR_THREADS = 10_000
"""Rows; with fewer, threads that share a tree wait for each other more than they gain."""


def booster_settings(leaves: int, learning_rate: float, seed: int) -> dict[str, object]:
    """Return LightGBM's parameters of the regularised booster."""
    return {
        "objective": "binary",
        "num_leaves": leaves,
        "max_depth": 5,
        "learning_rate": learning_rate,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 10.0,
        "cat_smooth": 20.0,
        "max_bin": 127,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }


def fit_booster(
    feature_set: FeatureSet, examples: Examples, settings: dict[str, object], rounds: int
) -> lightgbm.Booster:
    """Fit a number of trees, on top of the baseline of the examples if they have one."""
    return lightgbm.train(settings, _dataset(feature_set, examples), num_boost_round=rounds)


def staged_margins(
    feature_set: FeatureSet,
    examples: Examples,
    settings: dict[str, object],
    stages: tuple[int, ...],
    matrix: NDArray[np.float64],
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield numbers of trees and the margins that so many trees give to the rows of a matrix.

    Args:
        feature_set: What the columns mean.
        examples: To fit.
        settings: Of the booster.
        stages: Ascending numbers of trees.
        matrix: float64 [rows, features], encoded.

    Yields:
        A number of trees, and float64 [rows].
    """
    # The trees are the same whatever the threads; 0 leaves their number to OpenMP.
    threads = 1 if len(examples.label) < _FEWEST_FOR_THREADS else 0
    booster = lightgbm.Booster(settings | {"num_threads": threads}, _dataset(feature_set, examples))
    baseline = 0.0 if examples.baseline is None else examples.baseline.margins(matrix)
    for stage in stages:
        while booster.current_iteration() < stage:
            booster.update()
        margins = np.asarray(booster.predict(matrix, raw_score=True), dtype=np.float64)
        yield stage, margins + baseline


def _dataset(feature_set: FeatureSet, examples: Examples) -> lightgbm.Dataset:
    baseline = examples.baseline
    return lightgbm.Dataset(
        examples.matrix,
        examples.label,
        weight=examples.weight,
        init_score=None if baseline is None else baseline.margins(examples.matrix),
        categorical_feature=category_columns(feature_set),
        params={"max_bin": 127, "verbosity": -1},
    )
