"""A project's exports, row by row as they stand in its files, as a CRM would send them.

Rows, moments, numbers and who did what are read by code of their own, so that a mistake in how the
product reads them would be seen. The project file, which files a path means, and how a value is
written as text are the product's; a mistake there would be on both sides.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from features.contract.mistake import MistakeError
from features.contract.profile import profile_text
from features.history.files import find_files
from features.history.sources import EventSource, Source, expand
from training.project.project import Project

Row = Mapping[str, Any]
Sent = dict[str, Any]


class ExportsError(MistakeError):
    """A project whose exports are not read here; the message says why."""


class Exports:
    """What a CRM knows of the leads of a project."""

    def __init__(self, project: Project, folder: Path) -> None:
        """Read all of it.

        Args:
            project: Of leads and events in files, each event with the key of its lead.
            folder: What its paths are relative to.

        Raises:
            ExportsError: The project has other sources.
        """
        _check(project)
        self._leads: dict[str, Sent] = {}
        self._members: dict[str, list[str]] = defaultdict(list)
        self._events: dict[str, list[Sent]] = defaultdict(list)
        for number, row in enumerate(_rows(project.sources.leads, folder), start=1):
            lead = _lead(row, number, project)
            # Of a lead that comes twice, the first row counts.
            if lead["lead_id"] not in self._leads:
                self._leads[lead["lead_id"]] = lead
                self._members[lead.get("account_id", "")].append(lead["lead_id"])
        for source in project.sources.events:
            for row in _rows(source, folder):
                lead_id = _text(row, source.columns.lead_id)
                if lead_id in self._leads:
                    self._events[lead_id].append(_event(row, source))

    def lead(self, lead_id: str) -> Sent:
        """Return a lead as it is sent; without a date of creation where the export has none."""
        return self._leads[lead_id]

    def events(self, lead_id: str) -> list[Sent]:
        """Return what a lead did."""
        return self._events.get(lead_id, [])

    def colleagues(self, lead_id: str) -> list[str]:
        """Return the other leads of its account."""
        account = self._leads[lead_id].get("account_id")
        return [one for one in self._members[account] if one != lead_id] if account else []


def _check(project: Project) -> None:
    sources = project.sources
    if project.source == "record" or sources.profiles or sources.leads.created is not None:
        raise ExportsError(f"{project.name}: only leads with one row each are read here")
    if any(source.counters or not source.columns.lead_id for source in sources.events):
        raise ExportsError(f"{project.name}: only events with the key of a lead are read here")


def _rows(source: Source, folder: Path) -> Iterator[Row]:
    if source.path is None:
        raise ExportsError("only files are read here, no queries")
    for file in find_files(folder, expand(source.path)):
        if file.endswith(".parquet"):
            yield from pq.read_table(file).to_pylist()
            continue
        opened = gzip.open if file.endswith(".gz") else open
        with opened(file, "rt", encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines, delimiter=source.delimiter)


def _lead(row: Row, number: int, project: Project) -> Sent:
    source, profile = project.sources.leads, project.profile
    columns = source.columns
    numbers = {field: _number(row, field) for field in profile.numeric}
    others = {field: row[field] for field in profile.categorical}
    lead = {
        "lead_id": _text(row, columns.lead_id) or f"row-{number}",
        "created_at": _moment(row, columns.created_at, source),
        "account_id": _text(row, columns.account_id),
        "profile": numbers | others,
    }
    return _told(lead)


def _event(row: Row, source: EventSource) -> Sent:
    columns = source.columns
    occurred = _moment(row, columns.occurred_at, source)
    recorded = _moment(row, columns.recorded_at, source)
    if occurred is not None and source.known_after is not None:
        recorded = occurred + timedelta(microseconds=source.known_after)
    event = {
        "event_type": _text(row, columns.event_type) or source.constants.event_type,
        "occurred_at": occurred,
        "recorded_at": recorded,
        "value": _number(row, columns.value),
        "item": _text(row, columns.item),
        "event_id": _text(row, columns.event_id),
    }
    return _told(event)


def _told(fields: Sent) -> Sent:
    """Return what is told, moments as ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
        if value is not None
    }


def _text(row: Row, column: str | None) -> str | None:
    return profile_text(row[column]) if column else None


def _number(row: Row, column: str | None) -> float | None:
    return None if column is None or row[column] in {None, ""} else float(row[column])


def _moment(row: Row, column: str | None, source: Source) -> datetime | None:
    if column is None or row[column] in {None, ""}:
        return None
    at = row[column]
    if source.time_format is not None:
        at = datetime.strptime(at, source.time_format)  # noqa: DTZ007 - its zone comes next
    elif not isinstance(at, datetime):
        at = datetime.fromisoformat(at)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(source.timezone or "UTC"))
    # Of two moments of one zone, Python would count the hours that a clock shows in between.
    moment: datetime = at.astimezone(UTC)
    return moment
