"""A simulated market told to a record over HTTP, and the same as files."""

import json
from pathlib import Path
from typing import Any

import httpx
import pandas as pd

from experiments.simulator import Simulation
from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores
from tests.serving.server import running

Row = dict[str, Any]

FIELDS = (
    "employees", "channel", "industry", "role", "country", "bundesland", "has_phone", "newsletter",
)  # fmt: skip
_AT_ONCE = 1_000


def rows(simulation: Simulation, name: str) -> list[Row]:
    frame = pd.read_parquet(simulation.folder / f"{name}.parquet")
    read: list[Row] = json.loads(
        frame.to_json(orient="records", date_format="iso", date_unit="us", double_precision=15)
    )
    return read


def tell(url: str, simulation: Simulation, changes: dict[str, Row] | None = None) -> None:
    """Tell an empty record of all leads, events and stages; changes replace what leads are."""
    state = ServiceState()
    state.record = StoredScores(Database(url), Policy())
    state.ready(Scoring(read_rules(), "no_model"))
    try:
        with running(state) as client:
            for lead in rows(simulation, "leads"):
                told = {**lead_body(lead), **(changes or {}).get(lead["lead_id"], {})}
                client.put(f"/v1/leads/{lead['lead_id']}", json=told).raise_for_status()
            post(client, "events", rows(simulation, "events"))
            post(client, "stages", rows(simulation, "stages"))
    finally:
        state.record.close()


def lead_body(lead: Row) -> Row:
    created = lead["created_at"]
    return {
        "created_at": created,
        "account_id": lead["account_id"],
        "profile": {field: lead[field] for field in FIELDS},
        "consents": [{"purpose": "profiling", "source": "test", "at": created}],
        "occurred_at": created,
        "recorded_at": created,
    }


def post(client: httpx.Client, what: str, told: list[Row]) -> None:
    for start in range(0, len(told), _AT_ONCE):
        some = told[start : start + _AT_ONCE]
        client.post(f"/v1/{what}", json={what: some}).raise_for_status()


def record_project(simulation: Simulation, path: Path) -> Path:
    """Write the project of a simulation with the record in place of its files."""
    text = simulation.project.read_text(encoding="utf-8")
    head, _, rest = text.partition("[sources.leads]")
    path.write_text(f'{head}source = "record"\n[profile]' + rest.partition("[profile]")[2])
    return path
