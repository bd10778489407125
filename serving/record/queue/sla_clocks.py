"""When the promise that runs for a lead is to be looked at next; one moment for each lead."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, select

from serving.record.database.database import put
from serving.record.database.membership import among
from serving.record.schema import lead, sla_clock

_c = sla_clock.c
_SET = select(_c.lead, _c.due).where(among(_c.lead, "numbers"))
_STOP = delete(sla_clock).where(among(_c.lead, "numbers"))


def set_clocks(connection: Connection, moments: Mapping[int, int | None]) -> None:
    """Let leads be looked at next at moments; None is never. What is set already is not written.

    Args:
        connection: Writing; holds the leads.
        moments: Microseconds since 1970, by number of the lead.
    """
    found = connection.execute(_SET, {"numbers": sorted(moments)}).all()
    there: dict[int, int] = dict(tuple(row) for row in found)
    rows = [
        {"lead": number, "due": due}
        for number, due in sorted(moments.items())
        if due is not None and there.get(number) != due
    ]
    put(connection, sla_clock, rows, update=["due"])
    stop_clocks(connection, {n for n in there if moments[n] is None})


def stop_clocks(connection: Connection, numbers: Collection[int]) -> None:
    """Look at leads no more."""
    if numbers:
        connection.execute(_STOP, {"numbers": sorted(numbers)})


def any_due(connection: Connection, now: int) -> bool:
    """Tell whether any lead is to be looked at, at a moment in microseconds since 1970."""
    return connection.execute(select(_c.lead).where(_c.due <= now).limit(1)).first() is not None


def claim_due(connection: Connection, now: int, limit: int) -> list[int]:
    """Return leads that are to be looked at; nobody else does until we are done."""
    rows = connection.execute(
        select(lead.c.number)
        .join(sla_clock, _c.lead == lead.c.number)
        .where(_c.due <= now)
        .order_by(_c.due)
        .limit(limit)
        .with_for_update(skip_locked=True, of=lead)
    )
    return list(rows.scalars())
