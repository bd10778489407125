"""The learners: what is written down says what was fitted."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from sklearn.linear_model import LogisticRegression

from features.declaration.encoder import Encoder
from features.declaration.feature_set import FeatureSet, Season
from serving.model.linear import CategoryTerm, NumberTerm
from tests.tiny import FEATURE_SET, random_table
from training.learning.baseline import fit_baseline
from training.learning.boosting import booster_settings, fit_booster, staged_margins
from training.learning.examples import Examples, row_weights
from training.learning.ground import fit_encoder
from training.learning.learners import Candidate, Learned, learn
from training.learning.logistic import fit_linear, lay_out, quantile_map
from training.rows.grid import LabelledRows

CANDIDATE = Candidate(
    season=False, by_age=False, half_life=0.5, logistic_c=0.1, tree_weight=0.5, leaves=16, rounds=20
)


def _learn(encoder: Encoder, examples: Examples, tree_weight: float) -> Learned:
    candidate = replace(CANDIDATE, tree_weight=tree_weight)
    return learn(FEATURE_SET, encoder, examples, candidate, learning_rate=0.1, seed=7)


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
    logistic = LogisticRegression(C=0.1, max_iter=2000, tol=1e-9)
    logistic.fit(design, examples.label, sample_weight=examples.weight)
    model = fit_linear(FEATURE_SET, encoder, examples, c=0.1)
    expected = logistic.decision_function(design)
    np.testing.assert_allclose(model.margins(examples.matrix), expected, atol=2e-3)
    assert np.ptp(expected) > 1


def test_a_design_fitted_several_times_says_what_one_of_each_says() -> None:
    encoder, examples = _examples(300, seed=4)
    design = lay_out(FEATURE_SET, encoder, examples.matrix, examples.baseline)
    evenly = replace(examples, weight=np.ones(300))
    for some, c in ((examples, 0.01), (evenly, 0.01), (examples, 1.0), (examples, 0.01)):
        assert design.fit(some, c).model == fit_linear(FEATURE_SET, encoder, some, c).model


def test_contributions_of_the_linear_model_average_to_nothing() -> None:
    encoder, examples = _examples(500, seed=2)
    model = fit_linear(FEATURE_SET, encoder, examples, c=0.1)
    mean = np.average(model.contributions(examples.matrix), axis=0, weights=examples.weight)
    np.testing.assert_allclose(mean, 0.0, atol=1e-9)


def test_every_known_category_and_the_unknown_have_a_weight() -> None:
    encoder, examples = _examples(500, seed=3)
    terms = fit_linear(FEATURE_SET, encoder, examples, c=0.1).model.terms
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


@pytest.mark.parametrize("rows", [1, 2, 51, 100, 101, 102, 151, 1234])
def test_the_quantile_map_goes_through_the_nearest_ranks(rows: int) -> None:
    values = np.random.default_rng(rows).normal(size=rows)
    nearest = np.quantile(values, np.linspace(0.0, 1.0, 101), method="nearest")
    assert quantile_map(values)[0] == tuple(np.unique(nearest))


def test_the_quantile_map_has_a_step_for_each_percent() -> None:
    grid, _ = quantile_map(np.arange(1001.0))
    assert grid == tuple(np.arange(0.0, 1001.0, 10.0))


def test_a_wave_stays_one_and_varies_as_much_as_a_normal_deviate() -> None:
    wave = np.sin(np.linspace(0.0, 2 * np.pi, 1000, endpoint=False))
    examples = Examples(wave[:, None], (wave > 0.5).astype(np.float64), np.ones(1000))
    features = FeatureSet(features=(Season(wave="sine"),))
    [term] = fit_linear(features, Encoder(categories={}), examples, c=0.1).model.terms
    assert isinstance(term, NumberTerm)
    deviates = term.deviates(wave)
    assert deviates.var() == pytest.approx(1.0)
    np.testing.assert_allclose(deviates, wave * deviates.max(), atol=1e-3)


def _rows(lead: list[int], as_of: list[int]) -> LabelledRows:
    codes = np.array(lead)
    return LabelledRows(
        codes, np.array(as_of), np.zeros(len(lead)), codes, np.zeros(len(lead), dtype=np.int8), 0
    )


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10**9)), min_size=1, max_size=50),
    st.floats(0.1, 3),
)
def test_weights_add_up_to_the_leads_and_halve_with_each_half_life(
    found: list[tuple[int, int]], half_life: float
) -> None:
    rows = _rows([lead for lead, _ in found], [as_of for _, as_of in found])
    weight = row_weights(rows, half_life)
    assert weight.sum() == pytest.approx(rows.leads)
    age = (rows.as_of.max() - rows.as_of) / max(np.ptp(rows.as_of), 1)
    newest = weight[rows.as_of.argmax()]
    np.testing.assert_allclose(weight, newest * 0.5 ** (age / half_life))


def test_without_recency_every_row_weighs_the_same_however_many_a_lead_has() -> None:
    weight = row_weights(_rows([0, 0, 0, 1], [1, 2, 3, 9]), 0.0)
    np.testing.assert_allclose(weight, 0.5)


def test_trees_are_left_out_where_they_have_no_weight() -> None:
    encoder, examples = _examples(300, seed=4)
    learned = _learn(encoder, examples, tree_weight=0.0)
    assert (learned.booster_text, learned.ensemble.trees) == (None, None)
    linear = fit_linear(FEATURE_SET, encoder, examples, CANDIDATE.logistic_c)
    np.testing.assert_array_equal(
        learned.ensemble.margins(examples.matrix), linear.margins(examples.matrix)
    )


@pytest.mark.parametrize("tree_weight", [0.3, 1.0])
def test_the_margin_is_the_weighted_mean_of_both_halves(tree_weight: float) -> None:
    encoder, examples = _examples(600, seed=8)
    ensemble = _learn(encoder, examples, tree_weight=tree_weight).ensemble
    assert ensemble.trees is not None
    assert ensemble.trees.trees == 20
    expected = tree_weight * ensemble.trees.margins(examples.matrix)
    expected += (1 - tree_weight) * ensemble.linear.margins(examples.matrix)
    np.testing.assert_allclose(ensemble.margins(examples.matrix), expected, atol=1e-12)


def _with_baseline(encoder: Encoder, examples: Examples) -> Examples:
    column = FEATURE_SET.columns["lead_age_days"]
    lead = np.arange(len(examples.label))
    baseline = fit_baseline(column, examples.matrix, examples.label, examples.weight, lead)
    return replace(examples, baseline=baseline)


@pytest.mark.parametrize("tree_weight", [0.3, 1.0])
def test_trees_stand_on_the_baseline_and_the_logistic_keeps_its_share(tree_weight: float) -> None:
    encoder, examples = _examples(600, seed=8)
    examples = _with_baseline(encoder, examples)
    learned = _learn(encoder, examples, tree_weight=tree_weight)
    assert examples.baseline is not None
    assert learned.ensemble.trees is not None
    trees = learned.ensemble.trees.margins(examples.matrix) + examples.baseline.margins(
        examples.matrix
    )
    logistic = learned.logistic.margins(examples.matrix)
    expected = tree_weight * trees + (1 - tree_weight) * logistic
    np.testing.assert_allclose(learned.ensemble.margins(examples.matrix), expected, atol=1e-9)
    linear = learned.ensemble.linear.contributions(examples.matrix)
    mean = np.average(linear, axis=0, weights=examples.weight)
    np.testing.assert_allclose(mean, 0.0, atol=1e-9)


def test_regularisation_leaves_the_baseline_alone() -> None:
    encoder, examples = _examples(3000, seed=8)
    column = FEATURE_SET.columns["lead_age_days"]
    age = np.random.default_rng(3).uniform(0, 300, 3000)
    label = np.where(age < 30, np.arange(3000) % 2, np.arange(3000) % 200 == 0) * 1.0
    matrix = examples.matrix.copy()
    matrix[:, column] = age
    steep = _with_baseline(encoder, Examples(matrix, label, examples.weight))
    old = age > 60
    said = {
        by_age: fit_linear(FEATURE_SET, encoder, given, c=0.001).margins(matrix[old])
        for by_age, given in ((True, steep), (False, replace(steep, baseline=None)))
    }
    rates = {by_age: (1 / (1 + np.exp(-margins))).mean() for by_age, margins in said.items()}
    assert rates[True] == pytest.approx(label[old].mean(), abs=0.01)
    assert rates[False] > 0.04


def test_staged_margins_are_those_of_boosters_of_so_many_trees() -> None:
    _, examples = _examples(600, seed=8)
    settings_ = booster_settings(4, 0.1, seed=7)
    staged = staged_margins(FEATURE_SET, examples, settings_, (5, 12), examples.matrix)
    for rounds, margins in staged:
        whole = fit_booster(FEATURE_SET, examples, settings_, rounds)
        expected = whole.predict(examples.matrix, raw_score=True)
        np.testing.assert_allclose(margins, expected, atol=1e-12)


@pytest.mark.parametrize("leaves", [4, 16])
def test_trees_are_the_same_whatever_the_number_of_threads(leaves: int) -> None:
    _, examples = _examples(12_000, seed=9)
    alone, shared = (
        fit_booster(
            FEATURE_SET,
            examples,
            booster_settings(leaves, 0.1, seed=7) | {"num_threads": threads},
            rounds=20,
        )
        for threads in (1, 2)
    )
    np.testing.assert_array_equal(
        alone.predict(examples.matrix, raw_score=True),
        shared.predict(examples.matrix, raw_score=True),
    )


def test_a_column_that_no_row_has_weighs_nothing_and_changes_nothing() -> None:
    encoder, examples = _examples(500, seed=3)
    terms = fit_linear(FEATURE_SET, encoder, examples, c=0.1).model.terms
    without_missing = [t for t in terms if not np.isnan(examples.matrix[:, t.column]).any()]
    assert without_missing
    assert all(term.missing_weight == 0.0 for term in without_missing)
