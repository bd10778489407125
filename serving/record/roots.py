"""Which lead an id is of, and which lead stands for it."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from serving.record.leads import chunks, lock_leads
from serving.record.schema import lead


def own_numbers(connection: Connection, lead_ids: Collection[str]) -> dict[str, int]:
    """Return by id the number of the lead itself, whichever stands for it; unknown ids are out."""
    found: dict[str, int] = {}
    for some in chunks(lead_ids):
        rows = connection.execute(
            select(lead.c.lead_id, lead.c.number).where(lead.c.lead_id.in_(some))
        )
        found |= {row[0]: row[1] for row in rows}
    return found


def roots_of(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number which lead stands for it."""
    roots: dict[int, int] = {}
    for some in chunks(numbers):
        rows = connection.execute(select(lead.c.number, lead.c.root).where(lead.c.number.in_(some)))
        roots |= {row[0]: row[1] for row in rows}
    return roots


def lock_roots(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number which lead stands for it; nobody else changes that meanwhile."""
    while True:
        roots = roots_of(connection, numbers)
        standing = lock_leads(connection, sorted(set(roots.values())))
        # Whoever held them before may have joined them with others.
        if all(number == root for number, root in standing.items()):
            return roots
