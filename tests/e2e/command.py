"""The front door as a user opens it: a process of its own, in a folder of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

_FOREIGN = ("LEADSCORE_", "MLFLOW_")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)} | {
    "COLUMNS": "120",
    "MPLBACKEND": "Agg",
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
        timeout=240,
    )


def said(folder: Path, *arguments: str) -> str:
    """Run a command that must succeed and return what it printed."""
    process = leadscore(folder, *arguments)
    assert process.returncode == 0, process.stderr
    assert "Traceback" not in process.stderr
    return process.stdout


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
