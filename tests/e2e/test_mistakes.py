"""What a user can put right is said in one sentence, without a stack trace."""

import shutil
import socket
from pathlib import Path

import pytest

from tests.e2e.command import leadscore, mistake
from tests.e2e.conftest import Ran
from tests.training.firm import write_firm, write_project


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    write_firm(tmp_path)
    return tmp_path


def test_a_missing_project(tmp_path: Path) -> None:
    for command in (["train", "p.toml"], ["score", "p.toml", "s.csv"], ["models", "p.toml"]):
        assert mistake(tmp_path, *command) == "error: p.toml: there is no such file"


def test_a_mistyped_key(firm: Path) -> None:
    write_project(firm, {'horizon = "20d"': 'horizn = "20d"'})
    process = leadscore(firm, "train", "project.toml")
    assert process.returncode == 1
    assert process.stderr.splitlines() == [
        "error: project.toml: key 'rows.horizon' is missing",
        "project.toml: unknown key 'rows.horizn'; did you mean 'horizon'?",
    ]


def test_a_missing_data_file_and_column(firm: Path) -> None:
    write_project(firm, {"events.csv": "evnts.csv"})
    assert "evnts.csv" in mistake(firm, "train", "project.toml")
    write_project(firm, {'occurred_at = "at"': 'occurred_at = "att"'})
    said = mistake(firm, "train", "project.toml")
    assert "column 'att' does not exist; did you mean 'at'?" in said


def test_a_target_that_never_happens(firm: Path) -> None:
    write_project(firm, {'target = "SQL"': 'target = "Sql"'})
    said = mistake(firm, "train", "project.toml")
    assert said == "error: no lead ever reaches stage 'Sql'; did you mean 'SQL'?"


def test_too_little_data(tmp_path: Path) -> None:
    write_firm(tmp_path, leads=25)
    assert "bring more history" in mistake(tmp_path, "train", "project.toml")


@pytest.mark.parametrize("damage", ["", "{}", '{"format": 99}'])
def test_a_corrupt_model_folder(firm: Path, damage: str) -> None:
    (firm / "model").mkdir()
    (firm / "model" / "manifest.json").write_text(damage, encoding="utf-8")
    said = mistake(firm, "score", "project.toml", "s.csv", "--model", "model")
    assert "manifest.json" in said
    assert not (firm / "s.csv").exists()


def test_a_folder_that_holds_no_model(firm: Path) -> None:
    said = mistake(firm, "score", "project.toml", "s.csv", "--model", "nowhere")
    assert "'nowhere' holds no manifest.json" in said


def test_an_unknown_lead_and_an_output_that_cannot_be(firm: Path) -> None:
    said = mistake(firm, "explain", "project.toml", "nobody", "--model", "rules")
    assert said.startswith("error: lead 'nobody' is not in the sources")
    said = mistake(firm, "score", "project.toml", "no/s.csv", "--model", "rules")
    assert said == "error: no/s.csv: there is no folder no; make it first"
    said = mistake(firm, "score", "project.toml", "s.xlsx", "--model", "rules")
    assert "scores are written as .parquet or .csv" in said


def test_a_version_that_is_not_there(trained: Ran) -> None:
    assert "version=9" in mistake(trained.folder, "models", "project.toml", "--promote", "9")


def test_an_untrained_project_is_scored_by_the_rules(firm: Path) -> None:
    process = leadscore(firm, "score", "project.toml", "s.csv")
    assert process.returncode == 0, process.stderr
    assert "The rules answer: models:/leadscore-firm@champion could not be had" in process.stderr
    assert "leads scored by the rules into s.csv" in process.stdout


def test_the_copy_of_a_model_answers_while_mlflow_is_away(trained: Ran, tmp_path: Path) -> None:
    away = tmp_path / "firm"
    shutil.copytree(trained.folder, away, ignore=shutil.ignore_patterns("mlflow.db", "mlart*"))
    first = leadscore(trained.folder, "score", "project.toml", "first.csv")
    assert first.returncode == 0, first.stderr
    shutil.copytree(trained.folder / ".leadscore", away / ".leadscore", dirs_exist_ok=True)
    second = leadscore(away, "score", "project.toml", "second.csv")
    assert second.returncode == 0, second.stderr
    assert (away / "second.csv").read_bytes() == (trained.folder / "first.csv").read_bytes()


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = leadscore(tmp_path, "serve", "--port", port)
    assert process.returncode == 1
    assert "address already in use" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_cannot_be(tmp_path: Path, port: str) -> None:
    process = leadscore(tmp_path, "serve", "--port", port)
    assert process.returncode == 2
    assert "Traceback" not in process.stderr
