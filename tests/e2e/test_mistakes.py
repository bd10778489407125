"""What a user can put right is said in one sentence, without a stack trace."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import leadscore
from tests.e2e.conftest import Mistake
from tests.training.firm import write_firm, write_project


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    write_firm(tmp_path)
    return tmp_path


def test_mistakes_go_to_standard_error_and_the_exit_code_is_1(firm: Path) -> None:
    write_project(firm, {'horizon = "20d"': 'horizn = "20d"'})
    process = leadscore(firm, "train", "project.toml")
    assert process.returncode == 1
    assert process.stdout == ""
    assert process.stderr.splitlines() == [
        "error: project.toml: key 'rows.horizon' is missing",
        "project.toml: unknown key 'rows.horizn'; did you mean 'horizon'?",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("train", "p.toml"),
        ("serve", "--project", "p.toml"),
        ("score", "p.toml", "s.csv"),
        ("explain", "p.toml", "L1"),
        ("models", "p.toml"),
    ],
    ids=lambda command: command[0],
)
def test_a_missing_project(tmp_path: Path, mistake: Mistake, command: tuple[str, ...]) -> None:
    assert mistake(tmp_path, *command) == "error: p.toml: there is no such file"


def test_a_missing_data_file_and_column(firm: Path, mistake: Mistake) -> None:
    write_project(firm, {"events.csv": "evnts.csv"})
    assert "evnts.csv" in mistake(firm, "train", "project.toml")
    write_project(firm, {'occurred_at = "at"': 'occurred_at = "att"'})
    said = mistake(firm, "train", "project.toml")
    assert "column 'att' does not exist; did you mean 'at'?" in said


def test_a_target_that_never_happens(firm: Path, mistake: Mistake) -> None:
    write_project(firm, {'target = "SQL"': 'target = "SQLs"'})
    said = mistake(firm, "train", "project.toml")
    assert said == "error: no lead ever reaches stage 'SQLs'; did you mean 'SQL'?"


def test_too_little_data(tmp_path: Path, mistake: Mistake) -> None:
    write_firm(tmp_path, leads=25)
    assert "bring more history" in mistake(tmp_path, "train", "project.toml")


@pytest.mark.parametrize("damage", ["", "{}", '{"format": 99}'])
def test_a_corrupt_model_folder(firm: Path, mistake: Mistake, damage: str) -> None:
    (firm / "model").mkdir()
    (firm / "model" / "manifest.json").write_text(damage, encoding="utf-8")
    said = mistake(firm, "score", "project.toml", "s.csv", "--model", "model")
    assert "manifest.json" in said
    assert not (firm / "s.csv").exists()


def test_a_folder_that_holds_no_model(firm: Path, mistake: Mistake) -> None:
    said = mistake(firm, "score", "project.toml", "s.csv", "--model", "nowhere")
    assert "'nowhere' holds no manifest.json" in said


def test_an_unknown_lead(firm: Path, mistake: Mistake) -> None:
    said = mistake(firm, "explain", "project.toml", "nobody", "--model", "rules")
    assert said.startswith("error: lead 'nobody' is not in the sources")


def test_an_output_that_cannot_be(firm: Path, mistake: Mistake) -> None:
    said = mistake(firm, "score", "project.toml", "no/s.csv", "--model", "rules")
    assert said == "error: no/s.csv: there is no folder no; make it first"
    said = mistake(firm, "score", "project.toml", "s.xlsx", "--model", "rules")
    assert "scores are written as .parquet or .csv" in said


def test_an_untrained_project_is_scored_by_the_rules(firm: Path) -> None:
    process = leadscore(firm, "score", "project.toml", "s.csv")
    assert process.returncode == 0, process.stderr
    assert "The rules answer: models:/leadscore-firm@champion could not be had" in process.stderr
    assert "leads scored by the rules into s.csv" in process.stdout


def test_a_command_that_an_installation_for_serving_lacks_says_what_to_install(
    tmp_path: Path,
) -> None:
    code = (
        "import sys; sys.modules['duckdb'] = None; import leadscore; "
        "sys.argv = ['leadscore', 'score', 'project.toml', 'scores.csv']; leadscore.main()"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert process.returncode == 1
    assert process.stderr.startswith("error: this command needs 'duckdb'")
    assert process.stderr.strip().endswith("install leadscore[training]")


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = leadscore(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert process.returncode == 1
    assert "already in use" in process.stderr
    assert "choose another --port" in process.stderr
    assert "Traceback" not in process.stderr


def test_a_demo_tells_of_a_port_in_use_before_it_trains(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = leadscore(tmp_path, "demo", "--port", str(taken.getsockname()[1]))
    assert process.returncode == 1
    assert "choose another --port" in process.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_cannot_be(tmp_path: Path, port: str) -> None:
    process = leadscore(tmp_path, "serve", "--port", port)
    assert process.returncode == 2
    assert "Traceback" not in process.stderr
