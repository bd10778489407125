"""The two learners: a regularised LightGBM and a logistic regression, and the mean of their logits.

Chosen by forward-in-time trials on five real data sets; `docs/decisions/0002-model.md` has them.
"""

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from sklearn.linear_model import LogisticRegression

from features.declaration import FeatureSet
from features.encoder import Encoder, category_columns
from serving.model.explanation import TreeExplanation
from serving.model.linear import CategoryTerm, LinearExplanation, LinearModel, NumberTerm
from serving.model.manifest import Mixture
from serving.model.scorer import Halves
from training.project import ModelChoices

TREES_FROM = 100
"""Fewest leads of the rarer outcome for which trees are worth their variance."""

_PATIENCE = 50
_GRID = 101
_FARTHEST_DEVIATE = 2.5


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows as the learners take them.

    Attributes:
        matrix: float64 [rows, features], encoded.
        label: float64 [rows], 0 or 1.
        weight: float64 [rows], adds up to the number of leads.
    """

    matrix: NDArray[np.float64]
    label: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learned:
    """The fitted halves, and what is needed to write them down or fit them again.

    Attributes:
        halves: As the model object uses them.
        booster_text: None without trees.
        rounds: Trees in the booster; 0 without.
    """

    halves: Halves
    booster_text: str | None
    rounds: int


def recency_weights(
    as_of: NDArray[np.int64], lead_weight: NDArray[np.float64], half_life: float
) -> NDArray[np.float64]:
    """Return weights that halve with every `half_life` (share of the span) into the past.

    They keep the sum of `lead_weight`, so that regularisation means the same with and without.
    """
    span = max(int(as_of.max() - as_of.min()), 1)
    weight = lead_weight * 0.5 ** ((as_of.max() - as_of) / span / half_life)
    scaled: NDArray[np.float64] = weight * (lead_weight.sum() / weight.sum())
    return scaled


def learn(
    feature_set: FeatureSet,
    encoder: Encoder,
    examples: Examples,
    choices: ModelChoices,
    rounds: int | Examples,
) -> Learned:
    """Fit both halves.

    Args:
        feature_set: What the columns mean.
        encoder: What encoded them.
        examples: To fit.
        choices: Settings.
        rounds: How many trees (0 for none), or the examples early stopping watches.
    """
    linear = fit_linear(feature_set, encoder, examples, choices.seed)
    if rounds == 0 or choices.tree_weight == 0.0:
        return Learned(Halves(None, linear, Mixture(trees=0.0, linear=1.0)), None, 0)
    booster = _fit_booster(feature_set, examples, choices, rounds)
    text = booster.model_to_string(num_iteration=booster.best_iteration)
    trees = TreeExplanation(text)
    mixture = Mixture(trees=choices.tree_weight, linear=1.0 - choices.tree_weight)
    return Learned(Halves(trees, linear, mixture), text, trees.trees)


def booster_settings(choices: ModelChoices) -> dict[str, object]:
    """Return LightGBM's parameters of the regularised booster."""
    return {
        "objective": "binary",
        "num_leaves": choices.leaves,
        "max_depth": choices.depth,
        "learning_rate": choices.learning_rate,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 10.0,
        "cat_smooth": 20.0,
        "max_bin": 127,
        "seed": choices.seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }


def _fit_booster(
    feature_set: FeatureSet, examples: Examples, choices: ModelChoices, rounds: int | Examples
) -> lightgbm.Booster:
    settings = booster_settings(choices)
    fit = _dataset(feature_set, examples)
    if isinstance(rounds, int):
        return lightgbm.train(settings, fit, num_boost_round=rounds)
    return lightgbm.train(
        settings,
        fit,
        num_boost_round=choices.most_rounds,
        valid_sets=[_dataset(feature_set, rounds, reference=fit)],
        callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
    )


def _dataset(
    feature_set: FeatureSet, examples: Examples, reference: lightgbm.Dataset | None = None
) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        examples.matrix,
        examples.label,
        weight=examples.weight,
        reference=reference,
        categorical_feature=category_columns(feature_set),
        params={"max_bin": 127, "verbosity": -1},
    )


def fit_linear(
    feature_set: FeatureSet, encoder: Encoder, examples: Examples, seed: int
) -> LinearExplanation:
    """Fit the logistic regression: quantile-normalised numbers, one-hot categories, C = 0.1."""
    terms = _empty_terms(feature_set, encoder, examples.matrix)
    designs = [_design(term, examples.matrix[:, term.column]) for term in terms]
    widths = [design.shape[1] for design in designs]
    design = np.column_stack(designs) if designs else np.zeros((len(examples.label), 1))
    logistic = LogisticRegression(C=0.1, max_iter=2000, random_state=seed)
    logistic.fit(design, examples.label, sample_weight=examples.weight)
    weights = np.split(logistic.coef_[0], np.cumsum(widths)[:-1]) if designs else []
    weighted = [_weighted(term, w) for term, w in zip(terms, weights, strict=True)]
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
