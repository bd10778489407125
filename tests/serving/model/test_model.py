"""The artefact: it says after loading what it said before, and is refused for a reason."""

import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.model.artefact import ModelRefusedError, checksum, load_model
from serving.model.manifest import Calibration
from serving.model.pyfunc import PyfuncModel, _load_pyfunc, feature_table
from serving.model.reference import Reference, grade_of
from serving.model.scorer import LARGEST_LOG_ODDS, explained, probability
from tests.tiny import FEATURE_SET, random_table, tiny_training


@pytest.mark.parametrize("trees", [True, False])
def test_contributions_add_up_to_the_log_odds(tmp_path: Path, trees: bool) -> None:
    model = tiny_training(trees=trees).load(tmp_path)
    table = random_table(200, seed=9)
    said = model.explain(table)
    assert said.contributions.shape == (200, len(FEATURE_SET.features))
    total = said.base_log_odds + said.contributions.sum(axis=1)
    np.testing.assert_allclose(total, said.log_odds, atol=1e-9)
    np.testing.assert_allclose(model.log_odds(table), said.log_odds, atol=1e-6)


def test_one_row_is_explained_as_among_many(tmp_path: Path) -> None:
    model = tiny_training().load(tmp_path)
    table = random_table(20, seed=10)
    alone = model.explain(table.take(np.array([7])))
    together = model.explain(table)
    np.testing.assert_allclose(alone.contributions[0], together.contributions[7], atol=1e-9)


def test_an_unknown_category_is_scored_with_a_code_of_its_own(tmp_path: Path) -> None:
    model = tiny_training().load(tmp_path)
    table = random_table(1, seed=11)
    table.texts["industry"][0] = "Weltraumtourismus"
    assert np.isfinite(model.explain(table).log_odds).all()


def test_a_loaded_model_says_what_the_fitted_one_said(tmp_path: Path) -> None:
    training = tiny_training()
    table = random_table(50, seed=12)
    matrix = training.manifest.encoder.encode(table)
    fitted = training.learned.ensemble.explain(matrix, training.manifest.calibration)
    np.testing.assert_array_equal(training.load(tmp_path).explain(table).log_odds, fitted.log_odds)


def test_nothing_is_pickled(tmp_path: Path) -> None:
    folder = tiny_training().save(tmp_path)
    assert {p.name for p in folder.iterdir()} == {"manifest.json", "linear.json", "booster.txt"}
    for path in folder.iterdir():
        path.read_text(encoding="utf-8")


@pytest.mark.parametrize("part", ["manifest.json", "linear.json", "booster.txt"])
def test_a_missing_part_is_named(tmp_path: Path, part: str) -> None:
    folder = tiny_training().save(tmp_path)
    (folder / part).unlink()
    with pytest.raises(ModelRefusedError, match=part):
        load_model(folder)


@pytest.mark.parametrize("part", ["manifest.json", "linear.json", "booster.txt"])
@pytest.mark.parametrize("damage", ["", "{}", "tree\nnum_class=1\n", "\x00\x01", '{"format": 2}'])
def test_a_damaged_part_is_refused(tmp_path: Path, part: str, damage: str) -> None:
    folder = tiny_training().save(tmp_path)
    (folder / part).write_text(damage, encoding="utf-8")
    with pytest.raises(ModelRefusedError, match=part):
        load_model(folder)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    folder = tiny_training().save(tmp_path)
    (folder / "linear.json").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ModelRefusedError, match="cannot be read"):
        load_model(folder)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("format", 99, "format 99"),
        ("kernel_version", 99, "kernel version 99"),
        ("fingerprint", "0" * 64, "fingerprint"),
        ("encoder", {"categories": {}}, "categorical fields"),
        ("surprise", 1, "surprise"),
    ],
)
def test_a_manifest_this_code_cannot_honour_is_refused_for_a_reason(
    tmp_path: Path, key: str, value: object, reason: str
) -> None:
    folder = tiny_training().save(tmp_path)
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {key: value}), encoding="utf-8")
    with pytest.raises(ModelRefusedError, match=reason):
        load_model(folder)


def change(folder: Path, part: str, key: str, value: object) -> None:
    """Change a part and, if need be, the sum by which the manifest knows it."""
    path = folder / part
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")) | {key: value})
    path.write_text(text, encoding="utf-8")
    if part != "manifest.json":
        change(folder, "manifest.json", "linear_sha256", checksum(text))


NUMBER = {"kind": "number", "column": 0, "grid": [0.0, 1.0], "normal": [0.0, 1.0]}
CATEGORY = {"kind": "category", "column": 1, "weights": [0.0, 1.0]}


