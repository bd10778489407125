"""Who did what, when: writes, reads of a lead, and what an operator did."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.schema import audit


def note_audit(
    connection: Connection, now: int, actor: str, action: str, lead: int | None, detail: str | None
) -> None:
    """Add an entry.

    Args:
        connection: Writing.
        now: Microseconds since 1970.
        actor: Who; a key's name or a command.
        action: Such as `erased`.
        lead: Number of the lead it was done to.
        detail: Without personal data.
    """
    connection.execute(
        audit.insert().values(at=now, actor=actor, action=action, lead=lead, detail=detail)
    )


def note_told(
    connection: Connection, now: int, source: str, by: str, leads: Collection[int]
) -> None:
    """Add an entry for each of the leads of which something was told.

    Args:
        connection: Writing.
        now: Microseconds since 1970.
        source: Who the caller says it is.
        by: Who it is known to be; the source, where nobody is known.
        leads: Their numbers.
    """
    if leads:
        detail = None if by == source else f"source {source}"
        entry = {"at": now, "actor": by, "action": "told", "detail": detail}
        connection.execute(audit.insert(), [{**entry, "lead": number} for number in leads])


class Look(NamedTuple):
    """Somebody looked at a lead; `lead` is its number, `at` is in microseconds since 1970."""

    lead: int
    actor: str
    action: str
    at: int


def note_looks(connection: Connection, looks: Sequence[Look]) -> None:
    """Add an entry for each look."""
    if looks:
        connection.execute(audit.insert(), [look._asdict() for look in looks])


class OperatorAudit(NamedTuple):
    """What an operator did to the record itself; `at` is in microseconds since 1970."""

    at: int
    actor: str
    action: str
    detail: str | None


def operator_audits(connection: Connection) -> list[OperatorAudit]:
    """Return what was done to no lead, as to keys, the oldest first."""
    columns = [audit.c[name] for name in OperatorAudit._fields]
    of_none = select(*columns).where(audit.c.lead.is_(None)).order_by(audit.c.at, audit.c.number)
    return [OperatorAudit(*row) for row in connection.execute(of_none)]


def note_missing(connection: Connection, entries: Sequence[OperatorAudit]) -> None:
    """Add the entries that are not there, as after a backup was restored."""
    there = set(operator_audits(connection))
    missing = [entry._asdict() for entry in entries if entry not in there]
    if missing:
        connection.execute(audit.insert(), missing)


def audits_of(
    connection: Connection, numbers: Collection[int]
) -> list[tuple[int, str, str, str | None]]:
    """Return what was done to leads: moment, actor, action and detail, the oldest first."""
    columns = audit.c
    rows = connection.execute(
        select(columns.at, columns.actor, columns.action, columns.detail)
        .where(among(columns.lead, "numbers"))
        .order_by(columns.at, columns.number),
        {"numbers": numbers},
    )
    return [(at, actor, action, detail) for at, actor, action, detail in rows]
