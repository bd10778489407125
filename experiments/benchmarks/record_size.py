"""What the record takes on disk, on both databases: bytes of a lead, an event and a score.

Leads with five profile fields, four contacts and a basis for profiling, and their events, are told
over HTTP; then each is scored twice, by the rules. The first score comes with a message that its
grade is a new one. Indexes and the audit are counted.

    python -m experiments.benchmarks.record_size --leads 2000
"""

import argparse
import math
from collections.abc import Sequence
from itertools import pairwise

import httpx
from rich.console import Console
from sqlalchemy import text

from experiments.benchmarks.record import new_record
from experiments.faults.finding import Kind
from experiments.faults.service import free_port, started_service
from features.contract.clock import now
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import rescore_due

_AT_ONCE = 5_000
_EVENTS = 20
_BASIS = "legitimate_interest"
"""Which the service does not score by, so that leads and events are measured without scores."""


def told(client: httpx.Client, ids: Sequence[str]) -> None:
    """Tell of leads."""
    for n, lead_id in enumerate(ids):
        lead = {
            "account_id": f"A-{n // 3}",
            "profile": {
                "role": "management", "industry": "manufacturing", "employees": 240,
                "channel": "trade_fair", "bundesland": "Bayern",
            },
            "contact": {
                "email": f"anna.{n}@example-{n // 3}.com", "phone": f"+49 89 1{n:07}",
                "name": f"Anna Beispiel {n}", "company": f"Beispiel {n // 3} GmbH",
            },
            "consents": [{"purpose": "profiling", "basis": _BASIS, "source": "crm"}],
        }  # fmt: skip
        client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()


def happened(client: httpx.Client, ids: Sequence[str]) -> None:
    """Tell what leads did."""
    events = [
        {
            "lead_id": lead_id, "event_type": "page_view", "event_id": f"{lead_id}-{n}",
            "item": "predictive-maintenance",
        }
        for lead_id in ids
        for n in range(_EVENTS)
    ]  # fmt: skip
    for start in range(0, len(events), _AT_ONCE):
        some = {"events": events[start : start + _AT_ONCE]}
        client.post("/v1/events", json=some).raise_for_status()


def scored(database: Database) -> None:
    """Score all leads, each of which is due."""
    policy = Policy.model_validate({"profiling": {"bases": [_BASIS]}})
    scores = StoredScores(database, policy)
    rules = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
    with database.writing() as connection:
        connection.execute(text("UPDATE lead SET due = 0"))
    while rescore_due(scores, rules, now()):
        pass


def size(database: Database) -> int:
    """Return the bytes that the record takes."""
    sql = (
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if database.embedded
        else "SELECT pg_database_size(current_database())"
    )
    with database.reading() as connection:
        return int(connection.execute(text(sql)).scalar_one())


def measure(kind: Kind, leads: int) -> dict[str, float]:
    """Return the bytes of an empty record, and of each lead, event and score."""
    ids = [f"L-{n}" for n in range(leads)]
    with new_record(kind) as (url, database):
        sizes = [size(database)]
        with (
            started_service(url, free_port()) as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            told(client, ids)
            sizes.append(size(database))
            happened(client, ids)
        for _ in range(2):
            sizes.append(size(database))
            scored(database)
        sizes.append(size(database))
    lead, events, first, again = (after - before for before, after in pairwise(sizes))
    return {
        "when empty": sizes[0],
        "a lead": lead / leads,
        "an event": events / leads / _EVENTS,
        "the first score": first / leads,
        "each score after it": again / leads,
    }


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m ...record_size")
    parser.add_argument("--leads", type=int, default=2_000)
    leads = parser.parse_args().leads
    console = Console()
    for kind in ("sqlite", "postgresql"):
        console.print(f"{kind}, {leads:,} leads with {_EVENTS} events each, bytes")
        for what, taken in measure(kind, leads).items():
            console.print(f"  {what:20} {taken:10,.0f}")


if __name__ == "__main__":
    main()
