"""Stages that leads were said to be in: by the CRM, by people, by rules; one history of all."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from serving.lifecycle.stages import Role, Stage
from serving.record.database.database import insert_new
from serving.record.database.membership import among
from serving.record.schema import lead, stage_change


class StageEntry(NamedTuple):
    """A stage that a lead is said to be in.

    Attributes:
        lead: Number of the lead of which it was told.
        stage: As it was told.
        at: Since when, microseconds since 1970.
        source: Who told or decided it; an id, no name.
        role: In which it was decided.
        came_from: The stage before, in the agreement; None where that has no such stage.
        allowed: Whether the agreement has this way; None where it was told before there was one.
        reason: A code.
        note: Free text.
        agreement: Version and fingerprint of the lifecycle file.
        use_case: Whose thresholds counted; None are the usual ones.
        probability: At that moment; None where it was not looked at.
        grade: At that moment; None where it was not looked at.
    """

    lead: int
    stage: str
    at: int
    source: str
    role: Role = "crm"
    came_from: str | None = None
    allowed: bool | None = None
    reason: str | None = None
    note: str | None = None
    agreement: str | None = None
    use_case: str | None = None
    probability: float | None = None
    grade: str | None = None


_c = stage_change.c
_ENTRIES = (
    select(*(_c[name] for name in StageEntry._fields))
    .where(among(_c.lead, "numbers"))
    .order_by(_c.at, _c.recorded, _c.lead)
)


_MOVED = (
    select(lead.c.root)
    .join(stage_change, stage_change.c.lead == lead.c.number)
    .where(_c.at >= bindparam("since"), among(_c.stage, "names"))
    .distinct()
)
_NAMES = select(_c.stage).where(_c.at >= bindparam("since")).distinct()


def names_since(connection: Connection, since: int) -> list[str]:
    """Return the stages, as they were told, that leads came into since a moment.

    Args:
        connection: Reading.
        since: Microseconds since 1970.
    """
    return sorted(connection.execute(_NAMES, {"since": since}).scalars())


def moved_since(connection: Connection, names: Collection[str], since: int) -> list[int]:
    """Return the numbers of the leads that stand, and came into any of some stages since a moment.

    Args:
        connection: Reading.
        names: Of stages, as they were told.
        since: Microseconds since 1970.
    """
    asked = {"names": names, "since": since}
    return sorted(connection.execute(_MOVED, asked).scalars())


def count_by_rule(connection: Connection, stage: Stage, since: int) -> int:
    """Return how many times rules moved leads into a stage after a moment, microseconds."""
    moves = select(func.count()).where(_c.at > since, _c.stage == stage, _c.role == "rule")
    return connection.execute(moves).scalar_one()


def stages_of(connection: Connection, parts: Mapping[int, int]) -> dict[int, list[StageEntry]]:
    """Return what leads were said to be, the oldest first, by the number of the lead that stands.

    Args:
        connection: Reading.
        parts: By number of each part of the leads, for which it stands.
    """
    found: dict[int, list[StageEntry]] = {}
    for row in connection.execute(_ENTRIES, {"numbers": sorted(parts)}):
        entry = StageEntry(*row)
        found.setdefault(parts[entry.lead], []).append(entry)
    return found


def add_stages(connection: Connection, entries: Sequence[StageEntry], now: int) -> int:
    """Add stages that are not there yet, and return how many were not."""
    rows = [{**new._asdict(), "recorded": now} for new in entries]
    return insert_new(connection, stage_change, rows)
