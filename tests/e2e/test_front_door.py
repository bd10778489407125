"""The whole way through the front door: what each command does, and says."""

import csv
import json
import re
import shutil
import warnings
from pathlib import Path

import mlflow
import pyarrow.parquet as pq
import pytest

from tests.e2e.command import leadscore, said, serving
from tests.e2e.conftest import Mistake, Ran, Scored
from training.checks.metrics import METRICS


def test_training_prints_a_table_and_how_to_promote(trained: Ran) -> None:
    lines = trained.output.splitlines()
    assert any(line.startswith("### firm: probability of SQL.") for line in lines)
    table = [line for line in lines if line.startswith("| ")]
    assert table[0].startswith("| newest slice | ROC-AUC | PR-AUC | lift 10 %")
    candidates = [line.split("|")[1].strip() for line in table[1:]]
    assert candidates[:3] == ["leadscore", "base rate", "rules"]
    assert "Registered models:/leadscore-firm/2, not the champion." in lines
    assert "To promote it: leadscore models project.toml --promote 2" in lines


def test_a_training_leaves_all_of_it_in_mlflow(trained: Ran, tmp_path: Path) -> None:
    # MLflow warns of itself when its parts are imported first.
    with warnings.catch_warnings(action="ignore"):
        address = f"sqlite:///{trained.folder}/mlflow.db"
        client = mlflow.MlflowClient(address, address)
        version = client.get_model_version("leadscore-firm", "2")
        run = client.get_run(str(version.run_id))
        folder = Path(client.download_artifacts(run.info.run_id, "", str(tmp_path)))
    assert {"model.learning_rate", "rows.horizon", "profile.numeric"} < run.data.params.keys()
    candidates = ("leadscore", "base_rate", "rules", "logistic_alone", "lightgbm_defaults")
    figures = {f"{c}.{name}{end}" for c in candidates for name in METRICS for end in ("", ".low")}
    assert figures < run.data.metrics.keys()
    plots = {f"plots/{name}.png" for name in ("backtest", "calibration", "lift", "shap_summary")}
    for name in {"project.toml", "summary.md", *plots}:
        assert (folder / name).stat().st_size > 0
    kept = (folder / "project.toml").read_text(encoding="utf-8")
    assert kept == (trained.folder / "project.toml").read_text(encoding="utf-8")
    assert (folder / "summary.md").read_text(encoding="utf-8") in trained.output


def test_a_backtest_prints_its_table_and_keeps_it_in_mlflow(trained: Ran) -> None:
    output = said(trained.folder, "backtest", "project.toml", "--cutoffs", "2", "--step", "20d")
    lines = output.splitlines()
    assert lines[1].startswith("### firm: backtest of the probability of SQL.")
    assert lines[3].startswith("- Backtest: expected / observed ")
    [head] = [line for line in lines if line.startswith("| cut-off | leads | conversions |")]
    table = lines[lines.index(head) + 2 :]
    assert len(table) == 3
    assert table[-1].startswith("| all |")
    with warnings.catch_warnings(action="ignore"):
        address = f"sqlite:///{trained.folder}/mlflow.db"
        client = mlflow.MlflowClient(address, address)
        [experiment] = client.search_experiments(filter_string="name = 'firm'")
        newest = client.search_runs([experiment.experiment_id], max_results=1)[0]
    assert newest.data.params["evaluation.cutoffs"] == "2"
    assert "backtest.expected_observed" in newest.data.metrics


def test_models_are_listed_and_promoted(trained: Ran) -> None:
    promoted = leadscore(trained.folder, "models", "project.toml", "--promote", "2")
    assert _champions(promoted.stdout) == ["2"]
    assert "models:/leadscore-firm@champion swap to it within 30 seconds" in promoted.stderr
    # The way back is the same, and leaves the others the champion they expect.
    back = said(trained.folder, "models", "project.toml", "--promote", "1")
    assert _champions(back) == ["1"]


def _champions(listing: str) -> list[str]:
    lines = listing.splitlines()
    assert [line.split()[0] for line in lines] == [
        "models:/leadscore-firm/2",
        "models:/leadscore-firm/1",
    ]
    return [line.split()[0].rpartition("/")[2] for line in lines if " champion " in line]


