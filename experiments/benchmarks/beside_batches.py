"""Single requests beside four loops of batches: how long they wait, and how many the rules answer.

One process, a model trained on simulated leads. Each loop posts 1,000 leads with 20 events, again
and again; meanwhile one client with an open connection asks for one lead after the other.

    python -m experiments.benchmarks.beside_batches --seconds 20
"""

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console

from experiments.benchmarks.http_scoring import scored_lead, server
from experiments.faults.service import free_port
from experiments.simulator import simulate
from features.contract.clock import now
from training.pipeline import train
from training.progress import Progress

_LOOPS = 4
_LEADS = 1_000
_PAUSE_SECONDS = 0.01


class Beside(NamedTuple):
    """What single requests met.

    Attributes:
        took: Seconds of each.
        by_rules: How many the rules answered.
    """

    took: list[float]
    by_rules: int


def batch() -> bytes:
    """Return the body of a batch, every lead with a profile and 20 events."""
    return b'{"leads": [' + b", ".join([scored_lead()] * _LEADS) + b"]}"


def ask_beside(port: int, loops: int, seconds: float) -> tuple[Beside, int]:
    """Ask for single leads beside loops of batches; return what they met, and batches answered."""
    stopped = threading.Event()
    answered = [0] * loops

    def loop(place: int) -> None:
        body = batch()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        while not stopped.is_set():
            _posted(connection, "/v1/score/batch", body)
            answered[place] += 1

    threads = [threading.Thread(target=loop, args=(place,)) for place in range(loops)]
    for thread in threads:
        thread.start()
    # Until the batches are there, nothing is beside them.
    time.sleep(1)
    beside = _ask_until(port, time.monotonic() + seconds)
    stopped.set()
    for thread in threads:
        thread.join()
    return beside, sum(answered)


def _ask_until(port: int, until: float) -> Beside:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took, by_rules = [], 0
    while (asked := time.monotonic()) < until:
        said = json.loads(_posted(connection, "/v1/score", scored_lead()))
        took.append(time.monotonic() - asked)
        by_rules += said["basis"] == "rules"
        time.sleep(_PAUSE_SECONDS)
    return Beside(took, by_rules)


def _posted(connection: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    said = response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"{path} answered {response.status}: {said[:300].decode()}")
    return said


def main() -> int:
    """Print what single requests met, alone and beside batches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--project", type=Path, help="one that is trained; else one is simulated")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        project = options.project
        if project is None:
            project = simulate(folder, leads=10_000).project
            train(project, Progress(Console(quiet=True)), now=now())
        port = free_port()
        command = [sys.executable, "-m", "leadscore", "serve", "--project", str(project)]
        command += ["--port", str(port)]
        stack.enter_context(server(command, port, "/readyz", folder / "server.log"))
        for loops in (0, _LOOPS):
            beside, batches = ask_beside(port, loops, options.seconds)
            p50, p99 = 1e3 * np.quantile(beside.took, [0.5, 0.99])
            print(
                f"beside {loops} loops of batches: {len(beside.took):5} requests, "
                f"p50 {p50:6.1f} ms, p99 {p99:6.1f} ms, most {1e3 * max(beside.took):6.1f} ms, "
                f"by the rules {beside.by_rules / len(beside.took):6.2%}; "
                f"{batches * _LEADS / options.seconds:5.0f} leads a second in batches"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
