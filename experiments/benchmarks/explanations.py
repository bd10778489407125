"""Explained scoring: tables against LightGBM's `pred_contrib`, shap and the bare prediction.

60 features, 10 of them categorical, 5 % missing. Everything is compiled before the clock starts;
of several runs the fastest counts. shap's TreeExplainer hands a LightGBM booster to its
`pred_contrib`; it gets a tenth of the rows, and its time is scaled up.

    python -m experiments.benchmarks.explanations --rows 20000
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable

import lightgbm
import numpy as np
import shap
from numpy.typing import NDArray

from serving.model.explain.explanation import TreeExplanation

_SHAPES = ((300, 16, 5), (300, 31, 6))
_LARGE = (500, 64, 6)
_FEATURES = 60
_CATEGORICAL = tuple(range(50, 60))
_CATEGORIES = 30
_MISSING = 0.05
_RUNS = 3
_PATIENCE = 10.0
_SINGLE_ROWS = 500
_SHAP_PART = 10
_TOLERANCE = 1e-6


def draw(rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return float64 [rows, features] and a label that depends on a third of them."""
    random = np.random.default_rng(7)
    matrix = random.normal(size=(rows, _FEATURES))
    matrix[:, _CATEGORICAL] = random.integers(0, _CATEGORIES, (rows, len(_CATEGORICAL)))
    warm = np.isin(matrix[:, _CATEGORICAL], (1, 5, 7, 11, 20)).sum(axis=1)
    margin = matrix[:, :10].sum(axis=1) + matrix[:, 10] * matrix[:, 11] + 2 * warm
    label = (margin + random.normal(scale=3, size=rows) > 4).astype(np.float64)
    matrix[random.random(matrix.shape) < _MISSING] = np.nan
    return matrix, label


def train(
    matrix: NDArray[np.float64], label: NDArray[np.float64], shape: tuple[int, int, int]
) -> str:
    """Return the text of a booster of so many trees, leaves and levels."""
    trees, leaves, depth = shape
    settings = {
        "objective": "binary",
        "num_leaves": leaves,
        "max_depth": depth,
        "learning_rate": 0.03,
        "feature_fraction": 0.5,
        "verbosity": -1,
        "seed": 7,
    }
    data = lightgbm.Dataset(matrix, label, categorical_feature=list(_CATEGORICAL))
    return str(lightgbm.train(settings, data, trees).model_to_string())


def fastest(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of a few runs; slow work is not repeated."""
    seconds: list[float] = []
    while len(seconds) < _RUNS and sum(seconds) < _PATIENCE:
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def one_by_one(
    explain: Callable[[NDArray[np.float64]], object], matrix: NDArray[np.float64]
) -> float:
    """Return the median seconds of a call for one row."""
    seconds = []
    for row in matrix[:_SINGLE_ROWS, None, :]:
        started = time.perf_counter()
        explain(row)
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds))


def print_loading(text: str) -> None:
    """Print how long a booster takes to load and how large its tables are."""
    size = TreeExplanation(text).table_bytes / 1e6
    seconds = fastest(lambda: TreeExplanation(text))
    print(f"  loaded in {seconds:.2f} s, with {size:.1f} MB of tables")


def compare(matrix: NDArray[np.float64], text: str) -> float:
    """Print the figures of one booster and return the largest difference from `pred_contrib`."""
    ours = TreeExplanation(text)
    ours.warm()
    theirs = lightgbm.Booster(model_str=text)
    explainer = shap.TreeExplainer(theirs)
    some = matrix[: len(matrix) // _SHAP_PART]

    def pred_contrib(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(theirs.predict(rows, pred_contrib=True))

    batch = {
        "tables": fastest(lambda: ours.contributions(matrix)),
        "plain predict": fastest(lambda: theirs.predict(matrix, raw_score=True)),
        "pred_contrib": fastest(lambda: pred_contrib(matrix)),
        "shap (scaled)": fastest(lambda: explainer(some)) * len(matrix) / len(some),
    }
    single = {
        "tables": one_by_one(ours.contributions, matrix),
        "pred_contrib": one_by_one(pred_contrib, matrix),
    }
    _print(f"{len(matrix):,} rows", batch, 1.0, "s")
    _print("one row", single, 1e3, "ms")
    return _largest_difference(ours, matrix, pred_contrib(matrix))


def _print(title: str, seconds: dict[str, float], scale: float, unit: str) -> None:
    print(f"  {title}")
    for name, figure in seconds.items():
        ratio = figure / seconds["tables"]
        print(f"    {name:>14}: {figure * scale:8.3f} {unit}, {ratio:6.2f} times the tables")


def _largest_difference(
    ours: TreeExplanation, matrix: NDArray[np.float64], expected: NDArray[np.float64]
) -> float:
    base, contributions = ours.contributions(matrix)
    margins = ours.margins(matrix)
    apart = np.abs(contributions - expected[:, :-1]).max()
    not_additive = np.abs(base + contributions.sum(axis=1) - margins).max()
    largest = max(apart, abs(base - expected[0, -1]), not_additive) / np.abs(margins).max()
    print(f"  largest difference, relative to the largest raw margin: {largest:.1e}")
    return float(largest)


def main() -> int:
    """Print the figures of each booster, and return 1 where contributions differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    matrix, label = draw(options.rows)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    load = os.getloadavg()[0]
    print(f"load before: {load:.1f}; what else runs disturbs short times more than long ones")
    differences = []
    for shape in (*_SHAPES, _LARGE):
        print("{} trees of {} leaves and depth {}".format(*shape))
        text = train(matrix, label, shape)
        print_loading(text)
        if shape != _LARGE:
            differences.append(compare(matrix, text))
    return int(max(differences) > _TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
