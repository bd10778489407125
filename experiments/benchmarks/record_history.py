"""The record read for training, on both databases: seconds and peak memory, in a fresh process.

python -m experiments.benchmarks.record_history --events 1000000
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Table

from experiments.benchmarks.memory import peak_megabytes
from experiments.faults.records import record_of
from features.contract.clock import now
from features.contract.duration import DAY_US
from features.history.sources import ProfileFields
from serving.record.database.database import Database
from serving.record.leads.leads import NewLead, add_leads
from serving.record.schema import consent, event, profile_value
from serving.record.upgrade import upgrade
from training.record.declared import RecordSource
from training.record.history import record_history
from training.record.opened import opened_record

_EVENTS_OF_LEAD = 50
_AT_ONCE = 5_000
_FIELDS = tuple(f"field_{n}" for n in range(8))


def fill(database: Database, events: int) -> None:
    """Write leads with 50 events each, and with a profile of eight fields that changed once."""
    at, leads = now(), max(events // _EVENTS_OF_LEAD, 1)
    with database.writing() as connection:
        add_leads(connection, [NewLead(f"L{n}", "lead", at - DAY_US) for n in range(leads)], at)
    numbers = range(1, leads + 1)
    _insert(database, consent, (_consent(number, at) for number in numbers))
    _insert(database, profile_value, (row for number in numbers for row in _values(number, at)))
    _insert(database, event, (_event(n, n % leads + 1, at) for n in range(events)))


def _consent(number: int, at: int) -> dict[str, Any]:
    return {
        "lead": number, "purpose": "profiling", "basis": "consent", "given": True,
        "source": "benchmark", "wording": None, "proof": None, "at": at, "recorded": at,
    }  # fmt: skip


def _values(number: int, at: int) -> Iterator[dict[str, Any]]:
    for recorded in (at - DAY_US, at - DAY_US // 2):
        for field in _FIELDS:
            yield {
                "lead": number, "field": field, "recorded": recorded, "occurred": recorded,
                "received": recorded, "value": f"{number % 7}", "source": "benchmark",
            }  # fmt: skip


def _event(n: int, number: int, at: int) -> dict[str, Any]:
    occurred = at - n % (90 * DAY_US)
    return {
        "lead": number, "type": f"type {n % 11}", "event_id": f"={n}", "occurred": occurred,
        "recorded": occurred, "received": occurred, "value": float(n % 30), "item": f"{n % 40}",
        "source": "benchmark",
    }  # fmt: skip


def _insert(database: Database, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    some: list[dict[str, Any]] = []
    with database.writing() as connection:
        for row in rows:
            some.append(row)
            if len(some) == _AT_ONCE:
                connection.execute(table.insert(), some)
                some = []
        if some:
            connection.execute(table.insert(), some)


def read(url: str) -> str:
    """Read a record as training does, and return what it took."""
    before = peak_megabytes()
    begun = time.perf_counter()
    with opened_record(RecordSource(database=url)) as record:
        history = record_history(record, ProfileFields(categorical=_FIELDS))
    seconds = time.perf_counter() - begun
    with history:
        report = history.report
    return (
        f"{report.leads:,} leads, {report.events:,} events in {seconds:.1f} s, at most "
        f"{peak_megabytes():,.0f} MB ({before:,.0f} before)"
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m ...record_history")
    parser.add_argument("--events", type=int, default=1_000_000, help="in the record")
    parser.add_argument("--read", help="address of a record to read, and no more")
    asked = parser.parse_args()
    console = Console()
    if asked.read:
        console.print(read(asked.read), highlight=False, soft_wrap=True)
        return
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, record_of(kind, Path(folder)) as url:
            database = Database(url)
            upgrade(database)
            fill(database, asked.events)
            database.close()
            command = [sys.executable, "-m", "experiments.benchmarks.record_history", "--read", url]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            console.print(f"{kind}: {said.strip()}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
