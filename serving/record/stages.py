"""Stages that leads have reached, as the CRM decided."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database import insert_new
from serving.record.schema import stage_change


class NewStage(NamedTuple):
    """A stage that a lead reached; `at` is in microseconds since 1970."""

    lead: int
    stage: str
    at: int
    source: str


def stage_at(connection: Connection, number: int, at: int) -> str | None:
    """Return the stage of a lead at a moment, in microseconds since 1970; None if it has none."""
    columns = stage_change.c
    newest = (
        select(columns.stage)
        .where(columns.lead == number, columns.at <= at)
        .order_by(columns.at.desc(), columns.recorded.desc())
        .limit(1)
    )
    return connection.execute(newest).scalar_one_or_none()


def add_stages(connection: Connection, stages: Sequence[NewStage], now: int) -> int:
    """Add stage changes that are not there yet, and return how many were not."""
    rows = [{**new._asdict(), "recorded": now} for new in stages]
    return insert_new(connection, stage_change, rows)
