"""The logistic half: quantile-normalised numbers, one-hot categories, columns for the missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from sklearn.linear_model import LogisticRegression

from features.declaration.encoder import Encoder
from features.declaration.feature_set import FeatureSet
from serving.model.linear import CategoryTerm, LinearExplanation, LinearModel, NumberTerm
from training.learning.baseline import Baseline
from training.learning.examples import Examples

_GRID = 101
_FARTHEST_DEVIATE = 2.5

_WAVE_DEVIATES = (-(2.0**0.5), 2.0**0.5)
"""A wave stays one, scaled to the variance of a normal deviate."""


@dataclass(frozen=True, slots=True)
class Design:
    """Rows laid out for the logistic regression, whatever they weigh and however it is regularised.

    Attributes:
        terms: Not weighted yet.
        used: Each bool [columns of a term]; what no row has would be weighted with zero, at the
            price of every other column.
        values: float64 [rows, used columns of all terms].
    """

    terms: tuple[NumberTerm | CategoryTerm, ...]
    used: tuple[NDArray[np.bool_], ...]
    values: NDArray[np.float64]

    def fit(self, examples: Examples, c: float) -> LinearExplanation:
        """Fit the logistic regression.

        Args:
            examples: Of which this is the design.
            c: Inverse strength of the regularisation.
        """
        logistic = LogisticRegression(C=c, max_iter=200, solver="newton-cholesky")
        logistic.fit(self.values, examples.label, sample_weight=examples.weight)
        weights = np.zeros(sum(map(len, self.used)))
        weights[np.concatenate(self.used)] = logistic.coef_[0]
        borders = np.cumsum([len(some) for some in self.used])[:-1]
        of_terms = zip(self.terms, np.split(weights, borders), strict=True)
        weighted = [_weighted(term, some) for term, some in of_terms]
        return _centred(float(logistic.intercept_[0]), weighted, examples)


def lay_out(
    feature_set: FeatureSet,
    encoder: Encoder,
    matrix: NDArray[np.float64],
    baseline: Baseline | None,
) -> Design:
    """Lay rows out for the logistic regression.

    Args:
        feature_set: What the columns mean.
        encoder: What encoded them.
        matrix: float64 [rows, features], encoded.
        baseline: What is learned on top of; None where the age is a feature like others.
    """
    terms = _empty_terms(feature_set, encoder, matrix, baseline)
    designs = [_design(term, matrix[:, term.column]) for term in terms]
    used = tuple((design != 0.0).any(axis=0) for design in designs)
    values = [design[:, some] for design, some in zip(designs, used, strict=True)]
    return Design(tuple(terms), used, np.concatenate(values, axis=1))


def fit_linear(
    feature_set: FeatureSet, encoder: Encoder, examples: Examples, c: float
) -> LinearExplanation:
    """Fit the logistic regression once; arguments are those of `lay_out` and `Design.fit`."""
    return lay_out(feature_set, encoder, examples.matrix, examples.baseline).fit(examples, c)


def beside_trees(
    logistic: LinearExplanation, examples: Examples, tree_weight: float
) -> tuple[LinearExplanation, float]:
    """Return what stands beside trees, and its weight: the logistic, and the trees' baseline.

    Args:
        logistic: As it was fitted.
        examples: What it was fitted to.
        tree_weight: Share of the trees in the mean of the two.
    """
    weight, baseline = 1.0 - tree_weight, examples.baseline
    if baseline is None:
        return logistic, weight
    model = logistic.model
    if weight == 0.0:
        alone, left = baseline.added_to(baseline.term, 1.0)
        return _centred(left, [alone], examples), 1.0
    terms: list[NumberTerm | CategoryTerm] = []
    intercept = model.intercept
    for term in model.terms:
        if term.column == baseline.column:
            assert isinstance(term, NumberTerm)
            joint, left = baseline.added_to(term, tree_weight / weight)
            terms.append(joint)
            intercept += left
        else:
            terms.append(term)
    return _centred(intercept, terms, examples), weight


def _centred(
    intercept: float, terms: Sequence[NumberTerm | CategoryTerm], examples: Examples
) -> LinearExplanation:
    """Return terms whose contributions are 0 in the mean of the rows."""
    uncentred = [term.model_copy(update={"mean": 0.0}) for term in terms]
    model = LinearModel(intercept=intercept, terms=tuple(uncentred))
    contributions = LinearExplanation(model).contributions(examples.matrix)
    means = np.average(contributions, axis=0, weights=examples.weight)
    centred = [term.model_copy(update={"mean": float(means[term.column])}) for term in terms]
    return LinearExplanation(model.model_copy(update={"terms": tuple(centred)}))


def _empty_terms(
    feature_set: FeatureSet,
    encoder: Encoder,
    matrix: NDArray[np.float64],
    baseline: Baseline | None,
) -> list[NumberTerm | CategoryTerm]:
    terms: list[NumberTerm | CategoryTerm] = []
    for column, feature in enumerate(feature_set.features):
        if feature.kind == "category":
            codes = len(encoder.categories[feature.field]) + 1
            terms.append(CategoryTerm(column=column, weights=(0.0,) * codes))
        elif baseline is not None and column == baseline.column:
            terms.append(baseline.term)
        elif feature.kind == "season":
            terms.append(NumberTerm(column=column, grid=(-1.0, 1.0), normal=_WAVE_DEVIATES))
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
    nearest = np.rint(np.linspace(0.0, 1.0, _GRID) * (len(known) - 1)).astype(np.int64)
    grid = np.unique(known[nearest])
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
