"""The commands, settings and messages of the page for operators, run or held to the code."""

import ast
import configparser
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.settings import Settings, settings_table
from tests.docs.command_line import require_command
from tests.docs.image import compose
from tests.docs.markdown import ROOT, Block, blocks, code, table
from tests.e2e.command import ENVIRONMENT

PAGE = "docs/operation.md"
EVERY = blocks(PAGE)


def labelled(*labels: str) -> list[Block]:
    return [block for block in EVERY if block.labels and block.labels[0] in labels]


def test_every_block_is_of_a_kind_that_a_test_reads() -> None:
    kinds = {(block.language, *block.labels) for block in EVERY}
    assert kinds <= {
        ("sh", "compose"), ("sh", "host"), ("sh", "record"), ("sh", "drill"), ("sh", "systemd"),
        ("sh", "wrapper"), ("ini", "settings"), ("ini", "unit"), ("sql",), ("sh", "traces"),
    }  # fmt: skip


def test_a_record_is_installed_backed_up_tried_and_restored_as_written(
    tmp_path: Path, search_path: str
) -> None:
    steps = "\n".join(block.text for block in labelled("record", "drill"))
    for there, here in (
        ("runuser -u leadscore -- ", ""),
        ("/opt/leadscore/bin/leadscore", "leadscore"),
        ("/var/backups/leadscore", str(tmp_path)),
    ):
        assert there in steps
        steps = steps.replace(there, here)
    # On the page, a backup follows the first installation; an upgrade may follow any time.
    record = {"LEADSCORE_DATABASE_URL": f"sqlite:///{tmp_path / 'record.db'}"}
    done = subprocess.run(
        ["sh", "-euc", steps],
        env={**ENVIRONMENT, **record, "PATH": search_path},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("all is well") == 2
    assert done.stdout.count("rows restored, 0 erased leads left out") == 2
    assert len(list(tmp_path.glob("record-*.zip"))) == 1


def compose_commands() -> Iterator[list[str]]:
    for block in labelled("compose"):
        for line in block.text.replace("\\\n", "").splitlines():
            if line.startswith("docker compose "):
                plain = re.sub(r"\$\([^)]*\)", "today", re.sub(r" [<>] .*", "", line))
                yield shlex.split(plain)[2:]


@pytest.mark.parametrize("command", list(compose_commands()), ids=" ".join)
def test_commands_of_compose_name_services_and_commands_that_exist(command: list[str]) -> None:
    services = compose()["services"]
    named = [word for word in command[1:] if word in services]
    if command[0] != "run":
        assert all(word in services or word.startswith("--") for word in command[1:])
        return
    service = named[0]
    inside = command[command.index(service) + 1 :]
    if "--entrypoint" in command:
        inside = [one for part in inside for one in part.split(";") if "leadscore" in one]
        for one in inside:
            require_command(shlex.split(one)[1:])
    elif services[service]["image"] == "leadscore":
        require_command(inside)


def test_settings_of_the_page_exist() -> None:
    known = {setting.variable for setting in settings_table()} | {"NUMBA_CACHE_DIR"}
    lines = [line for block in labelled("settings") for line in block.text.splitlines()]
    assert lines and {line.partition("=")[0] for line in lines} <= known


def test_the_unit_runs_commands_and_gives_them_time_to_stop() -> None:
    [block] = labelled("unit")
    unit = configparser.RawConfigParser(strict=True)
    unit.read_string(block.text)
    program, command = unit["Service"]["ExecStart"].split()
    started = re.findall(r"leadscore@(\w+)", (ROOT / PAGE).read_text(encoding="utf-8"))
    assert command == "%i" and {"serve", "work"} <= {*started}
    for name in started:
        require_command([name])
    installed = "".join(block.text for block in labelled("host"))
    assert f"-m venv {program.removesuffix('/bin/leadscore')}\n" in installed
    settings = Settings()
    stops = settings.leave_seconds + settings.grace_seconds
    assert int(unit["Service"]["TimeoutStopSec"]) > stops + 2


def test_what_is_installed_is_there() -> None:
    for block in labelled("host"):
        named = re.findall(r"requirements/\S+", block.text)
        assert all((ROOT / path).is_file() for path in named)


def said_by_the_code() -> list[str]:
    """Return every text of the service and the front door; what differs is an ellipsis."""
    texts = []
    for room in ("serving", "leadscore"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = [
                        str(part.value) if isinstance(part, ast.Constant) else "…"
                        for part in node.values
                    ]
                    texts.append("".join(parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.append(node.value.replace("%s", "…"))
    return texts


def test_every_message_of_the_page_is_one_of_the_service() -> None:
    said = said_by_the_code()
    rows = [row for row in table(PAGE, "What to do when") if "it says" in row]
    assert len(rows) > 15
    for row in rows:
        message = code(row["it says"])
        pattern = ".*".join(re.escape(part) for part in message.split("…"))
        assert any(re.search(pattern, text, re.DOTALL) for text in said), message
