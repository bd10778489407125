"""The learners: what is written down says what was fitted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from sklearn.linear_model import LogisticRegression

from features.encoder import Encoder
from serving.model.linear import CategoryTerm
from tests.tiny import FEATURE_SET, random_table
from training.evaluation import fit_encoder
from training.learners import Examples, fit_linear, learn, quantile_map, recency_weights
from training.project import ModelChoices

CHOICES = ModelChoices(most_rounds=200, learning_rate=0.1)


def _examples(rows: int, seed: int, encoder: Encoder | None = None) -> tuple[Encoder, Examples]:
    table = random_table(rows, seed)
    random = np.random.default_rng(seed)
    logit = -1.5 + 1.2 * table.numbers[:, 3] + (table.texts["industry"] == "IT")
    label = (random.uniform(size=rows) < 1 / (1 + np.exp(-logit))) * 1.0
    encoder = encoder or fit_encoder(table, np.arange(len(table)))
    return encoder, Examples(encoder.encode(table), label, random.uniform(0.5, 1.5, rows))


def _columns(encoder: Encoder, matrix: np.ndarray, column: int) -> np.ndarray:
    """Return the design of one column, built the slow and obvious way."""
    values, feature = matrix[:, column], FEATURE_SET.features[column]
    missing = np.isnan(values) * 1.0
    if feature.kind == "category":
        codes = range(len(encoder.categories[feature.field]) + 1)
        return np.column_stack([*((values == code) * 1.0 for code in codes), missing])
    grid, normal = quantile_map(values)
    deviates = [0.0 if np.isnan(v) else float(np.interp(v, grid, normal)) for v in values]
    return np.column_stack([deviates, missing])


def test_the_linear_model_says_what_scikit_learn_says_of_its_design() -> None:
    encoder, examples = _examples(800, seed=1)
    columns = range(examples.matrix.shape[1])
    design = np.column_stack([_columns(encoder, examples.matrix, column) for column in columns])
    logistic = LogisticRegression(C=0.1, max_iter=2000)
    logistic.fit(design, examples.label, sample_weight=examples.weight)
    model = fit_linear(FEATURE_SET, encoder, examples, seed=7)
    expected = logistic.decision_function(design)
    np.testing.assert_allclose(model.margins(examples.matrix), expected, atol=2e-3)
    assert np.ptp(expected) > 1


def test_contributions_of_the_linear_model_average_to_nothing() -> None:
    encoder, examples = _examples(500, seed=2)
    model = fit_linear(FEATURE_SET, encoder, examples, seed=7)
    mean = np.average(model.contributions(examples.matrix), axis=0, weights=examples.weight)
    np.testing.assert_allclose(mean, 0.0, atol=1e-9)


def test_every_known_category_and_the_unknown_have_a_weight() -> None:
    encoder, examples = _examples(500, seed=3)
    terms = fit_linear(FEATURE_SET, encoder, examples, seed=7).model.terms
    category = next(term for term in terms if isinstance(term, CategoryTerm))
    assert len(category.weights) == len(encoder.categories["industry"]) + 1 == 4


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(st.integers(-5, 5).map(float), st.just(np.nan)), max_size=60))
def test_the_quantile_map_ascends_and_takes_the_middle_of_ties(values: list[float]) -> None:
    grid, normal = quantile_map(np.array(values))
    known = np.array([value for value in values if not np.isnan(value)])
    assert list(grid) == sorted(set(grid))
    assert list(normal) == sorted(normal)
    assert max(map(abs, normal)) <= 2.5
    if len(known):
        middle = [((known < g).sum() + (known <= g).sum()) / 2 / len(known) for g in grid]
        np.testing.assert_allclose(normal, np.clip(ndtri(middle), -2.5, 2.5))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.floats(0.1, 3))
def test_recency_weights_keep_their_sum_and_halve_with_each_half_life(
    moments: list[int], half_life: float
) -> None:
    as_of = np.array(moments)
    lead_weight = np.linspace(0.2, 1.0, len(as_of))
    weight = recency_weights(as_of, lead_weight, half_life)
    assert weight.sum() == pytest.approx(lead_weight.sum())
    age = (as_of.max() - as_of) / max(np.ptp(as_of), 1)
    full = weight / lead_weight
    np.testing.assert_allclose(full, full[as_of.argmax()] * 0.5 ** (age / half_life))


def test_trees_are_left_out_where_no_round_is_asked_for() -> None:
    encoder, examples = _examples(300, seed=4)
    learned = learn(FEATURE_SET, encoder, examples, CHOICES, 0)
    assert (learned.booster_text, learned.rounds, learned.halves.trees) == (None, 0, None)
    linear = fit_linear(FEATURE_SET, encoder, examples, CHOICES.seed)
    np.testing.assert_array_equal(
        learned.halves.margins(examples.matrix), linear.margins(examples.matrix)
    )


def test_early_stopping_keeps_the_rounds_that_were_best_on_later_rows() -> None:
    encoder, fit = _examples(900, seed=5)
    later = _examples(600, seed=6, encoder=encoder)[1]
    learned = learn(FEATURE_SET, encoder, fit, CHOICES, later)
    assert 0 < learned.rounds < CHOICES.most_rounds
    assert learned.booster_text is not None
    assert learned.booster_text.count("\nTree=") == learned.rounds
    again = learn(FEATURE_SET, encoder, fit, CHOICES, learned.rounds)
    np.testing.assert_allclose(
        again.halves.margins(later.matrix), learned.halves.margins(later.matrix), atol=1e-9
    )


def test_trees_without_weight_are_not_grown() -> None:
    encoder, examples = _examples(600, seed=8)
    choices = CHOICES.model_copy(update={"tree_weight": 0.0})
    learned = learn(FEATURE_SET, encoder, examples, choices, 20)
    assert (learned.halves.trees, learned.booster_text, learned.rounds) == (None, None, 0)


@pytest.mark.parametrize("tree_weight", [0.3, 1.0])
def test_the_margin_is_the_weighted_mean_of_both_halves(tree_weight: float) -> None:
    encoder, examples = _examples(600, seed=8)
    choices = CHOICES.model_copy(update={"tree_weight": tree_weight})
    halves = learn(FEATURE_SET, encoder, examples, choices, 20).halves
    assert halves.trees is not None
    expected = tree_weight * halves.trees.margins(examples.matrix)
    expected += (1 - tree_weight) * halves.linear.margins(examples.matrix)
    np.testing.assert_allclose(halves.margins(examples.matrix), expected, atol=1e-12)