@pytest.mark.parametrize(
    ("part", "key", "value", "reason"),
    [
        ("manifest.json", "linear_sha256", "0" * 64, r"linear\.json is not the one"),
        ("manifest.json", "booster_sha256", None, "trees must weigh something"),
        ("manifest.json", "reference", {"quantiles": []}, "quantiles"),
        ("manifest.json", "reference", {"quantiles": [1.0, *[0.0] * 100]}, "must ascend"),
        ("manifest.json", "calibration", {"slope": 1.0, "offset": math.inf}, "offset"),
        ("manifest.json", "encoder", {"categories": {"industry": ["a"] * 9}}, "does not fit"),
        ("linear.json", "terms", [NUMBER | {"normal": [0.0]}], "as many heights"),
        ("linear.json", "terms", [NUMBER | {"grid": [], "normal": []}], "grid"),
        ("linear.json", "terms", [NUMBER | {"grid": [1.0, 1.0]}], "must ascend"),
        ("linear.json", "terms", [NUMBER | {"column": 99}], "beyond the 7"),
        ("linear.json", "terms", [NUMBER | {"column": 7}], "beyond the 7"),
        ("linear.json", "terms", [NUMBER | {"column": -1}], "beyond the 7"),
        ("linear.json", "terms", [CATEGORY | {"column": -6}], "beyond the 7"),
        ("linear.json", "terms", [NUMBER, NUMBER], "two terms"),
        ("linear.json", "terms", [CATEGORY], r"does not fit feature 'profile\.industry'"),
        ("linear.json", "terms", [NUMBER | {"column": 1}], "does not fit feature"),
        ("linear.json", "terms", [CATEGORY | {"column": 0}], "does not fit feature"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(
    tmp_path: Path, part: str, key: str, value: object, reason: str
) -> None:
    folder = tiny_training().save(tmp_path)
    change(folder, part, key, value)
    with pytest.raises(ModelRefusedError, match=reason):
        load_model(folder)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"format": 1' + "9" * 5000 + "}"])
def test_a_manifest_that_breaks_its_reader_is_refused(tmp_path: Path, text: str) -> None:
    folder = tiny_training().save(tmp_path)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelRefusedError, match=r"manifest\.json is not JSON") as caught:
        load_model(folder)
    assert len(str(caught.value)) < 200


def test_the_frame_of_mlflow_is_scored_as_the_table(tmp_path: Path) -> None:
    model = tiny_training().load(tmp_path)
    table = random_table(30, seed=13)
    frame = pd.DataFrame(
        {
            f.name: table.texts[f.field] if f.kind == "category" else table.numbers[:, column]
            for column, f in enumerate(FEATURE_SET.features)
        }
    )
    scored = PyfuncModel(model).predict(frame)
    np.testing.assert_array_equal(scored["log_odds"], model.log_odds(table))
    np.testing.assert_array_equal(scored["probability"], probability(model.log_odds(table)))
    assert scored["grade"].tolist() == [grade_of(score) for score in scored["score"]]


def test_mlflow_is_told_at_loading_that_lightgbm_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_training().load(tmp_path)
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ImportError, match="lightgbm"):
        _load_pyfunc(str(tmp_path))


def test_a_column_the_frame_lacks_is_missing() -> None:
    table = feature_table(FEATURE_SET, pd.DataFrame({"lead_age_days": [1.0, 2.0]}))
    assert np.isnan(table.numbers[:, 0]).all()
    assert table.texts["industry"].tolist() == [None, None]


@pytest.mark.parametrize(
    ("base", "parts"),
    [
        (math.inf, [0.0, 0.0]),
        (0.0, [1.0, math.nan]),
        (0.0, [math.inf, -math.inf]),
        (0.0, [1e308, 1e308]),
        (1e308, [1e308, 0.0]),
    ],
)
def test_what_is_no_number_stays_none(base: float, parts: list[float]) -> None:
    # As Python, what is compiled warns.
    with np.errstate(over="ignore", invalid="ignore"):
        assert not np.isfinite(explained(base, np.array([parts])).log_odds).any()


@given(st.floats(-30, 30), st.lists(st.floats(-50, 50), min_size=1, max_size=5))
def test_log_odds_are_capped_and_their_parts_still_add_up(base: float, parts: list[float]) -> None:
    said = explained(base, np.array([parts]))
    alone = np.clip(base + sum(parts), -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    assert said.log_odds[0] == pytest.approx(alone)
    assert abs(said.base_log_odds) <= LARGEST_LOG_ODDS
    assert said.base_log_odds + said.contributions.sum() == pytest.approx(said.log_odds[0])


def test_a_probability_is_the_logistic_function_of_log_odds() -> None:
    said = probability(np.log(np.array([1.0, 3.0, 1 / 3])))
    np.testing.assert_allclose(said, [0.5, 0.75, 0.25])


def test_scores_are_percentiles_from_1_to_100() -> None:
    reference = Reference.of(np.linspace(-5, 5, 1001))
    scores = reference.scores(np.array([-9.0, -5.0, 0.0, 4.0, 5.0, 9.0]))
    assert scores.tolist()[0] == 1
    assert scores.tolist()[-1] == 100
    assert scores[2] == 50
    assert (np.diff(scores) >= 0).all()


def test_leads_that_tie_take_the_middle_of_their_ranks() -> None:
    reference = Reference.of(np.zeros(100))
    assert reference.scores(np.zeros(1)).tolist() == [50]


@pytest.mark.parametrize(
    ("score", "grade"),
    [(100, "A"), (90, "A"), (89, "B"), (70, "B"), (69, "C"), (40, "C"), (1, "D")],
)
def test_grades(score: int, grade: str) -> None:
    assert grade_of(score) == grade


def test_log_odds_of_a_model_are_capped_alike_with_parts_and_alone(tmp_path: Path) -> None:
    training = tiny_training()
    table = random_table(50, seed=14)
    as_learned = Calibration(slope=1.0, offset=0.0)
    base = training.learned.ensemble.explain(
        training.manifest.encoder.encode(table), as_learned
    ).base_log_odds
    steep = Calibration(slope=30.0, offset=-30.0 * base)
    manifest = training.manifest.model_copy(update={"calibration": steep})
    model = replace(training, manifest=manifest).load(tmp_path)
    log_odds = model.log_odds(table)
    assert (log_odds.min(), log_odds.max()) == (-20.0, 20.0)
    np.testing.assert_allclose(model.explain(table).log_odds, log_odds, atol=1e-4)
