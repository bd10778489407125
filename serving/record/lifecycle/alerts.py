"""Alerts that were raised, each once."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select

from serving.lifecycle.alerts import Kind, Raised
from serving.record.database.membership import among
from serving.record.schema import alert, lead

_c = alert.c
_RAISED = select(_c.lead, _c.name, _c.key, _c.raised).where(among(_c.lead, "numbers"))


class NewAlert(NamedTuple):
    """An alert to raise.

    Attributes:
        lead: Number of the lead that it happened to, whichever stands for that one.
        name: As the agreement calls it.
        key: What happened; unique for the lead and the name.
        kind: Of the alert.
        said: What is told, by field.
    """

    lead: int
    name: str
    key: str
    kind: Kind
    said: Mapping[str, Any]


class StoredAlert(NamedTuple):
    """An alert that was raised.

    Attributes:
        number: The record's own.
        lead_id: Of the lead that stands now for the one it happened to.
        name: As the agreement calls it.
        kind: Of the alert.
        raised: Microseconds since 1970.
        said: What was told, by field.
    """

    number: int
    lead_id: str
    name: str
    kind: Kind
    raised: int
    said: dict[str, Any]


def raised_of(connection: Connection, parts: Mapping[int, int]) -> dict[int, list[Raised]]:
    """Return what was raised for leads, by the number of the lead that stands.

    Args:
        connection: Reading.
        parts: By number of each part of the leads, for which it stands.
    """
    found: dict[int, list[Raised]] = {}
    for number, *raised in connection.execute(_RAISED, {"numbers": sorted(parts)}):
        found.setdefault(parts[number], []).append(Raised(*raised))
    return found


def add_alerts(connection: Connection, alerts: Sequence[NewAlert], now: int) -> list[int]:
    """Add alerts, and return their numbers, in order; nobody else raises any of these leads."""
    if not alerts:
        return []
    rows = [{**new._asdict(), "raised": now} for new in alerts]
    statement = alert.insert().returning(_c.number, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def list_alerts(
    connection: Connection,
    kind: Kind | None,
    since: int | None,
    after: tuple[int, int] | None,
    limit: int,
) -> tuple[list[StoredAlert], tuple[int, int] | None]:
    """Return a page of alerts, the newest first, and where it ended; None on the last page.

    Args:
        connection: Reading.
        kind: Of this kind only.
        since: Raised since this moment only, microseconds since 1970.
        after: Where the page before ended: moment and number.
        limit: At most so many.
    """
    own, root = lead.alias(), lead.alias()
    statement = (
        select(_c.number, root.c.lead_id, _c.name, _c.kind, _c.raised, _c.said)
        .join(own, own.c.number == _c.lead)
        .join(root, root.c.number == own.c.root)
        .order_by(_c.raised.desc(), _c.number.desc())
        .limit(limit + 1)
    )
    if kind is not None:
        statement = statement.where(_c.kind == kind)
    if since is not None:
        statement = statement.where(_c.raised >= since)
    if after is not None:
        at, number = after
        statement = statement.where(or_(_c.raised < at, and_(_c.raised == at, _c.number < number)))
    rows = [StoredAlert(*row) for row in connection.execute(statement)]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], (last.raised, last.number)
