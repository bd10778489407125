"""Ask for a lead with as many events as are allowed, and count how many answers the rules gave.

    python -m experiments.faults.large --requests 40

A model trained on simulated leads, one process. The same request comes again and again, first from
one client, then from several at once; beside them, another client asks for a small lead.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console

from experiments.benchmarks.http_scoring import scored_lead, server
from experiments.faults.service import free_port
from experiments.simulator import simulate
from features.contract.clock import now
from serving.http.request import MOST_EVENTS
from training.pipeline import train
from training.progress import Progress

_PAUSE_SECONDS = 0.02
_TYPES = ("page_view", "email_open", "price_page", "whitepaper", "demo_request")


class Answered(NamedTuple):
    """An answer.

    Attributes:
        basis: What it rests on; why, where that is the rules.
        seconds: How long it took.
    """

    basis: str
    seconds: float


def largest_lead() -> bytes:
    """Return the body of a request with as many events as are allowed."""
    events = [
        {
            "event_type": _TYPES[number % len(_TYPES)],
            "occurred_at": f"2026-05-{number % 27 + 1:02d}T{number % 24:02d}:{number % 60:02d}:00Z",
            "event_id": f"E-{number}",
            "item": f"page-{number % 97}",
        }
        for number in range(MOST_EVENTS)
    ]
    return json.dumps({**json.loads(scored_lead()), "events": events}).encode()


def ask(client: httpx.Client, body: bytes) -> Answered:
    """Ask for a lead."""
    began = time.perf_counter()
    said = client.post("/v1/score", content=body).raise_for_status().json()
    basis = said["basis"]
    if said["fallback_reason"] is not None:
        basis = f"{basis} ({said['fallback_reason']})"
    return Answered(basis, time.perf_counter() - began)


def ask_large(address: str, requests: int, clients: int) -> tuple[list[Answered], list[Answered]]:
    """Ask for large leads, and for small ones beside; return the answers of both."""
    stopped, beside, large = threading.Event(), list[Answered](), largest_lead()
    with httpx.Client(base_url=address, timeout=60) as client:

        def ask_small() -> None:
            while not stopped.wait(_PAUSE_SECONDS):
                beside.append(ask(client, scored_lead()))

        small = threading.Thread(target=ask_small)
        small.start()
        with ThreadPoolExecutor(clients) as pool:
            answers = list(pool.map(lambda _: ask(client, large), range(requests)))
        stopped.set()
        small.join()
    return answers, beside


def told(answers: Sequence[Answered]) -> str:
    """Return what answers rest on, and how long they took."""
    counts = Counter(answer.basis for answer in answers)
    took = sorted(answer.seconds for answer in answers)
    on = ", ".join(f"{count} by the {basis}" for basis, count in sorted(counts.items()))
    return f"{on}; p50 {1e3 * took[len(took) // 2]:.0f} ms, longest {1e3 * took[-1]:.0f} ms"


def main() -> int:
    """Ask, count and tell."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m experiments.faults.large")
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    console, by_rules = Console(), 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        project = simulate(folder, leads=2_000).project
        train(project, Progress(Console(quiet=True)), now=now())
        port = free_port()
        command = [sys.executable, "-m", "leadscore", "serve", "--project", str(project)]
        with server([*command, "--port", str(port)], port, "/readyz", folder / "server.log"):
            for clients in (1, given.clients):
                answers, beside = ask_large(f"http://127.0.0.1:{port}", given.requests, clients)
                console.print(f"{clients} at once, {MOST_EVENTS:,} events: {told(answers)}")
                console.print(f"  small leads beside: {told(beside)}")
                if clients == 1:
                    by_rules = sum(answer.basis != "model" for answer in [*answers, *beside])
    return int(by_rules > 0)


if __name__ == "__main__":
    sys.exit(main())
