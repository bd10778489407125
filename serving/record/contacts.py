"""How leads can be reached and recognised; personal data, that only this table holds."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select

from serving.record.database import insert_new
from serving.record.leads import chunks
from serving.record.schema import contact, lead


def add_contacts(
    connection: Connection, number: int, contacts: Mapping[str, str], now: int
) -> bool:
    """Note canonical contacts of a lead by kind, and return whether any was news."""
    rows = [
        {"lead": number, "kind": kind, "value": value, "since": now}
        for kind, value in contacts.items()
    ]
    return insert_new(connection, contact, rows) > 0


def visitors_with(connection: Connection, kind: str, value: str) -> set[int]:
    """Return the numbers of the visitors that are known by a contact; others let them be."""
    root = lead.alias("root")
    rows = connection.execute(
        select(root.c.number)
        .join(lead, lead.c.root == root.c.number)
        .join(contact, contact.c.lead == lead.c.number)
        .where(contact.c.kind == kind, contact.c.value == value, root.c.kind == "visitor")
        .order_by(root.c.number)
        .with_for_update(of=(root, lead), key_share=True)
    )
    return set(rows.scalars())


def find_by_contact(connection: Connection, kind: str, values: Collection[str]) -> dict[str, int]:
    """Return by value the number of the lead that has a contact itself, the first of several."""
    found: dict[str, int] = {}
    for some in chunks(values):
        rows = connection.execute(
            select(contact.c.value, func.min(contact.c.lead))
            .where(contact.c.kind == kind, contact.c.value.in_(some))
            .group_by(contact.c.value)
        )
        found |= {row[0]: row[1] for row in rows}
    return found
