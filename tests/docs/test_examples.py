"""The commands, requests, files and answers of the documents, run and read as they are written."""

import json
import math
import os
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from experiments.simulator import simulate
from serving.http.errors import ErrorBody
from serving.http.requests.batch import BatchAnswer
from serving.http.routes.opt_ins import OptInView
from serving.http.routes.record import Kept
from serving.http.state import Readiness
from serving.http.views.leads import LeadView
from serving.http.views.lifecycle import MoveView
from serving.http.views.merges import DuplicateList
from serving.intake.importing.report import ImportReport
from serving.lifecycle.agreement import Lifecycle
from serving.record.privacy.policy import Policy
from serving.scoring.answer import Answer
from serving.scoring.card import Card
from serving.scoring.rules import Rules
from tests.docs.command_line import run, typed
from tests.docs.markdown import Block, blocks
from tests.e2e.command import free_port, served
from training.project.project import Project

DOCUMENTS = ("README.md", "docs/architecture.md", "docs/data-scientist.md", "docs/crm.md",
             "docs/record.md", "docs/import.md", "docs/sales.md", "docs/lifecycle.md",
             "docs/alerts.md", "docs/kpis.md")  # fmt: skip
EVERY = [block for document in DOCUMENTS for block in blocks(document)]

# Not run: what needs Docker or another environment, and the demo, whose run has its own test.
NOT_RUN = ("docker", "make", "demo")
SHOWN = {"text", "mermaid"}
MODELS: dict[str, type[BaseModel]] = {
    model.__name__: model
    for model in (
        Answer,
        BatchAnswer,
        Card,
        DuplicateList,
        ErrorBody,
        ImportReport,
        Kept,
        LeadView,
        MoveView,
        OptInView,
        Readiness,
    )
}
ADDRESS = "http://127.0.0.1:8000"


def having(language: str, *labels: str) -> list[Block]:
    return [b for b in EVERY if b.language == language and b.labels[: len(labels)] == labels]


def only(blocks: list[Block]) -> Block:
    assert len(blocks) == 1
    return blocks[0]


def test_every_block_is_of_a_kind_that_a_test_reads() -> None:
    for block in EVERY:
        label = block.labels[0] if block.labels else ""
        assert (
            (block.language == "sh" and label in ("", "curl", "serve", "train", "worker", *NOT_RUN))
            or (block.language == "json" and label in (*MODELS, "message"))
            or (block.language == "toml" and label in ("policy", "project", "rules", "lifecycle"))
            or (block.language == "python" and label in ("", "sender"))
            or block.language in SHOWN
        ), str(block)


@pytest.fixture(scope="session")
def environment(search_path: str) -> dict[str, str]:
    """The commands of a reader who has installed the product, and a free port instead of 8000."""
    foreign = ("LEADSCORE_", "MLFLOW_")
    ours = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    settings = {"LEADSCORE_PORT": str(free_port()), "MPLBACKEND": "Agg"}
    settings |= {
        "LEADSCORE_POLICY": "policy.toml",
        "LEADSCORE_SMTP_URL": "smtp://127.0.0.1:9",
        "LEADSCORE_MAIL_FROM": "Example GmbH <news@example.com>",
        "LEADSCORE_PUBLIC_URL": "https://leads.example.com",
    }
    settings["LEADSCORE_DATABASE_URL"] = "sqlite:///leadscore.db"
    return ours | {"PATH": search_path} | settings


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """Where the reader is: tables as the demo's, only fewer, and a model trained as documented."""
    folder = tmp_path_factory.mktemp("reader")
    simulate(folder / "demo", leads=250)
    policy = "\n".join(block.text for block in having("toml", "policy"))
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    typed(only(having("sh", "train")).text, folder, environment)
    return folder


@pytest.mark.parametrize("block", [b for b in having("sh") if not b.labels], ids=str)
def test_commands_run(block: Block, folder: Path, environment: dict[str, str]) -> None:
    assert typed(block.text, folder, environment)
    written = [word for word in shlex.split(block.text) if word.endswith(".parquet")]
    assert all((folder / name).stat().st_size > 0 for name in written)


def test_python_runs_in_a_process_of_its_own(folder: Path, environment: dict[str, str]) -> None:
    program = "\n".join(block.text for block in having("python") if not block.labels)
    printed = run(
        [sys.executable, "-W", "error::FutureWarning", "-c", program], folder, environment
    )
    assert "probability" in printed
    assert (folder / "model" / "MLmodel").is_file()


@pytest.mark.parametrize("block", having("toml", "project"), ids=str)
def test_project_files_are_valid(block: Block) -> None:
    Project.model_validate(tomllib.loads(block.text))


