"""What the product's learning is held against: common learners as they come, and a plain logistic.

XGBoost and CatBoost are in the extra `peers`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from features.contract.mistake import MistakeError

LIGHTGBM = "LightGBM, defaults"

PACKAGES = ("xgboost", "catboost")
"""What the extra `peers` installs."""

_MISSING_CATEGORY = -1
_ITERATIONS = 1_000


class MissingPeerError(MistakeError):
    """A learner is not installed; the message says which and how to get it."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a learner is given at a cut-off.

    Attributes:
        matrix: float64 [rows, features]; categories are codes from 0, NaN is missing.
        label: float64 [rows], 0 or 1.
        unseen: float64 [rows to predict, features].
        categorical: Which columns hold categories.
    """

    matrix: NDArray[np.float64]
    label: NDArray[np.float64]
    unseen: NDArray[np.float64]
    categorical: list[int]


def check_peers(packages: Iterable[str] = PACKAGES) -> None:
    """Check that every learner is installed.

    Raises:
        MissingPeerError: One is not.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise MissingPeerError(
            f"not installed: {', '.join(missing)}; run: pip install --editable '.[training,peers]'"
        )


def _lightgbm(task: Task, seed: int) -> NDArray[np.float64]:
    learner = lightgbm.LGBMClassifier(random_state=seed, verbosity=-1)
    learner.fit(task.matrix, task.label, categorical_feature=task.categorical)
    return _positive(learner, task.unseen)


def _hist_gradient_boosting(task: Task, seed: int) -> NDArray[np.float64]:
    learner = HistGradientBoostingClassifier(
        random_state=seed, categorical_features=task.categorical
    )
    return _positive(learner.fit(task.matrix, task.label), task.unseen)


def _xgboost(task: Task, seed: int) -> NDArray[np.float64]:
    learner = make_pipeline(
        _one_hot(task, "passthrough"), import_module("xgboost").XGBClassifier(random_state=seed)
    )
    return _positive(learner.fit(task.matrix, task.label), task.unseen)


def _catboost(task: Task, seed: int) -> NDArray[np.float64]:
    learner = import_module("catboost").CatBoostClassifier(
        random_seed=seed, cat_features=task.categorical, verbose=False, allow_writing_files=False
    )
    learner.fit(_frame(task.matrix, task.categorical), task.label)
    return _positive(learner, _frame(task.unseen, task.categorical))


def _logistic(task: Task, seed: int) -> NDArray[np.float64]:
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    learner = make_pipeline(
        _one_hot(task, numbers), LogisticRegression(max_iter=_ITERATIONS, random_state=seed)
    )
    return _positive(learner.fit(task.matrix, task.label), task.unseen)


PEERS: dict[str, Callable[[Task, int], NDArray[np.float64]]] = {
    LIGHTGBM: _lightgbm,
    "HistGradientBoosting, defaults": _hist_gradient_boosting,
    "XGBoost, defaults": _xgboost,
    "CatBoost, defaults": _catboost,
    "logistic regression": _logistic,
}
"""Learn from a task with a seed, and return the probability of each unseen row."""


def _one_hot(task: Task, numbers: Any) -> ColumnTransformer:  # noqa: ANN401
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("categories", encoder, task.categorical)], remainder=numbers)


def _frame(matrix: NDArray[np.float64], categorical: list[int]) -> pd.DataFrame:
    """Return rows as CatBoost takes them: categories are whole numbers."""
    frame = pd.DataFrame(matrix)
    for column in categorical:
        frame[column] = frame[column].fillna(_MISSING_CATEGORY).astype(np.int64)
    return frame


def _positive(learner: Any, unseen: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Return the probability of the target, float64 [rows]."""
    return np.asarray(learner.predict_proba(unseen), dtype=np.float64)[:, 1]
