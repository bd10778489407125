"""The demo's last part: leads told to the record, scored by id, a change heard and explained."""

import json
from datetime import UTC, datetime
from queue import Empty, Queue
from typing import Any
from urllib.parse import quote

import httpx
import pandas as pd
from rich.console import Console

from experiments.demo.people import person
from experiments.receiver import Heard, receiver
from experiments.simulator import Simulation
from features.contract.language import Language
from training.progress import Progress

Row = dict[str, Any]

_EVENTS_AT_ONCE = 5_000
_PATIENCE_SECONDS = 30


def show_record(
    address: str,
    simulation: Simulation,
    request: Row,
    said: float,
    language: Language,
    console: Console,
    progress: Progress,
) -> None:
    """Tell the service of leads, and show what it then does by itself.

    Args:
        address: Of a service with a record.
        simulation: Whose leads are told.
        request: The stateless request about one of them.
        said: The probability that it was answered with.
        language: Of what is shown.
        console: Where it is shown.
        progress: Where progress is shown.
    """
    lead = request["lead"]
    path = f"/v1/leads/{quote(lead['lead_id'], safe='')}"
    with httpx.Client(base_url=address, timeout=30) as client, receiver() as (url, heard):
        told = _tell(client, simulation, request, progress)
        then = {"as_of": request["as_of"], "language": language}
        stored = client.get(f"{path}/score", params=then).raise_for_status().json()
        console.print(f"\nThe record was told of a company of {told}. GET {path}/score?as_of=...")
        console.print(
            f"answered {_percent(stored)}; the request with the whole history {said:.1%}.\n"
        )
        before = client.get(f"{path}/score").raise_for_status().json()
        webhook = {"url": url, "events": ["score.changed"]}
        client.post("/v1/webhooks", json=webhook).raise_for_status()
        events = [{"lead_id": lead["lead_id"], "event_type": kind} for kind in _NEWS]
        client.post("/v1/events", json={"events": events}).raise_for_status()
        console.print(f"Told of {' and '.join(_NEWS)}, the service posted to a webhook:")
        console.print(_message_of(heard, lead["lead_id"]), soft_wrap=True)
        query = {"since": before["as_of"], "language": language}
        change = client.get(f"{path}/history", params=query).raise_for_status().json()
        console.print(f"Why it changed (GET {path}/history), from {_percent(change['start'])} to "
                      f"{_percent(change['end'])}:")  # fmt: skip
        for step in change["steps"]:
            console.print(f"  {step['contribution']:+.2f} {step['text']}", markup=False)


_NEWS = ("demo_request", "price_page")


def _tell(client: httpx.Client, simulation: Simulation, request: Row, progress: Progress) -> int:
    """Tell of the lead, its colleagues, and all that they did; return how many they are."""
    as_of = datetime.fromisoformat(request["as_of"])
    leads = pd.read_parquet(simulation.folder / "leads.parquet")
    leads = leads[leads["created_at"] <= as_of]
    firm = leads["account_id"] == request["lead"]["account_id"]
    chosen = leads[firm | (leads["lead_id"] == request["lead"]["lead_id"])]
    events = pd.read_parquet(simulation.folder / "events.parquet")
    events = events[events["lead_id"].isin(chosen["lead_id"]) & (events["occurred_at"] < as_of)]
    fields = request["lead"]["profile"].keys()
    with progress.bar("Telling the record of a company", len(chosen)) as advance:
        for row in _rows(chosen):
            created = row["created_at"]
            who = person(int(row["lead_id"][1:]), row["account_id"], row["industry"])
            body = {
                "created_at": created,
                "account_id": row["account_id"],
                "profile": {field: row[field] for field in fields},
                "contact": {"name": who.name, "email": who.email, "company": who.company},
                "consents": [{"purpose": "profiling", "source": "demo", "at": created}],
                "occurred_at": created,
                "recorded_at": created,
            }
            path = f"/v1/leads/{quote(row['lead_id'], safe='')}"
            client.put(path, json=body).raise_for_status()
            advance(1)
    told = [
        {**row, "recorded_at": row.get("recorded_at") or row["occurred_at"]}
        for row in _rows(events)
    ]
    for start in range(0, len(told), _EVENTS_AT_ONCE):
        some = told[start : start + _EVENTS_AT_ONCE]
        client.post("/v1/events", json={"events": some}).raise_for_status()
    return len(chosen)


def _rows(frame: pd.DataFrame) -> list[Row]:
    text = frame.to_json(orient="records", date_format="iso", date_unit="us")
    rows: list[Row] = json.loads(text)
    return rows


def _message_of(heard: "Queue[Heard]", lead_id: str) -> str:
    """Return the message about a lead, once it comes, in a line."""
    give_up = datetime.now(UTC).timestamp() + _PATIENCE_SECONDS
    while (left := give_up - datetime.now(UTC).timestamp()) > 0:
        try:
            message = heard.get(timeout=left).message
        except Empty:
            break
        data = message["data"]
        if data["lead_id"] == lead_id:
            old = "none" if data["old"] is None else data["old"]["grade"]
            new = data["new"]
            return f"  {message['type']}: {lead_id}, grade {old} -> {new['grade']}, {_percent(new)}"
    return "  nothing yet: the grade is the same as before"


def _percent(score: Row) -> str:
    return f"{score['probability']:.1%}"