@pytest.mark.parametrize("block", having("toml", "policy"), ids=str)
def test_policies_are_valid(block: Block) -> None:
    Policy.model_validate(tomllib.loads(block.text))


@pytest.mark.parametrize("block", having("toml", "rules"), ids=str)
def test_rules_are_valid(block: Block) -> None:
    some = {"profile": "role", "missing": True, "points": -5, "de": "ohne", "en": "without"}
    frame = {
        "thresholds": {"mal": 20, "mql": 45, "sql": 80},
        "probability": {"at_zero": 0.02, "at_sql": 0.5},
        "fit": {"some": some},
    }
    Rules.model_validate(frame | tomllib.loads(block.text))


@pytest.mark.parametrize("block", having("toml", "lifecycle"), ids=str)
def test_lifecycles_are_sound(block: Block) -> None:
    Lifecycle.model_validate(tomllib.loads(block.text))


@pytest.mark.parametrize("block", [b for b in having("json") if b.labels[0] in MODELS], ids=str)
def test_answers_have_exactly_the_documented_fields(block: Block) -> None:
    shown = json.loads(block.text)
    # What a model would fill in or leave out is missing, or too much, in the document.
    read = MODELS[block.labels[0]].model_validate(shown)
    assert json.loads(read.model_dump_json()) == shown


@pytest.mark.parametrize("block", having("json", "Answer"), ids=str)
def test_answers_add_up(block: Block) -> None:
    answer = Answer.model_validate_json(block.text)
    parts = answer.base_log_odds + answer.fit + answer.behaviour
    assert parts == pytest.approx(answer.log_odds, abs=1e-6)
    said = sum(reason.contribution for reason in answer.reasons) + answer.other_contribution
    assert answer.base_log_odds + said == pytest.approx(answer.log_odds, abs=1e-6)
    for reason in answer.reasons:
        shares = sum(share["contribution"] for share in reason.features)
        assert shares == pytest.approx(reason.contribution, abs=1e-6)
    assert 1 / (1 + math.exp(-answer.log_odds)) == pytest.approx(answer.probability, abs=1e-9)


@pytest.fixture(scope="module")
def client(folder: Path, environment: dict[str, str]) -> Iterator[httpx.Client]:
    """The service, started as documented."""
    program, *arguments = shlex.split(only(having("sh", "serve")).text)
    assert program == "leadscore"
    typed("leadscore db upgrade", folder, environment)
    with served(arguments, folder, environment, environment["LEADSCORE_PORT"]) as client:
        yield client


def test_a_sender_of_the_segment_protocol_is_heard(
    client: httpx.Client, folder: Path, environment: dict[str, str]
) -> None:
    address = str(client.base_url).rstrip("/")
    program = only(having("python", "sender")).text.replace(ADDRESS, address)
    run([sys.executable, "-c", program + "sender.join()"], folder, environment)
    leads = client.get("/v1/leads", params={"sort": "changed"}).json()["leads"]
    assert "L-1042" in [lead["lead_id"] for lead in leads]


def sent(client: httpx.Client, curl: Block) -> httpx.Response:
    """Send what a curl command would."""
    program, silent, url, *options = shlex.split(curl.text)
    assert (program, silent) == ("curl", "-s")
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert given.keys() <= {"-H", "-d", "-X"}
    headers = dict([given["-H"].split(": ")]) if "-H" in given else {}
    method = given.get("-X", "POST" if "-d" in given else "GET")
    path = url.removeprefix(ADDRESS)
    return client.request(method, path, headers=headers, content=given.get("-d"))


def answered(curl: Block) -> Block | None:
    """Return the answer that the document shows next, before any other request."""
    following = EVERY[EVERY.index(curl) + 1 :]
    shown = following and following[0].language == "json" and following[0].labels[0] in MODELS
    return following[0] if shown else None


@pytest.mark.parametrize("curl", having("sh", "curl"), ids=str)
def test_requests_are_answered_as_documented(curl: Block, client: httpx.Client) -> None:
    response = sent(client, curl)
    shown = answered(curl)
    expected = 422 if shown and "ErrorBody" in shown.labels else 200
    assert response.status_code == expected, response.text
    if shown is None:
        return
    read = MODELS[shown.labels[0]].model_validate_json(response.content)
    if "exact" in shown.labels:
        assert response.json() == json.loads(shown.text)
    if isinstance(read, Answer):
        like = Answer.model_validate_json(shown.text)
        assert keys(read) == keys(like)


def keys(answer: Answer) -> tuple[Any, ...]:
    """Return what two answers to one request share, whichever model gave them."""
    return answer.lead_id, answer.as_of, answer.basis, answer.events_ignored, answer.unknown
