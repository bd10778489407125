"""The front door as a user opens it: a process of its own, in a folder of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

_FOREIGN = ("LEADSCORE_", "MLFLOW_")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)} | {
    "COLUMNS": "120",
    "MPLBACKEND": "Agg",
    # No load balancer has to notice that a service stops.
    "LEADSCORE_LEAVE_SECONDS": "0",
}

COMMAND = (sys.executable, "-m", "leadscore")


def leadscore(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def said(folder: Path, *arguments: str) -> str:
    """Run a command that must succeed and return what it printed."""
    process = leadscore(folder, *arguments)
    assert process.returncode == 0, process.stderr
    assert "Traceback" not in process.stderr
    return process.stdout


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[httpx.Client]:
    """Run the service on a free port and give a client to it."""
    port = str(free_port())
    command = [*COMMAND, "serve", "--port", port, *arguments]
    with served(command, folder, ENVIRONMENT, port) as client:
        yield client


@contextmanager
def served(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], port: str
) -> Iterator[httpx.Client]:
    """Run a command that serves on a port, and give a client to it once it is ready."""
    with (folder / "service.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            _wait_until_ready(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        assert process.poll() is None, "the service ended"
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the service is not ready after two minutes")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
