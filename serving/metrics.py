"""What is counted and timed while the service runs; `docs/operation.md` says what it means.

With `PROMETHEUS_MULTIPROC_DIR` set before this is imported, processes that share the folder count
together.
"""

import functools

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


def count_answer(basis: str, reason: str | None, probability: float) -> None:
    """Count a score that was given."""
    answers, probabilities = _of_answer(basis, reason)
    answers.inc()
    probabilities.observe(probability)


# To look a series up takes longer than to count.
@functools.cache
def _of_answer(basis: str, reason: str | None) -> tuple[Counter, Histogram]:
    return _ANSWERS.labels(basis, reason or ""), _PROBABILITY.labels(basis)


@functools.cache
def request_seconds(method: str, route: str, status: int) -> Histogram:
    """Return what times requests of a kind."""
    return _REQUEST_SECONDS.labels(method, route, status)
