import lightgbm
import numpy as np
import pytest

from serving.model.explain.cells import NoCellsError, cut
from serving.model.explain.explanation import TreeExplanation
from serving.model.explain.questions import pack, questions
from serving.model.explain.tables import LARGEST_TABLES, compute_tables
from serving.model.explain.trees import BoosterError, Split, Tree
from tests.serving.boosters import Recipe, assert_explains, odd_rows, train

DEEP = {"verbosity": -1, "num_leaves": 12, "min_data_in_leaf": 1, "learning_rate": 1.0}


def deep_booster() -> lightgbm.Booster:
    # One tree that cuts off one feature after the other: eleven on the longest path.
    rows = np.tril(np.ones((12, 11)), -1).repeat(40, axis=0)
    return lightgbm.train(DEEP, lightgbm.Dataset(rows, 4.0 ** rows.sum(axis=1)), 1)


def chain(splits: int, features: int) -> Tree:
    # A tree that cuts off one leaf after the other, of features that take turns.
    return Tree(
        splits=tuple(
            Split(
                feature=i % features,
                threshold=float(i),
                categories=None,
                missing="nan",
                default_left=False,
                left=-1 - i,
                right=i + 1 if i < splits - 1 else -1 - splits,
                rows=splits + 1 - i,
            )
            for i in range(splits)
        ),
        leaf_values=np.ones(splits + 1),
        leaf_rows=np.ones(splits + 1, dtype=np.int64),
        linear=False,
    )


def test_paths_of_too_many_features_go_through_lightgbm() -> None:
    explanation = assert_explains(deep_booster(), np.random.default_rng(0).random((50, 11)))
    assert explanation.method == "pred_contrib, because a path has 11 features, more than 10"
    assert explanation.table_bytes == 0


def test_paths_of_as_many_questions_as_a_word_has_bits() -> None:
    # Three features take turns: each split is a question, and each feature's splits together.
    most, more = (chain(splits, features=3) for splits in (60, 61))
    asked = list(questions(most, cut(most)))
    assert {cell for word in pack(asked) for cell in word.cells} == set(asked)
    with pytest.raises(NoCellsError, match="a path asks 64 questions, more than 63"):
        pack(list(questions(more, cut(more))))


def test_trees_of_more_questions_than_a_word() -> None:
    booster = train(Recipe(rows=3000, leaves=150, depth=9, rounds=3))
    assert booster.dump_model()["tree_info"][0]["num_leaves"] == 150
    assert assert_explains(booster, odd_rows(0, 200, 12)).method == "tables"


def test_another_layout_goes_through_lightgbm() -> None:
    text = train(Recipe()).model_to_string()
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
    tree = chain(10, features=10)
    cells = cut(tree)
    asked = list(questions(tree, cells))
    assert compute_tables(cells, pack(asked)).lines.nbytes < LARGEST_TABLES / 500
    with pytest.raises(NoCellsError, match=r"the tables have \d+ bytes, more than 134217728"):
        compute_tables(cells * 1000, pack(asked * 1000))


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
    with pytest.raises(BoosterError, match=complaint):
        TreeExplanation(text)


@pytest.mark.parametrize(
    ("part", "damaged"),
    [
        ("max_feature_idx=", "max_feature="),
        ("num_tree_per_iteration=1", "num_tree_per_iteration="),
        ("leaf_value=", "leaf_value=1 "),
        ("leaf_count=", "counts="),
        ("decision_type=", "decision_type=2 "),
        ("cat_boundaries=", "boundaries="),
    ],
)
def test_a_damaged_text_is_refused(part: str, damaged: str) -> None:
    text = train(Recipe(rounds=1)).model_to_string()
    assert part in text
    with pytest.raises(BoosterError, match="lacks parts, or is damaged"):
        TreeExplanation(text.replace(part, damaged))


def test_a_text_without_trees_and_their_features_is_refused() -> None:
    with pytest.raises(BoosterError, match="lacks parts, or is damaged"):
        TreeExplanation("tree\nversion=v4\n")
