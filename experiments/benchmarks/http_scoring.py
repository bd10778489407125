"""Requests a second over HTTP: the service, a bare FastAPI endpoint, and `mlflow models serve`.

One worker each, the same model, four concurrent clients with open connections. The service gets a
lead with its profile and 20 events and answers with reasons; once with a key, a rate, and a line of
its log for each request, once as it starts on its own machine. The bare endpoint validates the same
body and returns a fixed answer; MLflow's server gets ready-made features and returns no reasons.

    python -m experiments.benchmarks.http_scoring --seconds 10
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from types import MappingProxyType

import numpy as np
from rich.console import Console

from experiments.simulator import simulate
from features.contract.clock import now
from serving.access.key import new_key
from serving.access.key_file import KeyFile
from training.pipeline import Training, train
from training.progress import Progress

_CLIENTS = 4
_MLFLOW = "mlflow models serve --env-manager local --workers 1 --model-uri"
_GUARDED = "leadscore, key and log"
_NONE: Mapping[str, str] = MappingProxyType({})
_EVENT_TYPES = ("page_view", "email_open", "price_page", "whitepaper", "demo_request")


@dataclass(frozen=True, slots=True)
class Load:
    """What a server withstood.

    Attributes:
        per_second: Answers a second.
        p50: Median milliseconds of an answer.
        p99: 99th percentile of the milliseconds.
    """

    per_second: float
    p50: float
    p99: float


def scored_lead() -> bytes:
    """Return the body of a request with a profile and 20 events."""
    events = [
        {
            "event_type": _EVENT_TYPES[day % len(_EVENT_TYPES)],
            "occurred_at": f"2026-05-{day + 1:02d}T10:00:00Z",
            "event_id": f"E-{day}",
            "item": f"page-{day % 7}",
        }
        for day in range(20)
    ]
    profile = {"channel": "SEO", "industry": "IT", "employees": 120, "role": "management"}
    lead = {"lead_id": "L-1", "created_at": "2026-04-20T08:00:00Z", "profile": profile}
    return json.dumps({"lead": lead, "events": events, "as_of": "2026-05-28T00:00:00Z"}).encode()


def ready_features(training: Training) -> bytes:
    """Return the body that MLflow's server wants: one row of raw features."""
    table = training.shipped.sample
    names = [feature.name for feature in table.feature_set.features]
    row = [table.value(0, column) for column in range(len(names))]
    return json.dumps({"dataframe_split": {"columns": names, "data": [row]}}).encode()


def put_under_load(
    port: int, paths: Sequence[str], body: bytes | None, seconds: float, key: str | None = None
) -> Load:
    """Let clients ask for so many seconds, after some requests that are not counted.

    Each takes the paths in turn, from a place of its own. Without a body, they get; with one, they
    post it.

    Raises:
        RuntimeError: The server answers with another status than 200.
    """
    _ask_until(port, paths, body, key, time.perf_counter() + seconds / 5)
    started = time.perf_counter()
    took: list[list[float]] = [[] for _ in range(_CLIENTS)]

    def client(own: list[float], place: int) -> None:
        start = place * len(paths) // _CLIENTS
        turn = [*paths[start:], *paths[:start]]
        own.extend(_ask_until(port, turn, body, key, started + seconds))

    threads = [threading.Thread(target=client, args=(own, place)) for place, own in enumerate(took)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    all_of_them = 1e3 * np.concatenate(took)
    p50, p99 = np.quantile(all_of_them, [0.5, 0.99])
    return Load(len(all_of_them) / elapsed, float(p50), float(p99))


def _ask_until(
    port: int, paths: Sequence[str], body: bytes | None, key: str | None, until: float
) -> list[float]:
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    for path in cycle(paths):
        if (asked := time.perf_counter()) >= until:
            break
        method = "GET" if body is None else "POST"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        said = response.read()
        if response.status != 200:
            raise RuntimeError(f"port {port} answered {response.status}: {said[:300].decode()}")
        took.append(time.perf_counter() - asked)
    connection.close()
    return took


@contextmanager
def server(
    command: list[str], port: int, health: str, log: Path, settings: Mapping[str, str] = _NONE
) -> Iterator[None]:
    """Run a server, by settings in its environment, until its load is over.

    Raises:
        RuntimeError: It ends, or is not ready after two minutes.
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **settings}
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written, env=environment)
    try:
        _wait(process, port, health, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int, health: str, log: Path) -> None:
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", health)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _measure(folder: Path, seconds: float) -> dict[str, Load]:
    simulation = simulate(folder, leads=10_000)
    training = train(simulation.project, Progress(Console(quiet=True)), now=now())
    python = [sys.executable, "-m"]
    serve = [*python, "leadscore", "serve", "--project", str(simulation.project), "--port"]
    keys = folder / "keys.toml"
    guarded = {"LEADSCORE_KEYS": str(keys), "LEADSCORE_RATE": "1e6", "LEADSCORE_LOG_REQUESTS": "1"}
    made, token = new_key("benchmark", frozenset({"score"}), now())
    KeyFile(keys).put(made)
    loads = {}
    for name, command, path, health, body in (
        (_GUARDED, serve, "/v1/score", "/readyz", scored_lead()),
        ("leadscore serve", serve, "/v1/score", "/readyz", scored_lead()),
        (
            "bare FastAPI",
            [*python, "experiments.benchmarks.peers"],
            "/v1/score",
            "/readyz",
            scored_lead(),
        ),
        (
            "mlflow models serve",
            [*python, *_MLFLOW.split(), _model_folder(folder), "--port"],
            "/invocations",
            "/health",
            ready_features(training),
        ),
    ):
        port = _free_port()
        settings, key = (guarded, token) if name == _GUARDED else (_NONE, None)
        with server([*command, str(port)], port, health, folder / "server.log", settings):
            loads[name] = put_under_load(port, [path], body, seconds, key)
    return loads


def _model_folder(folder: Path) -> str:
    return str(next(folder.glob("mlartifacts/models/*/artifacts/MLmodel")).parent)


def main() -> int:
    """Print requests a second and latencies of each server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loads = _measure(Path(folder), options.seconds)
    ours = loads[_GUARDED].per_second
    for name, load in loads.items():
        print(
            f"{name:>22}: {load.per_second:7.0f} requests/s, p50 {load.p50:6.2f} ms, "
            f"p99 {load.p99:6.2f} ms, the first is {ours / load.per_second:6.2f} times as fast"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
