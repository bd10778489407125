"""How leads can be reached and recognised; personal data, that only this table holds."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, func, select

from serving.record.among import among
from serving.record.database import insert_new
from serving.record.schema import contact, lead

_BY_VALUE = (
    select(contact.c.value, func.min(lead.c.root))
    .join(lead, lead.c.number == contact.c.lead)
    .where(contact.c.kind == bindparam("kind"), among(contact.c.value, "values"))
    .group_by(contact.c.value)
)


def add_contacts(
    connection: Connection, number: int, contacts: Mapping[str, str], now: int
) -> bool:
    """Note canonical contacts of a lead by kind, and return whether any was news."""
    rows = [
        {"lead": number, "kind": kind, "value": value, "since": now}
        for kind, value in contacts.items()
    ]
    return insert_new(connection, contact, rows) > 0


def visitors_with(connection: Connection, kind: str, value: str) -> list[int]:
    """Return the numbers of the visitors that are known by a contact."""
    root = lead.alias("root")
    rows = connection.execute(
        select(root.c.number)
        .join(lead, lead.c.root == root.c.number)
        .join(contact, contact.c.lead == lead.c.number)
        .where(contact.c.kind == kind, contact.c.value == value, root.c.kind == "visitor")
        .distinct()
        .order_by(root.c.number)
    )
    return list(rows.scalars())


def newest_contact(connection: Connection, numbers: Collection[int], kind: str) -> str | None:
    """Return the contact of a kind that was told last of some leads, None where they have none."""
    return connection.execute(
        select(contact.c.value)
        .where(among(contact.c.lead, "numbers"), contact.c.kind == kind)
        .order_by(contact.c.since.desc(), contact.c.value)
        .limit(1),
        {"numbers": numbers},
    ).scalar_one_or_none()


def find_by_contact(connection: Connection, kind: str, values: Collection[str]) -> dict[str, int]:
    """Return by value the number of the lead that has a contact, the first of several."""
    rows = connection.execute(_BY_VALUE, {"kind": kind, "values": values}).all()
    return dict(tuple(row) for row in rows)
