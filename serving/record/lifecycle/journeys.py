"""All leads with all that was said of their stages: one statement each, however many they are."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from serving.lifecycle.stages import Role
from serving.record.schema import lead, score_given, stage_change

_AT_ONCE = 50_000


class Said(NamedTuple):
    """What was said of a stage; moments are in microseconds since 1970.

    Attributes:
        root: Number of the lead that stands.
        stage: As it was told.
        at: Since when.
        role: In which it was decided.
        reason: A code.
        grade: At that moment; None where it is not known.
    """

    root: int
    stage: str
    at: int
    role: Role
    reason: str | None
    grade: str | None


def created_leads(connection: Connection, as_of: int) -> Mapping[int, int]:
    """Return when leads were created that stand for themselves, by number; no visitors."""
    rows = connection.execute(
        select(lead.c.number, lead.c.created).where(
            lead.c.number == lead.c.root, lead.c.kind == "lead", lead.c.created <= as_of
        )
    )
    return dict(map(tuple, rows.all()))


_GIVEN = (
    select(score_given.c.grade)
    .where(score_given.c.lead == lead.c.root, score_given.c.as_of <= stage_change.c.at)
    .order_by(score_given.c.as_of.desc(), score_given.c.number.desc())
    .limit(1)
    .scalar_subquery()
)


def said_of_stages(connection: Connection, as_of: int, *, graded: bool = False) -> Iterator[Said]:
    """Yield all that was said of stages by a moment: lead by lead, the oldest first.

    Args:
        connection: Reading.
        as_of: Microseconds since 1970.
        graded: Whether a grade that was not noted with the move is that of the newest score then.
    """
    columns = stage_change.c
    grade = func.coalesce(columns.grade, _GIVEN) if graded else columns.grade
    rows = connection.execute(
        select(lead.c.root, columns.stage, columns.at, columns.role, columns.reason, grade)
        .join(lead, lead.c.number == columns.lead)
        .where(columns.at <= as_of, columns.recorded <= as_of)
        .order_by(lead.c.root, columns.at, columns.recorded, columns.lead)
        .execution_options(yield_per=_AT_ONCE)
    )
    # Many at once: row by row, fetching takes longer than all that is done with them.
    for some in rows.partitions():
        yield from map(Said._make, some)
