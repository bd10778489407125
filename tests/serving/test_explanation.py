from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from serving.explanation import TreeExplanation
from serving.model.cells import NoCellsError
from serving.model.tables import LARGEST_TABLES, compute_tables
from serving.model.trees import Split, Tree
from tests.serving.boosters import FEATURES, Recipe, matrix, odd_rows, train

DEEP = {"verbosity": -1, "num_leaves": 12, "min_data_in_leaf": 1, "learning_rate": 1.0}


@pytest.fixture(scope="module")
def text() -> str:
    return train(Recipe()).model_to_string()


def deep_booster() -> lightgbm.Booster:
    # One tree that cuts off one feature after the other: eleven on the longest path.
    rows = np.tril(np.ones((12, 11)), -1).repeat(40, axis=0)
    return lightgbm.train(DEEP, lightgbm.Dataset(rows, 4.0 ** rows.sum(axis=1)), 1)


def assert_explains(booster: lightgbm.Booster, rows: NDArray[np.float64]) -> TreeExplanation:
    explanation = TreeExplanation(booster.model_to_string())
    base, contributions = explanation.contributions(rows)
    expected = np.asarray(booster.predict(rows, pred_contrib=True))
    np.testing.assert_allclose(contributions, expected[:, :-1], atol=1e-9)
    np.testing.assert_allclose(base, expected[0, -1], atol=1e-9)
    np.testing.assert_allclose(
        base + contributions.sum(axis=1), booster.predict(rows, raw_score=True), atol=1e-9
    )
    return explanation


def test_what_it_tells_of_itself(text: str) -> None:
    explanation = TreeExplanation(text)
    assert (explanation.features, explanation.trees, explanation.method) == (FEATURES, 8, "tables")
    assert 0 < explanation.table_bytes < LARGEST_TABLES


@pytest.mark.parametrize("count", [2, 15, 16, 255, 256, 257, 1024, 1025, 2500])
def test_one_row_and_many_are_the_same_bit_for_bit(text: str, count: int) -> None:
    explanation = TreeExplanation(text)
    rows = odd_rows(count, count, 12)
    _, together = explanation.contributions(rows)
    alone = [explanation.contributions(row[None, :])[1][0] for row in rows]
    np.testing.assert_array_equal(together, alone)


def test_any_layout_of_the_matrix_will_do(text: str) -> None:
    explanation = TreeExplanation(text)
    rows = odd_rows(0, 300, 12)
    _, expected = explanation.contributions(rows)
    frozen = rows.copy()
    frozen.flags.writeable = False
    for other in (np.asfortranarray(rows), frozen, rows.repeat(2, axis=0)[::2]):
        np.testing.assert_array_equal(explanation.contributions(other)[1], expected)
    np.testing.assert_array_equal(rows, frozen)


def test_several_threads_may_call_at_once(text: str) -> None:
    explanation = TreeExplanation(text)
    matrices = [odd_rows(seed, 1 + 700 * (seed % 4), 12) for seed in range(24)]
    expected = [explanation.contributions(rows)[1] for rows in matrices]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda rows: explanation.contributions(rows)[1], matrices))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_booster_without_a_split_contributes_nothing() -> None:
    rows = matrix(0, 50, 5)
    data = lightgbm.Dataset(rows, np.full(50, 3.5))
    booster = lightgbm.train({"verbosity": -1, "objective": "regression"}, data, 3)
    explanation = assert_explains(booster, rows)
    assert (explanation.method, explanation.table_bytes) == ("tables", 0)
    assert explanation.contributions(rows)[0] == pytest.approx(3.5)


def test_stumps_and_trees_without_a_split_beside_others() -> None:
    booster = train(Recipe(rows=40, rounds=30, leaves=2, settings={"min_gain_to_split": 1.5}))
    sizes = {tree["num_leaves"] for tree in booster.dump_model()["tree_info"]}
    assert sizes >= {2}
    assert assert_explains(booster, odd_rows(0, 50, 12)).method == "tables"


