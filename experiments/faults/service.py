"""The real service on a record, as a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

_START_SECONDS = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def start_service(url: str, port: int, **settings: str) -> subprocess.Popen[bytes]:
    """Start a service on a record and wait until it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "leadscore", "serve", "--port", str(port)],
        env={**os.environ, "LEADSCORE_DATABASE_URL": url, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return process
    raise RuntimeError("the service did not start")


def wait_until_ready(port: int) -> None:
    """Wait until a service answers leads."""
    while httpx.get(f"http://127.0.0.1:{port}/readyz").status_code != httpx.codes.OK:
        time.sleep(0.1)


@contextmanager
def started_service(url: str, port: int, **settings: str) -> Iterator[int]:
    """Run a service on a record, by the rules, and give its port; it is stopped afterwards.

    Args:
        url: Of the record.
        port: To listen on.
        settings: Further ones, by the names of their variables.
    """
    process = start_service(url, port, **settings)
    try:
        wait_until_ready(port)
        yield port
    finally:
        process.terminate()
        process.wait()
