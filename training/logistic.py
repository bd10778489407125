"""The logistic half: quantile-normalised numbers, one-hot categories, columns for the missing."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from sklearn.linear_model import LogisticRegression

from features.declaration import FeatureSet
from features.encoder import Encoder
from serving.model.linear import CategoryTerm, LinearExplanation, LinearModel, NumberTerm
from training.examples import Examples

_GRID = 101
_FARTHEST_DEVIATE = 2.5


def fit_linear(
    feature_set: FeatureSet, encoder: Encoder, examples: Examples, c: float
) -> LinearExplanation:
    """Fit the logistic regression.

    Args:
        feature_set: What the columns mean.
        encoder: What encoded them.
        examples: To fit.
        c: Inverse strength of the regularisation.
    """
    terms = _empty_terms(feature_set, encoder, examples.matrix)
    designs = [_design(term, examples.matrix[:, term.column]) for term in terms]
    # What no row has would be weighted with zero, at the price of every other column.
    used = np.concatenate([design.any(axis=0) for design in designs])
    logistic = LogisticRegression(C=c, max_iter=200, solver="newton-cholesky")
    logistic.fit(np.column_stack(designs)[:, used], examples.label, sample_weight=examples.weight)
    weights = np.zeros(len(used))
    weights[used] = logistic.coef_[0]
    borders = np.cumsum([design.shape[1] for design in designs])[:-1]
    of_terms = zip(terms, np.split(weights, borders), strict=True)
    weighted = [_weighted(term, some) for term, some in of_terms]
    uncentred = LinearModel(intercept=float(logistic.intercept_[0]), terms=tuple(weighted))
    contributions = LinearExplanation(uncentred).contributions(examples.matrix)
    means = np.average(contributions, axis=0, weights=examples.weight)
    centred = [term.model_copy(update={"mean": float(means[term.column])}) for term in weighted]
    return LinearExplanation(uncentred.model_copy(update={"terms": tuple(centred)}))


def _empty_terms(
    feature_set: FeatureSet, encoder: Encoder, matrix: NDArray[np.float64]
) -> list[NumberTerm | CategoryTerm]:
    terms: list[NumberTerm | CategoryTerm] = []
    for column, feature in enumerate(feature_set.features):
        if feature.kind == "category":
            codes = len(encoder.categories[feature.field]) + 1
            terms.append(CategoryTerm(column=column, weights=(0.0,) * codes))
        else:
            grid, normal = quantile_map(matrix[:, column])
            terms.append(NumberTerm(column=column, grid=grid, normal=normal))
    return terms


def quantile_map(values: NDArray[np.float64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return ascending values and the normal deviates of their middle ranks; missing ones aside.

    A value held by many rows takes the middle of their ranks, so that ties stay one step.
    """
    known = np.sort(values[~np.isnan(values)])
    if len(known) == 0:
        return (0.0,), (0.0,)
    grid = np.unique(np.quantile(known, np.linspace(0.0, 1.0, _GRID), method="nearest"))
    below = np.searchsorted(known, grid, side="left")
    up_to = np.searchsorted(known, grid, side="right")
    deviates = ndtri((below + up_to) / 2 / len(known))
    normal = np.clip(deviates, -_FARTHEST_DEVIATE, _FARTHEST_DEVIATE)
    return tuple(grid.tolist()), tuple(normal.tolist())


def _design(term: NumberTerm | CategoryTerm, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the columns a term is fitted on: its own, and one for missing values at the end."""
    missing = np.isnan(values)
    if isinstance(term, NumberTerm):
        return np.column_stack([term.deviates(values), missing])
    codes = np.where(missing, len(term.weights), values)
    one_hot: NDArray[np.float64] = (codes[:, None] == np.arange(len(term.weights) + 1)) * 1.0
    return one_hot


def _weighted(
    term: NumberTerm | CategoryTerm, weights: NDArray[np.float64]
) -> NumberTerm | CategoryTerm:
    missing = {"missing_weight": float(weights[-1])}
    if isinstance(term, NumberTerm):
        return term.model_copy(update={"weight": float(weights[0]), **missing})
    return term.model_copy(update={"weights": tuple(weights[:-1].tolist()), **missing})
