"""What is counted and timed while the service runs; `docs/operation.md` says what it means.

With `PROMETHEUS_MULTIPROC_DIR` set before this is imported, processes that share the folder count
together.
"""

import functools
from collections.abc import Iterable
from typing import Literal, get_args

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# When a series was begun is no news, and as long as the series.
disable_created_metrics()

_REQUEST_SECONDS = Histogram(
    "leadscore_request_seconds",
    "From the head of a request to the end of its answer.",
    ["method", "route", "status"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0, 60.0),
)

UNDER_WAY = Gauge(
    "leadscore_requests_under_way",
    "Requests that are not answered yet.",
    multiprocess_mode="livesum",
)

_ANSWERS = Counter(
    "leadscore_answers",
    "Scores given, by what they rest on and why the rules had to answer.",
    ["basis", "reason"],
)

_PROBABILITY = Histogram(
    "leadscore_probability",
    "Probabilities given.",
    ["basis"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
)

_DATABASE_SECONDS = Histogram(
    "leadscore_database_seconds",
    "Time on the record: waiting for a connection and one's turn, statements, commits.",
    ["step"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0),
)
DATABASE_WAIT = _DATABASE_SECONDS.labels("wait")
DATABASE_STATEMENT = _DATABASE_SECONDS.labels("statement")
DATABASE_COMMIT = _DATABASE_SECONDS.labels("commit")

_RESCORED = Counter(
    "leadscore_rescored",
    "Leads scored again, by what the score rests on; none where it may not be scored.",
    ["basis", "reason"],
)

_ALERTS = Counter("leadscore_alerts", "Alerts raised, by kind.", ["kind"])

_SENT = Counter(
    "leadscore_sent",
    "Attempts to send a message or mail, by whom it is for and how they ended.",
    ["to", "outcome"],
)

_WORK_FAILURES = Counter(
    "leadscore_work_failures",
    "Turns of the background work that failed, by kind of work.",
    ["work"],
)

_WORK_TURN = Gauge(
    "leadscore_work_turn_timestamp_seconds",
    "When each kind of background work last had its turn, seconds since 1970.",
    ["work"],
    multiprocess_mode="max",
)

Outcome = Literal["delivered", "failed", "dead"]


def count_answer(basis: str, reason: str | None, probability: float) -> None:
    """Count a score that was given."""
    answers, probabilities = _of_answer(basis, reason)
    answers.inc()
    probabilities.observe(probability)


def expect_answers(reasons: Iterable[str]) -> None:
    """Begin to count answers by the rules at 0: what is not there yet cannot be seen to rise."""
    for reason in reasons:
        _ANSWERS.labels("rules", reason)


def expect_sent(to: str) -> None:
    """Begin to count what is sent at 0."""
    for outcome in get_args(Outcome):
        _SENT.labels(to, outcome)


def expect_alerts(kinds: Iterable[str]) -> None:
    """Begin to count alerts at 0."""
    for kind in kinds:
        _ALERTS.labels(kind)


# To look a series up takes longer than to count.
@functools.cache
def _of_answer(basis: str, reason: str | None) -> tuple[Counter, Histogram]:
    return _ANSWERS.labels(basis, reason or ""), _PROBABILITY.labels(basis)


def count_rescored(basis: str, reason: str | None, leads: int) -> None:
    """Count leads that were scored again."""
    _RESCORED.labels(basis, reason or "").inc(leads)


def count_alerts(kinds: Iterable[str]) -> None:
    """Count alerts that were raised, each by its kind."""
    for kind in kinds:
        _ALERTS.labels(kind).inc()


def count_sent(to: str, outcome: Outcome) -> None:
    """Count an attempt to send something."""
    _SENT.labels(to, outcome).inc()


class WorkMetrics:
    """Counts the turns of one kind of background work."""

    def __init__(self, work: str) -> None:
        """Begin to count failures at 0."""
        self._work = work
        self._failures = _WORK_FAILURES.labels(work)

    def had_turn(self) -> None:
        """Note that it had its turn."""
        _WORK_TURN.labels(self._work).set_to_current_time()

    def failed(self) -> None:
        """Count a turn that failed."""
        self._failures.inc()


@functools.cache
def request_seconds(method: str, route: str, status: int) -> Histogram:
    """Return what times requests of a kind."""
    return _REQUEST_SECONDS.labels(method, route, status)
