"""The front door as a user opens it: a process of its own, in a folder of its own."""

import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from leadscore import main

_FOREIGN = ("LEADSCORE_", "MLFLOW_")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)} | {
    "COLUMNS": "120",
    "MPLBACKEND": "Agg",
    # No load balancer has to notice that a service stops.
    "LEADSCORE_LEAVE_SECONDS": "0",
}

_forked = multiprocessing.get_context("forkserver")
# To import the rooms takes longer than most commands; so it is done once.
_forked.set_forkserver_preload(["tests.e2e.rooms"])

_LONGEST_SECONDS = 600
_STOPPING_SECONDS = 30


def leadscore(
    folder: Path, *arguments: str, environment: Mapping[str, str] = ENVIRONMENT, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with TemporaryDirectory() as place:
        streams = [Path(place, name) for name in ("in", "out", "err")]
        streams[0].write_text(typed, encoding="utf-8")
        with begun(arguments, folder, environment, streams) as process:
            process.join(_LONGEST_SECONDS)
            assert process.exitcode is not None, f"{arguments} is not done"
            out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
            return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


@contextmanager
def begun(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Sequence[Path]
) -> Iterator[BaseProcess]:
    """Run a command that reads from the first stream, writes to the others, and stop it."""
    process = _forked.Process(target=_command, args=(arguments, folder, environment, streams))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(_STOPPING_SECONDS)
        assert process.exitcode is not None, f"{arguments} does not stop"
        process.close()


def _command(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Sequence[Path]
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    typed, out, err = streams
    sys.stdin = typed.open(encoding="utf-8")
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = ["leadscore", *arguments]
    main()


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
    with served(["serve", "--port", port, *arguments], folder, ENVIRONMENT, port) as client:
        yield client


@contextmanager
def served(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], port: str
) -> Iterator[httpx.Client]:
    """Run a command that serves on a port, and give a client to it once it is ready."""
    log = folder / "service.log"
    with (
        begun(arguments, folder, environment, (Path(os.devnull), log, log)) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        _wait_until_ready(client, process)
        yield client


def _wait_until_ready(client: httpx.Client, process: BaseProcess) -> None:
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        assert process.is_alive(), "the service ended"
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        # Asking keeps what is asked from getting ready.
        time.sleep(0.1)
    raise AssertionError("the service is not ready after two minutes")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
