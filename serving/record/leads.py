"""Leads of the record: who stands for whom, and what happened to them since."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple, TypeVar

from sqlalchemy import Connection, and_, bindparam, case, or_, select, update

from serving.record.database import insert_new
from serving.record.schema import lead

Item = TypeVar("Item")
Kind = Literal["lead", "visitor"]

MOST_AT_ONCE = 500
"""Values of one IN: databases limit the parameters of a statement."""


class StoredLead(NamedTuple):
    """The lead that stands for an id.

    Attributes:
        number: The record's own.
        lead_id: The CRM's.
        kind: A visitor is somebody who has not told who they are.
        created: Microseconds since 1970.
        account_id: None if it is an account of its own.
        changed: When anything was last recorded of it, microseconds since 1970.
    """

    number: int
    lead_id: str
    kind: Kind
    created: int
    account_id: str | None
    changed: int


class NewLead(NamedTuple):
    """A lead that the record may not have yet."""

    lead_id: str
    kind: Kind
    created: int


_FIELDS = [lead.c[name] for name in StoredLead._fields]


def find_leads(connection: Connection, lead_ids: Collection[str]) -> dict[str, StoredLead]:
    """Return by id the leads that stand for ids; an id that is not known is left out."""
    asked = lead.alias("asked")
    found: dict[str, StoredLead] = {}
    for some in chunks(lead_ids):
        rows = connection.execute(
            select(asked.c.lead_id, *_FIELDS)
            .join(lead, lead.c.number == asked.c.root)
            .where(asked.c.lead_id.in_(some))
        )
        found |= {row[0]: StoredLead(*row[1:]) for row in rows}
    return found


def find_lead(connection: Connection, lead_id: str) -> StoredLead | None:
    """Return the lead that stands for an id, None where it is not known."""
    return find_leads(connection, [lead_id]).get(lead_id)


def leads_by_number(connection: Connection, numbers: Collection[int]) -> list[StoredLead]:
    """Return leads by their numbers, in the order of their ids."""
    found: list[StoredLead] = []
    for some in chunks(numbers):
        rows = connection.execute(select(*_FIELDS).where(lead.c.number.in_(some)))
        found += [StoredLead(*row) for row in rows]
    return sorted(found, key=lambda one: one.lead_id)


def add_leads(connection: Connection, leads: Iterable[NewLead], now: int) -> None:
    """Add the leads whose ids are not known; each stands for itself."""
    rows = [{**new._asdict(), "root": 0, "changed": now} for new in sorted(leads)]
    if insert_new(connection, lead, rows):
        own = update(lead).where(lead.c.root == 0).values(root=lead.c.number)
        connection.execute(own)


def describe_leads(connection: Connection, leads: Collection[StoredLead]) -> None:
    """Change what leads are: their kind, creation and account."""
    described = ("kind", "created", "account_id")
    statement = (
        update(lead)
        .where(lead.c.number == bindparam("of"))
        .values({name: bindparam(f"new_{name}") for name in described})
    )
    if leads:
        rows = [
            {"of": one.number, **{f"new_{name}": getattr(one, name) for name in described}}
            for one in leads
        ]
        connection.execute(statement, rows)


def parts_of(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number of each lead that is part of the given ones, for which it stands."""
    parts: dict[int, int] = {}
    for some in chunks(numbers):
        rows = connection.execute(select(lead.c.number, lead.c.root).where(lead.c.root.in_(some)))
        parts |= {row[0]: row[1] for row in rows}
    return parts


def members_of(connection: Connection, account_ids: Collection[str]) -> dict[str, set[int]]:
    """Return by account the numbers of its leads, of those that stand for others alone."""
    members: dict[str, set[int]] = {}
    for some in chunks(account_ids):
        rows = connection.execute(
            select(lead.c.account_id, lead.c.number).where(
                lead.c.account_id.in_(some), lead.c.number == lead.c.root
            )
        )
        for account_id, number in rows:
            members.setdefault(account_id, set()).add(number)
    return members


def touch(connection: Connection, numbers: Collection[int], now: int) -> None:
    """Note that something happened to leads: they, and who works with them, are due a new score."""
    other = lead.alias("other")
    for some in chunks(sorted(numbers)):
        accounts = select(other.c.account_id).where(
            other.c.number.in_(some), other.c.account_id.is_not(None)
        )
        touched = or_(lead.c.number.in_(some), lead.c.account_id.in_(accounts))
        # Writers that touch the same leads wait for each other in one order.
        locked = select(lead.c.number).where(touched).order_by(lead.c.number).with_for_update()
        connection.execute(locked).all()
        # Always another moment than before: a score that is under way does not cover this.
        due = case((lead.c.due >= now, lead.c.due + 1), else_=now)
        connection.execute(update(lead).where(touched).values(due=due))
        connection.execute(update(lead).where(lead.c.number.in_(some)).values(changed=now))


def settle_due(connection: Connection, done: Mapping[int, int]) -> None:
    """Note that leads have their new score, unless something happened since.

    Args:
        connection: Writing.
        done: By number, what was due when the lead was scored.
    """
    statement = (
        update(lead)
        .where(and_(lead.c.number == bindparam("of"), lead.c.due == bindparam("was")))
        .values(due=None)
    )
    if done:
        rows = [{"of": number, "was": due} for number, due in done.items()]
        connection.execute(statement, rows)


def chunks(items: Collection[Item]) -> Iterable[list[Item]]:
    """Return items in lists that one statement may hold."""
    every = list(items)
    for start in range(0, len(every), MOST_AT_ONCE):
        yield every[start : start + MOST_AT_ONCE]
