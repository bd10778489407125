"""The audit as a list: the newest entries first, of whoever and whatever is asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.schema import audit, lead


class AuditEntry(NamedTuple):
    """Who did what, when.

    Attributes:
        number: Of the entry.
        at: Microseconds since 1970.
        actor: A user, a key, a command.
        action: Such as `erased`.
        lead: Number of the lead that it was done to; None where it was none.
        lead_id: Its id; None where it is gone, too.
        detail: Without personal data.
    """

    number: int
    at: int
    actor: str
    action: str
    lead: int | None
    lead_id: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; what is None is not asked.

    Attributes:
        actor: Whose.
        action: Of which kind.
        leads: Numbers of leads, of whichever they are.
        before: Older than this entry.
    """

    actor: str | None = None
    action: str | None = None
    leads: Collection[int] | None = None
    before: int | None = None


def audit_log(connection: Connection, wanted: Wanted, limit: int) -> list[AuditEntry]:
    """Return entries, the newest first."""
    c = audit.c
    statement = (
        select(c.number, c.at, c.actor, c.action, c.lead, lead.c.lead_id, c.detail)
        .join_from(audit, lead, lead.c.number == c.lead, isouter=True)
        .order_by(c.number.desc())
        .limit(limit)
    )
    if wanted.actor is not None:
        statement = statement.where(c.actor == wanted.actor)
    if wanted.action is not None:
        statement = statement.where(c.action == wanted.action)
    if wanted.before is not None:
        statement = statement.where(c.number < wanted.before)
    numbers: Collection[int] = ()
    if wanted.leads is not None:
        statement, numbers = statement.where(among(c.lead, "numbers")), wanted.leads
    rows = connection.execute(statement, {"numbers": numbers} if numbers else {})
    return [AuditEntry(*row) for row in rows]
