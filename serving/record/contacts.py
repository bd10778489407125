"""How leads can be reached and recognised; personal data, that only this table holds."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select

from serving.record.database import inserted
from serving.record.leads import chunks
from serving.record.schema import contact, lead


def add_contacts(
    connection: Connection, contacts: Mapping[int, Mapping[str, str]], now: int
) -> set[int]:
    """Note contacts of leads, and return the numbers of those of whom any was news.

    Args:
        connection: Writing.
        contacts: Canonical ones by kind, by number of the lead.
        now: Microseconds since 1970.
    """
    rows = [
        {"lead": number, "kind": kind, "value": value, "since": now}
        for number, by_kind in contacts.items()
        for kind, value in by_kind.items()
    ]
    return set(inserted(connection, contact, rows))


def visitors_with(
    connection: Connection, kind: str, values: Collection[str]
) -> list[tuple[int, str]]:
    """Return the numbers of the visitors that are known by a contact, each with it."""
    root = lead.alias("root")
    found: list[tuple[int, str]] = []
    for some in chunks(values):
        rows = connection.execute(
            select(root.c.number, contact.c.value)
            .join(lead, lead.c.root == root.c.number)
            .join(contact, contact.c.lead == lead.c.number)
            .where(contact.c.kind == kind, contact.c.value.in_(some), root.c.kind == "visitor")
            .distinct()
        )
        found += [(number, value) for number, value in rows]
    return sorted(found)


def leads_with(connection: Connection, kind: str, numbers: Collection[int]) -> set[int]:
    """Return the numbers of those leads that have any contact of a kind, or stand for one."""
    found: set[int] = set()
    for some in chunks(numbers):
        rows = connection.execute(
            select(lead.c.root)
            .join(contact, contact.c.lead == lead.c.number)
            .where(lead.c.root.in_(some), contact.c.kind == kind)
            .distinct()
        )
        found |= set(rows.scalars())
    return found


def find_by_contact(connection: Connection, kind: str, values: Collection[str]) -> dict[str, int]:
    """Return by value the number of the lead that has a contact, the first of several."""
    found: dict[str, int] = {}
    for some in chunks(values):
        rows = connection.execute(
            select(contact.c.value, func.min(lead.c.root))
            .join(lead, lead.c.number == contact.c.lead)
            .where(contact.c.kind == kind, contact.c.value.in_(some))
            .group_by(contact.c.value)
        )
        found |= {row[0]: row[1] for row in rows}
    return found
