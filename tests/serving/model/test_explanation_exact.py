import warnings
from importlib import import_module
from itertools import combinations
from math import factorial
from types import ModuleType
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from serving.model.explain.explanation import TreeExplanation
from tests.serving.boosters import FEATURES, Recipe, odd_rows, train

Row = NDArray[np.float64]

RECIPES = st.builds(
    Recipe,
    seed=st.integers(0, 10_000),
    rows=st.sampled_from((30, 300)),
    rounds=st.integers(1, 12),
    leaves=st.integers(2, 60),
    depth=st.sampled_from((-1, 1, 2, 3, 5, 6)),
    categories=st.sampled_from((2, 5, 33, 80)),
    settings=st.fixed_dictionaries(
        {
            "use_missing": st.booleans(),
            "zero_as_missing": st.booleans(),
            "boost_from_average": st.booleans(),
            "boosting": st.sampled_from(("gbdt", "gbdt", "dart", "rf")),
            "learning_rate": st.sampled_from((0.03, 0.5)),
        }
    ),
)


@pytest.fixture(scope="module")
def shap() -> ModuleType:
    # Its plots use what matplotlib will deprecate.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return import_module("shap")


@settings(max_examples=60, deadline=None)
@given(RECIPES)
def test_contributions_are_those_of_lightgbm(recipe: Recipe) -> None:
    booster = train(recipe)
    explanation = TreeExplanation(booster.model_to_string())
    rows = odd_rows(recipe.seed, 140, recipe.categories)

    base, contributions = explanation.contributions(rows)

    expected = np.asarray(booster.predict(rows, pred_contrib=True))
    margins = np.asarray(booster.predict(rows, raw_score=True))
    near = 1e-9 * max(1.0, float(np.abs(margins).max()))
    assert explanation.method == "tables"
    np.testing.assert_allclose(contributions, expected[:, :-1], rtol=0.0, atol=near)
    np.testing.assert_allclose(base, expected[0, -1], rtol=0.0, atol=near)
    np.testing.assert_allclose(base + contributions.sum(axis=1), margins, rtol=0.0, atol=near)
    np.testing.assert_array_equal(explanation.margins(rows), margins)


@pytest.mark.parametrize("missing", [{}, {"use_missing": False}, {"zero_as_missing": True}])
def test_contributions_are_those_of_shap(shap: ModuleType, missing: dict[str, object]) -> None:
    booster = train(Recipe(rounds=20, settings={"objective": "regression", **missing}))
    rows = odd_rows(1, 50, 12)
    explainer = shap.TreeExplainer(booster)

    base, contributions = TreeExplanation(booster.model_to_string()).contributions(rows)

    np.testing.assert_allclose(contributions, explainer.shap_values(rows), atol=1e-9)
    np.testing.assert_allclose(base, explainer.expected_value, atol=1e-9)


def test_contributions_are_those_of_shaps_own_algorithm(shap: ModuleType) -> None:
    # For a booster shap asks LightGBM; for trees given as arrays it computes by itself.
    rows = np.random.default_rng(0).normal(size=(300, FEATURES))
    label = rows[:, 0] * rows[:, 1] + rows[:, 2]
    settings = {"num_leaves": 20, "min_data_in_leaf": 1, "verbosity": -1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, label), 10)
    trees = [_as_arrays(tree) for tree in booster.dump_model()["tree_info"]]
    explainer = shap.TreeExplainer({"trees": trees})

    base, contributions = TreeExplanation(booster.model_to_string()).contributions(rows)

    np.testing.assert_allclose(contributions, explainer.shap_values(rows), atol=1e-9)
    np.testing.assert_allclose(base, explainer.expected_value, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    leaves=st.integers(2, 8),
    missing=st.sampled_from(({}, {"use_missing": False}, {"zero_as_missing": True})),
)
def test_contributions_are_shapley_values(
    seed: int, leaves: int, missing: dict[str, object]
) -> None:
    booster = train(Recipe(seed=seed, rows=80, rounds=2, leaves=leaves, settings=missing))
    dumped = booster.dump_model()["tree_info"]
    rows = odd_rows(seed, 10, 12)

    base, contributions = TreeExplanation(booster.model_to_string()).contributions(rows)

    everything = frozenset(range(FEATURES))
    for row, contribution in zip(rows, contributions, strict=True):
        expected = [sum(_shapley(tree, row, f) for tree in dumped) for f in everything]
        np.testing.assert_allclose(contribution, expected, atol=1e-9)
    mean = sum(_expectation(tree["tree_structure"], rows[0], frozenset()) for tree in dumped)
    np.testing.assert_allclose(base, mean, atol=1e-9)


def _shapley(tree: dict[str, Any], row: Row, feature: int) -> float:
    others = [f for f in range(FEATURES) if f != feature]
    total = 0.0
    for size in range(FEATURES):
        weight = factorial(size) * factorial(FEATURES - size - 1) / factorial(FEATURES)
        for known in map(frozenset, combinations(others, size)):
            with_it = _expectation(tree["tree_structure"], row, known | {feature})
            total += weight * (with_it - _expectation(tree["tree_structure"], row, known))
    return total


def _expectation(node: dict[str, Any], row: Row, known: frozenset[int]) -> float:
    if "split_feature" not in node:
        return float(node["leaf_value"])
    left, right = node["left_child"], node["right_child"]
    if node["split_feature"] in known:
        goes_left = _goes_left(node, float(row[node["split_feature"]]))
        return _expectation(left if goes_left else right, row, known)
    counts = [child.get("internal_count", child.get("leaf_count")) for child in (left, right)]
    parts = [_expectation(child, row, known) for child in (left, right)]
    return float(np.dot(counts, parts) / sum(counts))


def _goes_left(node: dict[str, Any], value: float) -> bool:
    if node["decision_type"] == "==":
        codes = {int(code) for code in node["threshold"].split("||")}
        return -1 < value < 2**31 and int(value) in codes
    zero = abs(value) <= 1e-35
    if node["missing_type"] == "NaN" and np.isnan(value):
        return bool(node["default_left"])
    if node["missing_type"] == "Zero" and (zero or np.isnan(value)):
        return bool(node["default_left"])
    # The JSON of LightGBM has 1e300 in place of infinity.
    threshold = np.inf if node["threshold"] >= 1e300 else node["threshold"]
    return bool((0.0 if np.isnan(value) or zero else value) <= threshold)


def _as_arrays(tree: dict[str, Any]) -> dict[str, NDArray[Any]]:
    nodes: list[dict[str, Any]] = []
    _number(tree["tree_structure"], nodes)
    children = {
        side: np.array([n.get(f"{side}_child", {"position": -1})["position"] for n in nodes])
        for side in ("left", "right")
    }
    return {
        "children_left": children["left"],
        "children_right": children["right"],
        "children_default": children["right"],
        "features": np.array([n.get("split_feature", -2) for n in nodes]),
        "thresholds": np.array([n.get("threshold", 0.0) for n in nodes]),
        "values": np.array([[n.get("leaf_value", 0.0)] for n in nodes]),
        "node_sample_weight": np.array(
            [n.get("internal_count", n.get("leaf_count")) for n in nodes], dtype=np.float64
        ),
    }


def _number(node: dict[str, Any], nodes: list[dict[str, Any]]) -> None:
    node["position"] = len(nodes)
    nodes.append(node)
    for side in ("left_child", "right_child"):
        if side in node:
            _number(node[side], nodes)
