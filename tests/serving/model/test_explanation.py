from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest

from serving.model.explain.explanation import TreeExplanation
from serving.model.explain.tables import LARGEST_TABLES
from serving.model.explain.trees import read_trees
from tests.serving.boosters import FEATURES, Recipe, assert_explains, matrix, odd_rows, train


@pytest.fixture(scope="module")
def text() -> str:
    return train(Recipe()).model_to_string()


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


def test_a_number_at_its_threshold_goes_left() -> None:
    booster = train(Recipe(rounds=20, settings={"use_missing": False}))
    splits = [s for t in read_trees(booster.model_to_string()).trees for s in t.splits]
    numeric = [s for s in splits if s.categories is None]
    rows = matrix(0, 2 * len(numeric), 12)
    for i, split in enumerate(numeric):
        beyond = np.nextafter(split.threshold, np.inf)
        rows[2 * i : 2 * i + 2, split.feature] = split.threshold, beyond
    assert_explains(booster, rows)


def test_a_tree_without_a_split_before_stumps() -> None:
    rows = matrix(0, 60, 5)
    settings = {"verbosity": -1, "num_leaves": 2, "min_data_in_leaf": 1}
    constant = lightgbm.train(settings, lightgbm.Dataset(rows, np.full(60, 3.5)), 1)
    label = np.nan_to_num(rows[:, 0])
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, label), 5, init_model=constant)
    leaves = [tree["num_leaves"] for tree in booster.dump_model()["tree_info"]]
    assert leaves == [1, 2, 2, 2, 2, 2]
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
