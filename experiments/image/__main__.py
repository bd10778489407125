"""Build the image and try it: size, rights, what is inside, start, health, stop.

    python -m experiments.image
    python -m experiments.image --engine podman

It runs as compose.yaml runs it: read-only but for /tmp, without rights, closed by a key.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from rich.console import Console

from experiments.faults.service import free_port, wait_until_ready

_ROOT = Path(__file__).parents[2]
_TAG = "leadscore-tried"
_OF_TRAINING = ("sklearn", "shap", "matplotlib", "duckdb", "pyarrow", "pip", "setuptools")
_OF_THE_SERVICE = ("lightgbm", "mlflow", "psycopg", "alembic")
_HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL",
             "--security-opt", "no-new-privileges")  # fmt: skip
_COMMANDS = (["--help"], ["serve", "--help"], ["work", "--help"], ["db", "--help"],
             ["keys", "--help"], ["import", "--help"])  # fmt: skip
_PATIENCE_SECONDS = 120


class Engine:
    """Docker, or what has the same commands."""

    def __init__(self, program: str) -> None:
        """Take the name of the program."""
        self._program = program

    def succeeds(self, *words: str) -> bool:
        """Run a command, and tell whether it went well."""
        command = [self._program, *words]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def said(self, *words: str) -> str:
        """Run a command that must go well, and return what it printed."""
        command = [self._program, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    @contextmanager
    def running(self, *words: str) -> Iterator[str]:
        """Run the image in the background, and give the container's id; it goes afterwards."""
        container = self.said("run", "--detach", *_HARDENED, *words)
        try:
            yield container
        finally:
            self.said("rm", "--force", container)


def build(engine: Engine) -> dict[str, str]:
    """Build the image, and return what it is like."""
    began = time.monotonic()
    engine.said("build", "--tag", _TAG, str(_ROOT))
    seconds = time.monotonic() - began
    inspected = engine.said(
        "inspect", "--type", "image", "--format", "{{.Size}} {{.Config.User}}", _TAG
    )
    size, user = inspected.split()
    steps = engine.said("history", "--quiet", _TAG).splitlines()
    return {
        "size": f"{int(size) / 2**20:,.0f} MiB in {len(steps)} steps, built in {seconds:.0f} s",
        "user": user,
    }


def look_inside(engine: Engine) -> dict[str, str]:
    """Return what lacks, what is too much, and which commands do not work."""

    def works(*words: str) -> bool:
        return engine.succeeds("run", "--rm", *_HARDENED, *words)

    def imports(package: str) -> bool:
        return works("--entrypoint", "python", _TAG, "-c", f"import {package}")

    return {
        "lacks": _listed(name for name in _OF_THE_SERVICE if not imports(name)),
        "has too much": _listed(name for name in _OF_TRAINING if imports(name)),
        "commands that fail": _listed(
            " ".join(words) for words in _COMMANDS if not works(_TAG, *words)
        ),
        "starts without a key": str(works(_TAG)),
    }


def serve(engine: Engine) -> dict[str, str]:
    """Start a service and stop it, and return how that went."""
    port = free_port()
    published = ("--publish", f"127.0.0.1:{port}:8000", "--env", "LEADSCORE_OPEN=yes")
    began = time.monotonic()
    with engine.running(*published, _TAG) as container:
        _wait_until_alive(port)
        wait_until_ready(port)
        ready = time.monotonic() - began
        check = engine.said(
            "inspect", "--format", "{{range .Config.Healthcheck.Test}}{{println .}}{{end}}",
            container,
        ).splitlines()  # fmt: skip
        healthy = engine.succeeds("exec", container, *check[1:])
        writes = engine.succeeds("exec", container, "touch", "/home/leadscore/file")
        resident = engine.said("exec", container, "grep", "VmRSS", "/proc/1/status").split()[1]
        began = time.monotonic()
        engine.said("stop", "--time", "15", container)
        stopped = time.monotonic() - began
        ended = engine.said("inspect", "--format", "{{.State.ExitCode}}", container)
    return {
        "ready after": f"{ready:.1f} s on an empty cache",
        "resident": f"{int(resident) / 2**10:,.0f} MiB",
        "its health check passes": str(healthy),
        "writes outside of /tmp": str(writes),
        "ended with": f"{ended}, {stopped:.1f} s after SIGTERM",
    }


def _wait_until_alive(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the container did not start")


def _listed(names: Iterator[str]) -> str:
    return ", ".join(names) or "none"


def main() -> None:
    """Build, try and tell; end with 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m experiments.image")
    parser.add_argument("--engine", default="docker", help="docker, or podman")
    engine, console = Engine(parser.parse_args().engine), Console()
    told = build(engine) | look_inside(engine) | serve(engine)
    for what, answer in told.items():
        console.print(f"{what:24} {answer}")
    due = {
        "user": "10001", "lacks": "none", "has too much": "none", "commands that fail": "none",
        "starts without a key": "False", "its health check passes": "True",
        "writes outside of /tmp": "False",
    }  # fmt: skip
    sys.exit(not (due.items() <= told.items() and told["ended with"].startswith("0,")))


if __name__ == "__main__":
    main()