def test_every_open_lead_is_scored_with_reasons(scored: Scored) -> None:
    rows = scored.rows
    assert f"{len(rows)} leads scored by leadscore-firm/1 into scores.parquet" in scored.output
    assert len(rows) > 20
    assert {row["basis"] for row in rows} == {"model"}
    for row in rows:
        listed = sum(reason["contribution"] for reason in row["reasons"])
        total = row["base_log_odds"] + listed + row["other_contribution"]
        assert total == pytest.approx(row["log_odds"], abs=1e-6)
        assert row["reasons"]


def test_sources_that_end_early_are_named(trained: Ran, scored: Scored) -> None:
    early = re.search(r"sources.leads ends on (.*), sources.events.0 on .* UTC: ", scored.output)
    assert early is not None
    assert f"into scores.parquet, as of {early[1]}; " in scored.output
    assert early[0] in trained.output
    drawn = said(trained.folder, "explain", "project.toml", "L0")
    assert early[0] in drawn


def test_rules_score_into_csv_in_german(trained: Ran, scored: Scored) -> None:
    said(trained.folder, "score", "project.toml", "s.csv", "--model", "rules", "--language", "de")
    with (trained.folder / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["lead_id"] for row in rows] == [row["lead_id"] for row in scored.rows]
    assert {(row["basis"], row["fallback_reason"]) for row in rows} == {("rules", "")}
    texts = [reason["text"] for row in rows for reason in json.loads(row["reasons"])]
    assert any("Punkte" in text for text in texts)


def test_a_lead_is_explained_in_english_as_it_was_scored(trained: Ran, scored: Scored) -> None:
    lead = max(scored.rows, key=lambda row: row["probability"])
    drawn = said(trained.folder, "explain", "project.toml", lead["lead_id"])
    head = f"{lead['lead_id']}  Score {lead['score']}, grade {lead['grade']}, probability"
    assert drawn.startswith(head)
    assert "(leadscore-firm/1)" in drawn
    assert "Base value" in drawn


def test_a_lead_is_explained_in_german_as_it_was_then(trained: Ran) -> None:
    then = ("--as-of", "2025-01-20", "--reasons", "1", "--language", "de", "--model", "rules")
    drawn = said(trained.folder, "explain", "project.toml", "L0", *then)
    assert drawn.startswith("L0  Score ")
    assert "Regeln" in drawn
    assert "Profil" in drawn


def test_the_champion_of_a_project_is_served(trained: Ran) -> None:
    lead = {"lead_id": "L1", "created_at": "2026-01-01T00:00:00Z", "profile": {"industry": "IT"}}
    with serving(trained.folder, "--project", "project.toml") as client:
        assert client.get("/readyz").json()["status"] == "ready"
        answer = client.post("/v1/score", json={"lead": lead, "language": "de"}).json()
        card = client.get("/v1/model").json()
    assert (answer["basis"], answer["model_version"]) == ("model", "leadscore-firm/1")
    assert answer["base_log_odds"] + answer["fit"] + answer["behaviour"] == pytest.approx(
        answer["log_odds"], abs=1e-6
    )
    assert card["model_version"] == "leadscore-firm/1"


def test_a_version_that_is_not_there(trained: Ran, mistake: Mistake) -> None:
    assert "version=9" in mistake(trained.folder, "models", "project.toml", "--promote", "9")


def test_the_copy_of_a_model_answers_while_mlflow_is_away(
    trained: Ran, scored: Scored, tmp_path: Path
) -> None:
    away = tmp_path / "firm"
    shutil.copytree(trained.folder, away, ignore=shutil.ignore_patterns("mlart*"))
    fetched = leadscore(away, "score", "project.toml", "scores.parquet")
    assert fetched.returncode == 0, fetched.stderr
    (away / "mlflow.db").unlink()
    process = leadscore(away, "score", "project.toml", "again.parquet")
    assert process.returncode == 0, process.stderr
    assert "serving the copy of an earlier start" in process.stderr
    assert pq.read_table(away / "again.parquet").to_pylist() == scored.rows
    assert not (away / "mlflow.db").exists()


def test_the_model_of_another_project_does_not_answer(
    trained: Ran, scored: Scored, tmp_path: Path
) -> None:
    # One folder to work in, and so one cache, but another registry, in which nothing is.
    other = tmp_path / "other"
    shutil.copytree(trained.folder, tmp_path, dirs_exist_ok=True)
    shutil.copytree(trained.folder, other, ignore=shutil.ignore_patterns("mlflow.db", ".leads*"))
    assert leadscore(tmp_path, "score", "project.toml", "scores.parquet").returncode == 0
    process = leadscore(tmp_path, "score", "other/project.toml", "others.parquet")
    assert "leads scored by the rules into others.parquet" in process.stdout
