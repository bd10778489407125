"""What every command says of itself, and the service where nothing is trained."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadscore import app
from tests.e2e.command import said, serving

COMMANDS = [command.name for command in app.registered_commands if command.name]


def test_without_a_model_the_rules_answer(tmp_path: Path) -> None:
    lead = {"lead_id": "L1", "created_at": "2026-01-01T00:00:00Z"}
    with serving(tmp_path) as client:
        ready = client.get("/readyz").json()
        answer = client.post("/v1/score", json={"lead": lead}).json()
        foreign = client.get("/v1/model", headers={"Host": "page.example"})
    assert ready["status"] == "degraded"
    assert (answer["basis"], answer["fallback_reason"]) == ("rules", "no_model")
    assert foreign.json()["code"] == "foreign_host"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(command: str) -> None:
    words = " ".join(CliRunner().invoke(app, [command, "--help"]).output.split())
    assert re.search(rf"Examples?: leadscore {command} ", words + " ")


def test_the_help_names_every_command(tmp_path: Path) -> None:
    shown = said(tmp_path, "--help")
    assert set(COMMANDS) == {
        "demo", "train", "backtest", "serve", "work", "score", "explain", "models",
        "consistency", "import", "costs", "kpis",
    }  # fmt: skip
    assert all(re.search(rf"│ {command}\s", shown) for command in COMMANDS)
