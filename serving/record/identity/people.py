"""What leads are called and how they are reached, for those who talk to them."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.leads.leads import parts_of
from serving.record.schema import contact


class Person(NamedTuple):
    """A lead as people know it; each the newest that was told, None where nothing was."""

    name: str | None = None
    company: str | None = None
    email: str | None = None
    phone: str | None = None


_CONTACTS = (
    select(contact.c.lead, contact.c.kind, contact.c.value)
    .where(among(contact.c.lead, "numbers"))
    .order_by(contact.c.since, contact.c.value.desc())
)


def people_of(connection: Connection, numbers: Collection[int]) -> dict[int, Person]:
    """Return who leads are, by number; what was told of all that a lead stands for counts.

    Args:
        connection: Reading.
        numbers: Of leads that stand for themselves.
    """
    # In two steps: in one, a database may go through all contacts of a kind.
    parts = parts_of(connection, numbers)
    found: dict[int, dict[str, str]] = {number: {} for number in numbers}
    for number, kind, value in connection.execute(_CONTACTS, {"numbers": sorted(parts)}):
        if kind in Person._fields:
            found[parts[number]][kind] = value
    return {number: Person(**told) for number, told in found.items()}
