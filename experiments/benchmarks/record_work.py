"""The work on the record: leads scored again in a second, and how soon a webhook is told.

All stored leads are scored again by one worker, by the rules, each with five events. Then leads do
something that changes their grade, some ten a second, and a webhook hears of it.

    python -m experiments.benchmarks.record_work --leads 100000
"""

import argparse
import math
import threading
import time
from collections.abc import Iterator

import httpx
import numpy as np
from rich.console import Console

from experiments.benchmarks.record import new_record
from experiments.faults.service import free_port, started_service, working
from experiments.receiver import receiver
from features.contract.clock import now
from serving.record.database.database import Database
from serving.record.leads.events import NewEvent, add_events
from serving.record.leads.leads import NewLead, add_leads, own_leads, touch
from serving.record.privacy.consents import PROFILING, NewConsent, add_consents
from serving.record.privacy.policy import Policy
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import rescore_due

_AT_ONCE = 5_000
_EVENTS = 5
_TOLD = 300
_EVERY_SECONDS = 0.1
_PATIENCE_SECONDS = 60
_HOUR_US = 3_600_000_000
_LOCAL = {"LEADSCORE_WEBHOOKS_LOCAL": "true"}


def fill(database: Database, leads: int) -> None:
    """Store leads that may be scored, with what they did, all of them due."""
    at = now()
    consent = NewConsent(PROFILING, "consent", True, "benchmark", None, None, at)
    for start in range(0, leads, _AT_ONCE):
        ids = [f"L{n}" for n in range(start, min(start + _AT_ONCE, leads))]
        with database.writing() as connection:
            add_leads(connection, [NewLead(one, "lead", at - _HOUR_US) for one in ids], at)
            numbers = [one.number for one in own_leads(connection, ids).values()]
            add_consents(connection, [(number, consent) for number in numbers], at)
            add_events(connection, _events(numbers, at), at)
            touch(connection, numbers, at)


def _events(numbers: list[int], at: int) -> Iterator[NewEvent]:
    for number in numbers:
        for n in range(_EVENTS):
            yield NewEvent(number, "page_view", f"{n}", at - n - 1, at, None, "/", "benchmark")


def rescored(database: Database) -> tuple[int, float]:
    """Score all leads again, and return how many they were and how many a second."""
    scoring = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
    scoring.warm()
    scores = StoredScores(database, Policy())
    begun, done = time.perf_counter(), 0
    while (some := rescore_due(scores, scoring, now())) > 0:
        done += some
    return done, done / (time.perf_counter() - begun)


def seconds_to_webhook(url: str) -> list[float]:
    """Let leads do something one after the other, and return how long the webhook took to hear."""
    with (
        started_service(url, free_port(), **_LOCAL) as port,
        working(url, None, **_LOCAL),
        receiver() as (address, heard),
        httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=60) as client,
    ):
        ids = [f"T{n}" for n in range(_TOLD)]
        body = {"consents": [{"purpose": PROFILING, "source": "benchmark"}]}
        for one in ids:
            client.put(f"/leads/{one}", json=body).raise_for_status()
        _wait_for_grades(client)
        webhook = {"url": address, "events": ["score.changed"]}
        client.post("/webhooks", json=webhook).raise_for_status()
        sent: dict[str, float] = {}
        for one in ids:
            sent[one] = time.perf_counter()
            event = {"lead_id": one, "event_type": "demo_request"}
            client.post("/events", json={"events": [event]}).raise_for_status()
            threading.Event().wait(_EVERY_SECONDS)
        waits: list[float] = []
        while len(waits) < _TOLD:
            came = heard.get(timeout=_PATIENCE_SECONDS)
            waits.append(came.at - sent.pop(came.message["data"]["lead_id"]))
    return waits


def _wait_for_grades(client: httpx.Client) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        listed = client.get("/leads", params={"limit": _TOLD}).raise_for_status().json()["leads"]
        if len(listed) == _TOLD and all(one["grade"] for one in listed):
            return
        time.sleep(0.2)
    raise RuntimeError("the leads got no grades")


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m ...record_work")
    parser.add_argument("--leads", type=int, default=100_000, help="scored again")
    leads = parser.parse_args().leads
    console = Console()
    for kind in ("sqlite", "postgresql"):
        with new_record(kind) as (_, database):
            fill(database, leads)
            done, each = rescored(database)
        console.print(f"{kind}: {done:,} leads scored again, {each:,.0f} a second", highlight=False)
        with new_record(kind) as (url, _):
            p50, p99 = np.percentile(seconds_to_webhook(url), [50, 99])
        console.print(
            f"  from an event to the webhook: p50 {p50:.2f} s, p99 {p99:.2f} s", highlight=False
        )


if __name__ == "__main__":
    main()
