"""Stages that leads have reached, as the CRM decided."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database import insert_new
from serving.record.leads import chunks
from serving.record.schema import stage_change


class NewStage(NamedTuple):
    """A stage that a lead reached; `at` is in microseconds since 1970."""

    lead: int
    stage: str
    at: int
    source: str


def add_stages(connection: Connection, stages: Sequence[NewStage], now: int) -> int:
    """Add stage changes that are not there yet, and return how many were not."""
    rows = [{**new._asdict(), "recorded": now} for new in stages]
    return insert_new(connection, stage_change, rows)


def current_stages(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Return the newest stage of each lead that has one, by number."""
    columns = stage_change.c
    found: dict[int, str] = {}
    for some in chunks(numbers):
        rows = connection.execute(
            select(columns.lead, columns.stage)
            .where(columns.lead.in_(some))
            .order_by(columns.at, columns.recorded)
        )
        found |= {row[0]: row[1] for row in rows}
    return found
