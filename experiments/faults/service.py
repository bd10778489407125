"""The real service on a record, as a process of its own, and all that it writes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from experiments.faults.marks import marks_in

_START_SECONDS = 180
_READY_SECONDS = 300


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def start_service(
    url: str | None,
    port: int,
    *,
    log: Path | None = None,
    under: Sequence[str] = (),
    **settings: str,
) -> subprocess.Popen[bytes]:
    """Start a service and wait until it answers.

    Args:
        url: Of the record; None keeps none.
        port: To listen on.
        log: File to which all that it writes is added; None throws it away.
        under: Command that runs it, such as one that changes its clock.
        settings: Further ones, by the names of their variables.

    Raises:
        RuntimeError: It ends, or does not answer.
    """
    process = _started(["serve", "--port", str(port)], url, log, under=under, **settings)
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return process
    process.kill()
    raise RuntimeError("the service did not start")


def wait_until_ready(port: int) -> None:
    """Wait until a service or worker that was started says that it is ready.

    Raises:
        RuntimeError: It does not.
    """
    give_up = time.monotonic() + _READY_SECONDS
    while not _is_ready(port):
        if time.monotonic() > give_up:
            raise RuntimeError("the service did not become ready")
        time.sleep(0.1)


@contextmanager
def started_service(url: str | None, port: int, **settings: str) -> Iterator[int]:
    """Run a service, by the rules unless settings say otherwise, and give its port.

    Args:
        url: Of the record; None keeps none.
        port: To listen on.
        settings: Further ones, by the names of their variables.
    """
    process = start_service(url, port, log=None, under=(), **settings)
    try:
        wait_until_ready(port)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def working(url: str, log: Path | None = None, **settings: str) -> Iterator[None]:
    """Run `leadscore work` on a record where a service does not work itself.

    Args:
        url: Of the record.
        log: File to which all that it writes is added; None throws it away.
        settings: Further ones, by the names of their variables.
    """
    if url.startswith("sqlite"):
        yield
        return
    with running(["work"], url, log, **settings):
        yield


@contextmanager
def running(
    arguments: Sequence[str], url: str, log: Path | None = None, **settings: str
) -> Iterator[None]:
    """Run `leadscore` on a record, and stop it afterwards.

    Args:
        arguments: Its command, and options.
        url: Of the record.
        log: File to which all that it writes is added; None throws it away.
        settings: Further ones, by the names of their variables.
    """
    process = _started(arguments, url, log, **settings)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _started(
    arguments: Sequence[str],
    url: str | None,
    log: Path | None,
    *,
    under: Sequence[str] = (),
    **settings: str,
) -> subprocess.Popen[bytes]:
    with Path(os.devnull if log is None else log).open("ab") as written:
        return subprocess.Popen(
            [*under, sys.executable, "-m", "leadscore", *arguments],
            env={**os.environ, **({"LEADSCORE_DATABASE_URL": url} if url else {}), **settings},
            stdout=written,
            stderr=written,
        )


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success
    except httpx.HTTPError:
        return False


class Service:
    """A service that is started, ended and started again on the same port and log."""

    def __init__(
        self, folder: Path, url: str | None, secrets: Sequence[str] = (), **settings: str
    ) -> None:
        """Start nothing yet.

        Args:
            folder: For its log.
            url: Of the record; None keeps none.
            secrets: That it must not write.
            settings: Further ones, by the names of their variables.
        """
        self.port = free_port()
        self.log = folder / "service.log"
        self._url = url
        self._secrets = secrets
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *under: str, ready: bool = True) -> None:
        """Start it by another command, if one is given, and wait until it answers leads."""
        self._process = start_service(
            self._url, self.port, log=self.log, under=under, **self._settings
        )
        if ready:
            wait_until_ready(self.port)

    def stop(self) -> None:
        """Stop it, if it runs."""
        self._end(kill=False)

    def kill(self) -> None:
        """Kill it."""
        self._end(kill=True)

    @property
    def written(self) -> str:
        """All that it wrote to its standard output and error."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def metrics(self) -> str:
        """What it tells Prometheus."""
        return httpx.get(f"http://127.0.0.1:{self.port}/metrics", timeout=30).text

    @property
    def most_mib(self) -> int:
        """The most MiB that it had resident."""
        assert self._process is not None
        told = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(told.partition("VmHWM:")[2].split()[0]) // 1024

    @property
    def marks(self) -> int:
        """How many places of all that it wrote hold data of a lead, or a secret."""
        return marks_in(self.written, *self._secrets)

    def _end(self, *, kill: bool) -> None:
        if self._process is not None:
            (self._process.kill if kill else self._process.terminate)()
            self._process.wait()
            self._process = None


@contextmanager
def service(
    folder: Path, url: str | None, secrets: Sequence[str] = (), **settings: str
) -> Iterator[Service]:
    """Give a service that is not started yet, and stop it afterwards."""
    made = Service(folder, url, secrets, **settings)
    try:
        yield made
    finally:
        made.stop()
