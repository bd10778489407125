"""The record: events in, scores out, on both databases.

Events through `/v1/batch` against batched inserts into the same table in the same run; the score of
a stored lead with 20 events against the stateless score of the same lead, with few and with many
events of other leads stored.

    python -m experiments.benchmarks.record --events 1000000 10000000
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx
from rich.console import Console
from sqlalchemy import BigInteger, Text, cast, literal, select, text, true

from experiments.benchmarks.http_scoring import Load, put_under_load, scored_lead
from experiments.faults.finding import Kind
from experiments.faults.records import record_of
from experiments.faults.service import free_port, started_service
from features.contract.clock import now
from serving.record.database.database import Database
from serving.record.leads.leads import NewLead, add_leads, find_leads
from serving.record.schema import event, lead
from serving.record.upgrade import upgrade

_BATCH = 500
_LEADS = 5_000
_SENDERS = 2
_SCORED = 100
_SECONDS = 5.0


@contextmanager
def new_record(kind: Kind) -> Iterator[tuple[str, Database]]:
    """Give an empty record and its address; it goes afterwards."""
    with tempfile.TemporaryDirectory() as folder, record_of(kind, Path(folder)) as url:
        database = Database(url)
        upgrade(database)
        yield url, database
        database.close()


def raw_inserts(database: Database, events: int) -> float:
    """Insert events in batches, and return how many a second."""
    numbers = _leads(database)
    at, seconds = now(), 0.0
    for start in range(0, events, _BATCH):
        rows = [
            {
                "lead": numbers[n % _LEADS], "type": "click", "event_id": f"={n}",
                "occurred": at - n, "recorded": at, "received": at, "value": None,
                "item": "page", "source": "raw",
            }
            for n in range(start, min(start + _BATCH, events))
        ]  # fmt: skip
        begun = time.perf_counter()
        with database.writing() as connection:
            connection.execute(event.insert(), rows)
        seconds += time.perf_counter() - begun
    return events / seconds


def _leads(database: Database) -> list[int]:
    ids = [f"L{n}" for n in range(_LEADS)]
    with database.writing() as connection:
        add_leads(connection, [NewLead(lead_id, "lead", 0) for lead_id in ids], now())
        return [lead.number for lead in find_leads(connection, ids).values()]


def fill(database: Database, events: int) -> None:
    """Store as many events of other leads, all in one statement."""
    _leads(database)
    n = select(literal(0).label("n")).cte("n", recursive=True)
    n = n.union_all(select(n.c.n + 1).where(n.c.n < events // _LEADS - 1))
    at = literal(now(), BigInteger)
    rows = select(
        lead.c.number, literal("click"), literal("=").concat(cast(n.c.n, Text)), at - n.c.n,
        at, at, literal("page"), literal("raw"),
    ).join_from(lead, n, true())  # fmt: skip
    names = ["lead", "type", "event_id", "occurred", "recorded", "received", "item", "source"]
    with database.writing() as connection:
        connection.execute(event.insert().from_select(names, rows))
        if database.embedded:
            return
    # PostgreSQL looks at its tables by itself, but minutes later.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def tracked(port: int, events: int) -> float:
    """Send events through `/v1/batch`, and return how many a second."""
    bodies = [
        json.dumps(
            {
                "batch": [
                    {
                        "type": "track", "userId": f"L{n % _LEADS}", "event": "click",
                        "messageId": f"m{n}", "properties": {"item": "page"},
                    }
                    for n in range(start, start + _BATCH)
                ]
            }
        ).encode()
        for start in range(0, events, _BATCH)
    ]  # fmt: skip
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_send, args=(port, bodies[own::_SENDERS]))
        for own in range(_SENDERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return events / (time.perf_counter() - begun)


def _send(port: int, bodies: list[bytes]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for body in bodies:
        connection.request("POST", "/v1/batch", body)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"/v1/batch answered {answer.status}")


def stored_and_stateless(port: int) -> tuple[Load, Load]:
    """Return how stored leads, and the same lead in a request, are scored under load."""
    body = scored_lead()
    sent = json.loads(body)
    base = f"http://127.0.0.1:{port}/v1"
    lead = {
        "created_at": sent["lead"]["created_at"],
        "profile": sent["lead"]["profile"],
        "consents": [{"purpose": "profiling", "source": "benchmark"}],
    }
    ids = [f"L-{n}" for n in range(_SCORED)]
    for lead_id in ids:
        httpx.put(f"{base}/leads/{lead_id}", json=lead).raise_for_status()
    events = [{"lead_id": lead_id, **one} for lead_id in ids for one in sent["events"]]
    httpx.post(f"{base}/events", json={"events": events}).raise_for_status()
    return (
        put_under_load(port, [f"/v1/leads/{lead_id}/score" for lead_id in ids], None, _SECONDS),
        put_under_load(port, ["/v1/score"], body, _SECONDS),
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m ...benchmarks.record")
    parser.add_argument(
        "--events", type=int, nargs="+", default=[1_000_000, 10_000_000], help="stored beside it"
    )
    many = parser.parse_args().events
    console = Console()
    for kind in ("sqlite", "postgresql"):
        console.print(kind)
        events = 20_000
        with new_record(kind) as (_, database):
            raw = raw_inserts(database, events)
        with new_record(kind) as (url, database):
            _leads(database)
            with started_service(url, free_port()) as port:
                through = tracked(port, events)
                few = stored_and_stateless(port)
            console.print(
                f"  {events:,} events, {_BATCH} at a time: {raw:,.0f} inserted a second, "
                f"{through:,.0f} through /v1/batch ({through / raw:.2f})"
            )
            _told(console, events, few)
        for stored in many:
            with new_record(kind) as (url, database):
                fill(database, stored)
                with started_service(url, free_port()) as port:
                    _told(console, stored, stored_and_stateless(port))


def _told(console: Console, events: int, loads: tuple[Load, Load]) -> None:
    ours, stateless = loads
    console.print(
        f"  {events:,} events stored, 4 clients: stored lead p50 {ours.p50:.1f} ms, "
        f"p99 {ours.p99:.1f} ms; in a request p50 {stateless.p50:.1f} ms, p99 "
        f"{stateless.p99:.1f} ms ({ours.p50 / stateless.p50:.2f} times)"
    )


if __name__ == "__main__":
    main()
