"""Clients of all kinds that ask without an end, and what they are answered."""

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, get_args

import httpx

from experiments.faults.finding import Finding
from experiments.faults.marks import marked_body, marked_lead, marked_request, marks_in
from serving.http.problems import ErrorCode

LEADS = 200
_BATCH = 20
_PAUSE_SECONDS = 0.02
_PATIENCE_SECONDS = 30
"""A caller hangs up after so long; what came later was no answer."""

_HONEST = frozenset(get_args(ErrorCode)) - {"internal"}

Asked = Callable[[], httpx.Response]


class _Outcome(NamedTuple):
    phase: str
    kind: str
    said: str


class Callers:
    """Ask for scores, read, and tell of events; count by phase what comes back.

    Attributes:
        phase: What is being tried now; to be set from outside.
        acknowledged: Ids of the events that were answered with a 200.
        marks: Places of the metrics that hold data of a lead.
    """

    def __init__(self, port: int, token: str | None = None) -> None:
        """Ask nothing yet.

        Args:
            port: Of the service.
            token: Key to send, if there is one.
        """
        self.phase = "before"
        self.acknowledged: set[str] = set()
        self.marks = 0
        self._counts: Counter[_Outcome] = Counter()
        self._longest: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers=headers,
            timeout=_PATIENCE_SECONDS,
            limits=httpx.Limits(max_connections=None),
            verify=False,
        )
        self._kinds: Mapping[str, Asked] = {
            "score": lambda: self._client.post("/v1/score", content=_SMALL),
            "large": lambda: self._client.post("/v1/score", content=_LARGE),
            "read": lambda: self._client.get("/v1/leads", params={"limit": 5}),
            "lead": self._score_lead,
            "write": self._write,
            "metrics": self._read_metrics,
        }

    def put_leads(self) -> None:
        """Tell of the leads that are asked about."""
        for number in range(LEADS):
            path = f"/v1/leads/{marked_lead(number)}"
            self._client.put(path, content=marked_body(number)).raise_for_status()

    @contextmanager
    def asking(self, **threads: int) -> Iterator[None]:
        """Ask, in so many threads of each kind."""
        stopped = threading.Event()
        asking = [
            threading.Thread(target=self._ask, args=(kind, stopped))
            for kind, count in threads.items()
            for _ in range(count)
        ]
        for thread in asking:
            thread.start()
        try:
            yield
        finally:
            stopped.set()
            for thread in asking:
                thread.join()

    def seconds_until(self, kind: str, patience: float = 60) -> float:
        """Return after how many seconds a kind of request is answered; infinity if never."""
        began = time.monotonic()
        while (took := time.monotonic() - began) < patience:
            try:
                if self._kinds[kind]().is_success:
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        return float("inf") if took else 0.0

    def counted(self, phase: str, kind: str | None = None) -> Counter[str]:
        """Return how often each answer came in a phase, to one kind of request or to all."""
        counts: Counter[str] = Counter()
        for outcome, count in self._counts.items():
            if outcome.phase == phase and kind in (None, outcome.kind):
                counts[outcome.said] += count
        return counts

    def longest(self, phase: str, kind: str) -> float:
        """Return the seconds of the slowest answer."""
        return self._longest.get((phase, kind), 0.0)

    def finding(
        self, phase: str, *, also: str = "", kept: bool = True, locked: bool = False
    ) -> Finding:
        """Return what a phase found.

        Requests that hold all that they need must have been answered, all others answered or
        honestly refused.

        Args:
            phase: Of the callers.
            also: Something else that was counted.
            kept: Whether that is as promised.
            locked: Whether nobody can be let in, since keys are where they cannot be read.
        """
        parts = [part for kind in self._kinds if (part := self._told(phase, kind))]
        honest = all(_is_honest(said) for said in self.counted(phase))
        alone = all(set(self.counted(phase, kind)) <= {"200"} for kind in ("score", "large"))
        alone = alone or locked
        return Finding(
            phase, "; ".join([*parts, *([also] if also else [])]), honest and alone and kept
        )

    def _told(self, phase: str, kind: str) -> str:
        counts = self.counted(phase, kind)
        said = ", ".join(f"{count:,} x {answer}" for answer, count in sorted(counts.items()))
        return f"{kind} {said} (at most {self.longest(phase, kind):.1f} s)" if counts else ""

    def _ask(self, kind: str, stopped: threading.Event) -> None:
        pause = 1.0 if kind == "metrics" else _PAUSE_SECONDS
        while not stopped.wait(pause):
            phase, began = self.phase, time.monotonic()
            try:
                said = said_by(self._kinds[kind]())
            except httpx.HTTPError as error:
                said = f"no answer ({type(error).__name__})"
            self._note(_Outcome(phase, kind, said), time.monotonic() - began)

    def _note(self, outcome: _Outcome, seconds: float) -> None:
        with self._lock:
            self._counts[outcome] += 1
            place = (outcome.phase, outcome.kind)
            self._longest[place] = max(self._longest.get(place, 0.0), seconds)

    def _next(self) -> int:
        return next(self._numbers)

    def _score_lead(self) -> httpx.Response:
        return self._client.get(f"/v1/leads/{marked_lead(self._next() % LEADS)}/score")

    def _write(self) -> httpx.Response:
        keys = [f"{self._next()}" for _ in range(_BATCH)]
        events = [
            {"lead_id": marked_lead(int(key) % LEADS), "event_type": "click", "event_id": key}
            for key in keys
        ]
        answer = self._client.post("/v1/events", content=json.dumps({"events": events}))
        if answer.is_success:
            with self._lock:
                self.acknowledged.update(keys)
        return answer

    def _read_metrics(self) -> httpx.Response:
        answer = self._client.get("/metrics")
        self.marks += marks_in(answer.text)
        return answer


_SMALL, _LARGE = marked_request(20), marked_request(400)


def said_by(answer: httpx.Response) -> str:
    """Return the status of an answer, with the code of its problem, if it has one."""
    if answer.is_success:
        return str(answer.status_code)
    try:
        code = answer.json()["code"]
    except (ValueError, KeyError):
        code = "no problem document"
    later = ", later" if "retry-after" in answer.headers else ""
    return f"{answer.status_code} {code}{later}"


def _is_honest(said: str) -> bool:
    status, _, code = said.partition(" ")
    return status == "200" or code.removesuffix(", later") in _HONEST
