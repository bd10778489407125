from dataclasses import dataclass, field

import lightgbm
import numpy as np
from numpy.typing import NDArray

from serving.model.explain.explanation import TreeExplanation

NUMBERS = 4
CATEGORIES = (4, 5)
FEATURES = 6

ODD_NUMBERS = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-36, 1e-35, 1e300, -1e300)
ODD_CODES = (np.nan, np.inf, -np.inf, -1.0, -0.5, 0.0, 0.9, 1e-36, 31.0, 32.0, 2.0**31, 2.0**32 + 1)


@dataclass(frozen=True)
class Recipe:
    seed: int = 0
    rows: int = 300
    rounds: int = 8
    leaves: int = 16
    depth: int = -1
    categories: int = 12
    settings: dict[str, object] = field(default_factory=dict)


def matrix(seed: int, rows: int, categories: int) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    drawn = random.normal(size=(rows, FEATURES))
    drawn[:, 2] *= random.random(rows) < 0.3
    drawn[:, 3] = np.round(drawn[:, 3])
    drawn[:, CATEGORIES] = random.integers(0, categories, size=(rows, len(CATEGORIES)))
    drawn[random.random(drawn.shape) < 0.1] = np.nan
    return drawn


def odd_rows(seed: int, rows: int, categories: int) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    drawn = matrix(seed, rows, 2 * categories)
    odd = random.random(drawn.shape) < 0.4
    numbers = np.arange(FEATURES) < NUMBERS
    drawn = np.where(odd & numbers, random.choice(ODD_NUMBERS, drawn.shape), drawn)
    return np.where(odd & ~numbers, random.choice(ODD_CODES, drawn.shape), drawn)


def train(recipe: Recipe) -> lightgbm.Booster:
    x = matrix(recipe.seed, recipe.rows, recipe.categories)
    filled = np.nan_to_num(x, nan=1.0)
    margin = filled[:, 0] * filled[:, 1] + 2 * filled[:, 2] + np.isin(filled[:, 4], (1, 3, 5)) * 2
    noise = np.random.default_rng(recipe.seed).normal(size=recipe.rows)
    settings = {
        "objective": "binary",
        "num_leaves": recipe.leaves,
        "max_depth": recipe.depth,
        "min_data_in_leaf": 1,
        "min_data_per_group": 1,
        "min_data_in_bin": 1,
        "max_cat_to_onehot": 2,
        "cat_smooth": 0.1,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "seed": recipe.seed,
        "num_threads": 1,
        "verbosity": -1,
        **recipe.settings,
    }
    label = (margin + noise > 0).astype(np.float64)
    data = lightgbm.Dataset(x, label, categorical_feature=list(CATEGORIES), params=settings)
    return lightgbm.train(settings, data, num_boost_round=recipe.rounds)


def assert_explains(booster: lightgbm.Booster, rows: NDArray[np.float64]) -> TreeExplanation:
    explanation = TreeExplanation(booster.model_to_string())
    base, contributions = explanation.contributions(rows)
    alone = [explanation.contributions(row[None, :])[1][0] for row in rows]
    np.testing.assert_array_equal(contributions, alone)
    expected = np.asarray(booster.predict(rows, pred_contrib=True))
    np.testing.assert_allclose(contributions, expected[:, :-1], atol=1e-9)
    np.testing.assert_allclose(base, expected[0, -1], atol=1e-9)
    np.testing.assert_allclose(
        base + contributions.sum(axis=1), booster.predict(rows, raw_score=True), atol=1e-9
    )
    return explanation
