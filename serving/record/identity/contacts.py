"""How leads can be reached and recognised; personal data, that only this table holds."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, func, select, update

from serving.record.database.database import inserted
from serving.record.database.membership import among
from serving.record.leads.leads import parts_of
from serving.record.schema import contact, lead

_BY_VALUE = (
    select(contact.c.value, func.min(contact.c.lead))
    .where(contact.c.kind == bindparam("kind"), among(contact.c.value, "values"))
    .group_by(contact.c.value)
)


_other = contact.alias("other")
_newest_since = (
    select(func.max(_other.c.since))
    .where(_other.c.lead == contact.c.lead, _other.c.kind == contact.c.kind)
    .scalar_subquery()
)
_TOLD_AGAIN = (
    update(contact)
    .where(
        contact.c.lead == bindparam("of"),
        contact.c.kind == bindparam("told"),
        contact.c.value == bindparam("as"),
        contact.c.since < _newest_since,
    )
    .values(since=bindparam("again"))
)


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
    news = set(inserted(connection, contact, rows))
    # An address that was left and is told again is the newest once more.
    again = [
        {"of": row["lead"], "told": row["kind"], "as": row["value"], "again": now}
        for row in rows
        if row["lead"] not in news
    ]
    if again:
        connection.execute(_TOLD_AGAIN, again)
    return news


def visitors_with(
    connection: Connection, kind: str, values: Collection[str]
) -> list[tuple[int, str]]:
    """Return the numbers of the visitors that are known by a contact, each with it.

    Nobody else joins them meanwhile.
    """
    root = lead.alias("root")
    known = contact.c.kind == kind, among(contact.c.value, "values"), root.c.kind == "visitor"
    rows = connection.execute(
        select(root.c.number, contact.c.value)
        .join(lead, lead.c.root == root.c.number)
        .join(contact, contact.c.lead == lead.c.number)
        .where(*known)
        .order_by(root.c.number)
        .with_for_update(of=(root, lead), key_share=True),
        {"values": values},
    )
    return sorted({(number, value) for number, value in rows})


def leads_with(connection: Connection, kind: str, numbers: Collection[int]) -> set[int]:
    """Return the numbers of those leads that have any contact of a kind, or stand for one."""
    # In two steps: in one, a database may go through all contacts of the kind.
    parts = parts_of(connection, numbers)
    rows = connection.execute(
        select(contact.c.lead).where(among(contact.c.lead, "parts"), contact.c.kind == kind),
        {"parts": sorted(parts)},
    )
    return {parts[number] for number in rows.scalars()}


def newest_contact(connection: Connection, numbers: Collection[int], kind: str) -> str | None:
    """Return the contact of a kind that was told last of some leads, None where they have none."""
    return connection.execute(
        select(contact.c.value)
        .where(among(contact.c.lead, "numbers"), contact.c.kind == kind)
        .order_by(contact.c.since.desc(), contact.c.value)
        .limit(1),
        {"numbers": numbers},
    ).scalar_one_or_none()


def reachable_at(connection: Connection, numbers: Collection[int], kind: str) -> set[str]:
    """Return of each of some leads the contact of a kind that was told of it last."""
    rows = connection.execute(
        select(contact.c.lead, contact.c.value)
        .where(among(contact.c.lead, "numbers"), contact.c.kind == kind)
        .order_by(contact.c.since, contact.c.value.desc()),
        {"numbers": numbers},
    )
    return set(dict(tuple(row) for row in rows).values())


def find_by_contact(connection: Connection, kind: str, values: Collection[str]) -> dict[str, int]:
    """Return by value the number of the lead that has a contact itself, the first of several."""
    rows = connection.execute(_BY_VALUE, {"kind": kind, "values": values}).all()
    return dict(tuple(row) for row in rows)
