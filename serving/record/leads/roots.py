"""Which lead an id is of, and which lead stands for it."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.leads.leads import lock_leads
from serving.record.schema import lead

_NUMBERS = select(lead.c.lead_id, lead.c.number).where(among(lead.c.lead_id, "lead_ids"))
_ROOTS = select(lead.c.number, lead.c.root).where(among(lead.c.number, "numbers"))


def own_numbers(connection: Connection, lead_ids: Collection[str]) -> dict[str, int]:
    """Return by id the number of the lead itself, whichever stands for it; unknown ids are out."""
    rows = connection.execute(_NUMBERS, {"lead_ids": lead_ids}).all()
    return dict(tuple(row) for row in rows)


def roots_of(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number which lead stands for it."""
    rows = connection.execute(_ROOTS, {"numbers": numbers}).all()
    return dict(tuple(row) for row in rows)


def lock_roots(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number which lead stands for it; nobody else changes that meanwhile."""
    while True:
        roots = roots_of(connection, numbers)
        standing = lock_leads(connection, sorted(set(roots.values())))
        # Whoever held them before may have joined them with others.
        if all(number == root for number, root in standing.items()):
            return roots