def test_a_booster_cut_at_its_best_iteration() -> None:
    booster = train(Recipe(rounds=9))
    explanation = TreeExplanation(booster.model_to_string(num_iteration=4))
    rows = odd_rows(0, 20, 12)
    base, contributions = explanation.contributions(rows)
    assert explanation.trees == 4
    np.testing.assert_allclose(
        base + contributions.sum(axis=1),
        booster.predict(rows, raw_score=True, num_iteration=4),
        atol=1e-9,
    )


def test_no_rows(text: str) -> None:
    for explanation in (
        TreeExplanation(text),
        TreeExplanation(text.replace("version=v4", "version=v3")),
    ):
        base, contributions = explanation.contributions(np.empty((0, FEATURES)))
        assert np.isfinite(base)
        assert contributions.shape == (0, FEATURES)


def test_paths_of_too_many_features_go_through_lightgbm() -> None:
    explanation = assert_explains(deep_booster(), np.random.default_rng(0).random((50, 11)))
    assert explanation.method == "pred_contrib, because a path has 11 features, more than 10"
    assert explanation.table_bytes == 0


def test_trees_of_too_many_splits_go_through_lightgbm() -> None:
    explanation = assert_explains(
        train(Recipe(rows=1500, leaves=66, rounds=1)), odd_rows(0, 50, 12)
    )
    assert explanation.method == "pred_contrib, because a tree has 65 splits, more than 64"


def test_as_many_splits_as_a_word_has_bits() -> None:
    booster = train(Recipe(rows=1500, leaves=65, rounds=2))
    assert booster.dump_model()["tree_info"][0]["num_leaves"] == 65
    assert assert_explains(booster, odd_rows(0, 200, 12)).method == "tables"


def test_another_layout_goes_through_lightgbm(text: str) -> None:
    other = TreeExplanation(text.replace("version=v4", "version=v3"))
    assert other.method == "pred_contrib, because the booster's text is not of layout v4"
    rows = odd_rows(0, 20, 12)
    base, contributions = TreeExplanation(text).contributions(rows)
    assert other.contributions(rows)[0] == pytest.approx(base)
    np.testing.assert_allclose(other.contributions(rows)[1], contributions, atol=1e-9)


def test_counts_that_do_not_add_up_go_through_lightgbm() -> None:
    changed = (
        train(Recipe(rounds=1)).model_to_string().replace("internal_count=", "internal_count=1")
    )
    assert TreeExplanation(changed).method == (
        "pred_contrib, because the training rows of a split are not those of its children"
    )


def test_tables_beyond_the_limit_are_not_computed() -> None:
    splits = [
        Split(
            feature=i,
            threshold=0.0,
            categories=None,
            missing="nan",
            default_left=False,
            left=-1 - i,
            right=i + 1 if i < 9 else -11,
            rows=11 - i,
        )
        for i in range(10)
    ]
    tree = Tree(tuple(splits), np.ones(11), np.ones(11, dtype=np.int64), linear=False)
    assert compute_tables([tree]).lines.nbytes < LARGEST_TABLES / 500
    with pytest.raises(NoCellsError, match=r"the tables have \d+ bytes, more than 134217728"):
        compute_tables([tree] * 1000)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"objective": "multiclass", "num_class": 2}, "several outputs"),
        ({"linear_tree": True}, "linear trees"),
    ],
)
def test_boosters_nobody_can_explain_are_refused(
    settings: dict[str, object], complaint: str
) -> None:
    text = train(Recipe(settings=settings)).model_to_string()
    with pytest.raises(lightgbm.basic.LightGBMError, match=complaint):
        TreeExplanation(text)


@pytest.mark.parametrize("shape", [(3, FEATURES - 1), (3, FEATURES + 1), (FEATURES,)])
def test_a_matrix_of_another_width_is_refused(text: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rows of 6 features"):
        TreeExplanation(text).contributions(np.zeros(shape))


def test_nothing_is_printed(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    for one in (text, text.replace("version=v4", "version=v3")):
        explanation = TreeExplanation(one)
        explanation.warm()
        explanation.contributions(odd_rows(0, 20, 12))
        explanation.margins(odd_rows(0, 20, 12))
    assert capfd.readouterr() == ("", "")
