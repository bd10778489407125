"""What leads are called and how they are reached, for those who talk to them."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.among import among
from serving.record.schema import contact, lead


class Person(NamedTuple):
    """A lead as people know it; each the newest that was told, None where nothing was."""

    name: str | None = None
    company: str | None = None
    email: str | None = None
    phone: str | None = None


_CONTACTS = (
    select(lead.c.root, contact.c.kind, contact.c.value)
    .join(contact, contact.c.lead == lead.c.number)
    .where(among(lead.c.root, "numbers"), contact.c.kind.in_(Person._fields))
    .order_by(contact.c.since, contact.c.value.desc())
)


def people_of(connection: Connection, numbers: Collection[int]) -> dict[int, Person]:
    """Return who leads are, by number; what was told of all that a lead stands for counts.

    Args:
        connection: Reading.
        numbers: Of leads that stand for themselves.
    """
    found: dict[int, dict[str, str]] = {number: {} for number in numbers}
    for root, kind, value in connection.execute(_CONTACTS, {"numbers": numbers}):
        found[root][kind] = value
    return {number: Person(**told) for number, told in found.items()}
