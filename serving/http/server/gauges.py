"""Figures that stand somewhere and need no counting: what answers, and what waits."""

import asyncio
import time
from collections.abc import Iterator

from fastapi.concurrency import run_in_threadpool
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from serving.http.state import ServiceState
from serving.record.database.database import RecordError
from serving.record.queue.backlog import Backlog, backlog
from serving.scoring.basis import ModelBasis
from serving.scoring.scoring import Scoring

_FRESH_SECONDS = 5.0
_PATIENCE_SECONDS = 2.0


class Backlogs:
    """Asks the record what waits, once in a while and never twice at a time; of one event loop."""

    def __init__(self, state: ServiceState) -> None:
        """Ask the record of a service."""
        self._state = state
        self._asked = 0.0
        self._asking: asyncio.Task[Backlog | None] | None = None

    async def newest(self) -> Backlog | None:
        """Return what waits, a few seconds old at most; None where the record does not tell."""
        if self._asking is None or (self._asking.done() and self._old):
            self._asked = time.monotonic()
            self._asking = asyncio.create_task(run_in_threadpool(self._ask))
        # One that hangs goes on for whoever asks later.
        await asyncio.wait({self._asking}, timeout=_PATIENCE_SECONDS)
        return self._asking.result() if self._asking.done() else None

    @property
    def _old(self) -> bool:
        return time.monotonic() - self._asked > _FRESH_SECONDS

    def _ask(self) -> Backlog | None:
        if self._state.record is None:
            return None
        try:
            with self._state.record.database.reading() as connection:
                return backlog(connection)
        except RecordError:
            return None


class Standing:
    """What Prometheus is told of a service at one moment."""

    def __init__(self, state: ServiceState, waiting: Backlog | None, now: int) -> None:
        """Tell of a service.

        Args:
            state: Of the service.
            waiting: In its record; None where it does not tell.
            now: Microseconds since 1970.
        """
        self._state = state
        self._waiting = waiting
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; those that nobody knows are left out."""
        scoring = self._state.scoring
        ready = scoring is not None
        yield GaugeMetricFamily("leadscore_ready", "Whether leads are answered.", value=ready)
        if scoring is not None:
            yield from _of_scoring(scoring)
        if self._state.record is not None:
            there = self._waiting is not None
            yield GaugeMetricFamily("leadscore_record_up", "Whether the record answers.", there)
        if self._waiting is not None:
            yield from _of_backlog(self._waiting, self._now)


def _of_scoring(scoring: Scoring) -> Iterator[Metric]:
    basis = scoring.basis
    yield InfoMetricFamily(
        "leadscore_model",
        "What answers.",
        {"basis": basis.name, "version": basis.version or ""},
    )
    if isinstance(basis, ModelBasis):
        yield GaugeMetricFamily(
            "leadscore_model_trained_timestamp_seconds",
            "When the model was trained, seconds since 1970.",
            basis.model.manifest.trained_at.timestamp(),
        )
    if scoring.own:
        yield from _of_use_cases(scoring)


def _of_use_cases(scoring: Scoring) -> Iterator[Metric]:
    loaded = GaugeMetricFamily(
        "leadscore_use_case_model_loaded",
        "Whether the model of a use case is loaded.",
        labels=["use_case"],
    )
    version = InfoMetricFamily(
        "leadscore_use_case_model", "What answers leads of a use case.", labels=["use_case"]
    )
    for one in scoring.own:
        loaded.add_metric([one.use_case], one.scorer is not None)
        if one.scorer is not None:
            version.add_metric([one.use_case], {"version": one.scorer.basis.version or ""})
    yield loaded
    yield version


def _of_backlog(waiting: Backlog, now: int) -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "leadscore_outbox_messages", "Messages to receivers of changes.", labels=["state"]
    )
    messages.add_metric(["waiting"], waiting.messages)
    messages.add_metric(["dead"], waiting.dead)
    yield messages
    yield GaugeMetricFamily(
        "leadscore_outbox_oldest_seconds",
        "Age of the oldest message that waits; 0 where none does.",
        _age(waiting.oldest_message, now),
    )
    yield GaugeMetricFamily(
        "leadscore_leads_due", "Leads that wait to be scored again.", waiting.leads
    )
    yield GaugeMetricFamily(
        "leadscore_leads_due_oldest_seconds",
        "How long the first of them waits; 0 where none does.",
        _age(waiting.oldest_lead, now),
    )


def _age(since: int | None, now: int) -> float:
    return 0.0 if since is None else max(0.0, (now - since) / 1e6)
