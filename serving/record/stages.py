"""Stages that leads have reached, as the CRM decided."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from serving.record.database import insert_new
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
