"""The ways to a score through the front door: files, Spark, requests, and the record."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pyarrow.parquet as pq

from experiments.paths.comparison import Answer
from experiments.paths.exports import Exports, Sent
from features.contract.mistake import MistakeError

_NUMBERS = ("probability", "log_odds", "base_log_odds", "fit", "behaviour", "other_contribution")
_LISTS = ("missing", "unknown")
_EVENTS_AT_ONCE = 10_000


class WayError(MistakeError):
    """A command or the service does not answer; the message says what it said."""


def run(*arguments: str, **settings: str) -> None:
    """Run `leadscore` by settings in its environment.

    Raises:
        WayError: It refuses.
    """
    command = [sys.executable, "-m", "leadscore", *arguments]
    done = subprocess.run(
        command, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise WayError(f"leadscore {' '.join(arguments)}: {done.stderr or done.stdout}")


@contextmanager
def in_spark(project: Path) -> Iterator[Path]:
    """Lay a copy of a project beside it that is computed in Spark, on two cores."""
    copy = project.with_name(f".{project.stem}.in-spark.toml")
    text = project.read_text(encoding="utf-8")
    copy.write_text(f'engine = "spark"\nmaster = "local[2]"\n{text}', encoding="utf-8")
    try:
        yield copy
    finally:
        copy.unlink()


def parquet_answers(path: Path) -> list[Answer]:
    """Return the answers of a Parquet file, or of a folder of them."""
    return [_settled(row) for row in pq.read_table(path).to_pylist()]


def csv_answers(path: Path) -> list[Answer]:
    """Return the answers of a CSV file, which has the same texts for the same values."""
    usual = csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [_settled(_read(row)) for row in csv.DictReader(file)]
    finally:
        csv.field_size_limit(usual)


def request_of(exports: Exports, answer: Answer, language: str) -> Sent:
    """Return the request that is to be answered alike, with all that the exports know of a lead."""
    lead_id, as_of = answer["lead_id"], answer["as_of"]
    lead = {"created_at": as_of} | exports.lead(lead_id)
    others = [event for one in exports.colleagues(lead_id) for event in exports.events(one)]
    return {
        "lead": lead,
        "events": exports.events(lead_id),
        "account_events": others,
        "as_of": as_of,
        "language": language,
    }


def answers_to(client: httpx.Client, requests: Sequence[Sent]) -> list[Answer]:
    """Return the answers to requests that are sent one by one."""
    return [_settled(_posted(client, "/v1/score", request)) for request in requests]


def answers_together(client: httpx.Client, requests: Sequence[Sent]) -> list[Answer]:
    """Return the answers to requests that are sent a hundred at a time."""
    found = []
    for first in range(0, len(requests), 100):
        body = {"leads": requests[first : first + 100]}
        found += _results(_posted(client, "/v1/score/batch", body))
    return found


def stored_answers(
    client: httpx.Client, exports: Exports, requests: Sequence[Sent]
) -> list[Answer]:
    """Tell the record of leads, their colleagues and all that they did, and return their scores.

    Args:
        client: To a service with a record.
        exports: Where all of it is known.
        requests: The leads, as requests that ask the same; all as of one moment.
    """
    lead_ids = [request["lead"]["lead_id"] for request in requests]
    every = dict.fromkeys(
        one for lead_id in lead_ids for one in (lead_id, *exports.colleagues(lead_id))
    )
    known = {lead_id: exports.lead(lead_id) for lead_id in every}
    for lead_id, lead in known.items():
        created = lead["created_at"]
        told = {name: value for name, value in lead.items() if name != "lead_id"} | {
            "consents": [{"purpose": "profiling", "source": "export", "at": created}],
            "occurred_at": created,
            "recorded_at": created,
        }
        client.put(f"/v1/leads/{quote(lead_id, safe='')}", json=told).raise_for_status()
    events = [
        {"lead_id": lead_id, "recorded_at": event["occurred_at"]} | event
        for lead_id in every
        for event in exports.events(lead_id)
    ]
    for first in range(0, len(events), _EVENTS_AT_ONCE):
        _posted(client, "/v1/events", {"events": events[first : first + _EVENTS_AT_ONCE]})
    asked = {name: requests[0][name] for name in ("as_of", "language")} | {"lead_ids": lead_ids}
    return _results(_posted(client, "/v1/leads/score", asked))


def _posted(client: httpx.Client, path: str, body: Sent) -> Sent:
    answer = client.post(path, json=body)
    if answer.status_code != httpx.codes.OK:
        raise WayError(f"POST {path}: {answer.text}")
    said: Sent = answer.json()
    return said


def _results(said: Sent) -> list[Answer]:
    refused = [result["error"] for result in said["results"] if result["error"] is not None]
    if refused:
        raise WayError(f"{len(refused)} leads are refused, the first so: {refused[0]}")
    return [_settled(result["answer"]) for result in said["results"]]


def _read(row: dict[str, str]) -> Answer:
    """Return the values of a line of CSV."""
    read: Answer = {name: text or None for name, text in row.items()}
    read |= {name: float(row[name]) for name in _NUMBERS}
    read |= {name: row[name].split(";") if row[name] else [] for name in _LISTS}
    return read | {"score": int(row["score"]), "reasons": json.loads(row["reasons"])}


def _settled(answer: Answer) -> Answer:
    """Return an answer with its values as Parquet has them: as texts, its moment in UTC."""
    as_of = answer["as_of"]
    at = as_of if isinstance(as_of, datetime) else datetime.fromisoformat(as_of)
    for share in (share for reason in answer["reasons"] for share in reason["features"]):
        share["value"] = None if share["value"] is None else str(share["value"])
    return answer | {"as_of": at.astimezone(UTC).isoformat()}
