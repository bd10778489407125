"""The scripts that try faults still fit the service; what they find is told in the docs."""

import socket
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

# Libraries of training warn of themselves.
with warnings.catch_warnings(action="ignore"):
    from experiments.faults.__main__ import FAULTS, app
from experiments.faults.kills import kills
from experiments.faults.marks import LEAD, SECRET, marks_in
from experiments.faults.proxy import proxy


@pytest.mark.parametrize("fault", [*FAULTS, "all"])
def test_every_fault_is_a_command_and_is_documented(fault: str) -> None:
    told = CliRunner().invoke(app, [fault, "--help"])
    assert told.exit_code == 0
    documented = Path("docs/operation.md").read_text(encoding="utf-8")
    assert f"`{fault}`" in documented.partition("## What was tried")[2]


def test_a_service_that_is_killed_keeps_its_promise() -> None:
    [found] = kills(kills=1)
    assert found.kept, found.told


def test_marks_are_found_wherever_they_stand() -> None:
    assert marks_in(f"a {LEAD.upper()}-7, x{SECRET}y and ls_key", "ls_key") == 3
    assert marks_in("nothing of them") == 0


def test_a_proxy_passes_or_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, proxy(server.getsockname()[1]) as stands:
        with socket.create_connection(("127.0.0.1", stands.port)) as caller:
            caller.sendall(b"asked")
            taken, _ = server.accept()
            with taken:
                assert taken.recv(5) == b"asked"
                taken.sendall(b"said")
            assert caller.recv(9) == b"said"
        stands.mood = "refuses"
        with socket.create_connection(("127.0.0.1", stands.port)) as caller:
            assert caller.recv(9) == b""
