"""Clients that ask for the scores of leads that nobody keeps, and on what the answers rest."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import numpy as np

from experiments.faults.callers import said_by
from experiments.faults.finding import Finding
from experiments.faults.marks import marked_request

_PATIENCE_SECONDS = 30


class Scorers:
    """Ask again and again; count by phase who answered.

    Attributes:
        phase: What is being tried now; to be set from outside.
    """

    def __init__(self, port: int, pause: float = 0.02) -> None:
        """Ask nothing yet.

        Args:
            port: Of the service.
            pause: Seconds between an answer and the next request of a client.
        """
        self.phase = "before"
        self._address = f"http://127.0.0.1:{port}"
        self._pause = pause
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._took: defaultdict[str, list[float]] = defaultdict(list)
        self._lock = threading.Lock()

    @contextmanager
    def asking(self, clients: int, anew: int = 0) -> Iterator[None]:
        """Ask, with so many clients.

        Args:
            clients: That keep their connection.
            anew: That open a new one for each request.
        """
        stopped = threading.Event()
        threads = [
            threading.Thread(target=self._ask, args=(stopped, number >= clients))
            for number in range(clients + anew)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopped.set()
            for thread in threads:
                thread.join()

    def counted(self, phase: str) -> Counter[str]:
        """Return how often each answer came in a phase: on what it rests, or its problem."""
        return self._counts[phase]

    def seconds_until(self, basis: str, patience: float = 120) -> float:
        """Return after how many seconds leads are answered on a basis; infinity if never."""
        began = time.monotonic()
        with httpx.Client(base_url=self._address, timeout=_PATIENCE_SECONDS) as client:
            while time.monotonic() - began < patience:
                if _said(client).partition(" ")[0] == basis:
                    return time.monotonic() - began
                time.sleep(0.1)
        return float("inf")

    def finding(self, phase: str, *, also: str = "", only: str = "", kept: bool = True) -> Finding:
        """Return what a phase found: every lead must have been answered.

        Args:
            phase: Of the clients.
            also: Something else that was counted.
            only: Basis on which all answers must rest; empty for either.
            kept: Whether what was counted else is as promised.
        """
        counts = self._counts[phase]
        took = 1e3 * np.quantile(self._took[phase] or [0.0], [0.5, 0.99, 1])
        told = ", ".join(f"{count:,} x {said}" for said, count in sorted(counts.items()))
        times = f"p50 {took[0]:.0f} ms, p99 {took[1]:.0f} ms, longest {took[2]:.0f} ms"
        bases = {said.partition(" ")[0] for said in counts}
        answered = bases <= ({only} if only else {"model", "rules"})
        parts = [told, times, *([also] if also else [])]
        return Finding(phase, "; ".join(parts), bool(counts) and answered and kept)

    def _ask(self, stopped: threading.Event, anew: bool) -> None:
        limits = httpx.Limits(max_keepalive_connections=0 if anew else 1)
        with httpx.Client(
            base_url=self._address, timeout=_PATIENCE_SECONDS, limits=limits, verify=False
        ) as client:
            while not stopped.wait(self._pause):
                phase, began = self.phase, time.monotonic()
                said = _said(client)
                with self._lock:
                    self._counts[phase][said] += 1
                    self._took[phase].append(time.monotonic() - began)


_BODY = marked_request(20)


def _said(client: httpx.Client) -> str:
    try:
        answer = client.post("/v1/score", content=_BODY)
    except httpx.HTTPError as error:
        return f"no answer ({type(error).__name__})"
    if not answer.is_success:
        return said_by(answer)
    said = answer.json()
    reason = said["fallback_reason"]
    return f"{said['basis']} ({reason})" if reason else str(said["basis"])
