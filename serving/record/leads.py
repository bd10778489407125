"""Leads of the record: who stands for whom, and what happened to them since.

What is told of an id stays with the lead of that id, so that a merge can be undone; what is asked
of it is answered by the lead that stands for it.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple, TypeVar

from sqlalchemy import (
    Alias,
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)

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
        account_id: Its own, or the first of those it stands for; None if it is an account of its
            own.
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


def account_of(root: Table | Alias) -> ColumnElement[str | None]:
    """Return the company of leads: their own, or else the first of those they stand for."""
    part = lead.alias()
    of_part = (
        select(part.c.account_id)
        .where(part.c.root == root.c.number, part.c.account_id.is_not(None))
        .order_by(part.c.number)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(root.c.account_id, of_part)


LEAD_FIELDS = [
    account_of(lead) if name == "account_id" else lead.c[name] for name in StoredLead._fields
]
"""What `StoredLead` is made of, in its order."""


def find_leads(connection: Connection, lead_ids: Collection[str]) -> dict[str, StoredLead]:
    """Return by id the leads that stand for ids; an id that is not known is left out."""
    asked = lead.alias("asked")
    found: dict[str, StoredLead] = {}
    for some in chunks(lead_ids):
        rows = connection.execute(
            select(asked.c.lead_id, *LEAD_FIELDS)
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
        rows = connection.execute(select(*LEAD_FIELDS).where(lead.c.number.in_(some)))
        found += [StoredLead(*row) for row in rows]
    return sorted(found, key=lambda one: one.lead_id)


def add_leads(connection: Connection, leads: Iterable[NewLead], now: int) -> None:
    """Add the leads whose ids are not known; each stands for itself."""
    rows = [{**new._asdict(), "root": 0, "changed": now} for new in sorted(leads)]
    if insert_new(connection, lead, rows):
        own = update(lead).where(lead.c.root == 0).values(root=lead.c.number)
        connection.execute(own)


def describe_lead(
    connection: Connection,
    number: int,
    *,
    kind: Kind,
    created: int,
    account_id: str | None,
) -> None:
    """Change what a lead is; whoever stands for a lead is one as well."""
    values = {"kind": kind, "created": created, "account_id": account_id}
    connection.execute(update(lead).where(lead.c.number == number).values(values))
    if kind == "lead":
        root = select(lead.c.root).where(lead.c.number == number).scalar_subquery()
        connection.execute(update(lead).where(lead.c.number == root).values(kind=kind))


def parts_of(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number of each lead that is part of the given ones, for which it stands."""
    parts: dict[int, int] = {}
    for some in chunks(numbers):
        rows = connection.execute(select(lead.c.number, lead.c.root).where(lead.c.root.in_(some)))
        parts |= {row[0]: row[1] for row in rows}
    return parts


def members_of(connection: Connection, account_ids: Collection[str]) -> dict[str, set[int]]:
    """Return by account the numbers of its leads, of those that stand for others alone."""
    part = lead.alias("part")
    members: dict[str, set[int]] = {}
    for some in chunks(account_ids):
        rows = connection.execute(
            select(account_of(lead), lead.c.number)
            .join(part, part.c.root == lead.c.number)
            .where(part.c.account_id.in_(some))
        )
        for account_id, number in rows:
            members.setdefault(account_id, set()).add(number)
    # A lead stands for one company, also where those that it stands for are of several.
    return {account_id: members[account_id] for account_id in account_ids if account_id in members}


def touch(connection: Connection, numbers: Collection[int], now: int) -> None:
    """Note that something happened to leads: they, and who works with them, are due a new score.

    Args:
        connection: Writing.
        numbers: Of leads, whoever stands for them.
        now: Microseconds since 1970.
    """
    roots, fellows = _touched(connection, numbers)
    # Always another moment than before: a score that is under way does not cover this.
    due = case((lead.c.due >= now, lead.c.due + 1), else_=now)
    # Writers that touch the same leads wait for each other in one order.
    for some in chunks(sorted(roots | fellows)):
        lock_leads(connection, some)
        connection.execute(update(lead).where(lead.c.number.in_(some)).values(due=due))
    for some in chunks(sorted(roots | set(numbers))):
        connection.execute(update(lead).where(lead.c.number.in_(some)).values(changed=now))


def _touched(connection: Connection, numbers: Collection[int]) -> tuple[set[int], set[int]]:
    """Return the numbers of who stands for leads, and of who stands for those they work with."""
    part, fellow = lead.alias("part"), lead.alias("fellow")
    roots: set[int] = set()
    fellows: set[int] = set()
    for some in chunks(numbers):
        rows = connection.execute(
            select(lead.c.root, fellow.c.root)
            .join(part, part.c.root == lead.c.root)
            .outerjoin(fellow, fellow.c.account_id == part.c.account_id)
            .where(lead.c.number.in_(some))
            .distinct()
        )
        for root, other in rows:
            roots.add(root)
            fellows.add(root if other is None else other)
    return roots, fellows


def lock_leads(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number which lead stands for it; others cannot change these until we are done.

    They can still add what hangs on them.
    """
    rows = connection.execute(
        select(lead.c.number, lead.c.root)
        .where(lead.c.number.in_(numbers))
        .order_by(lead.c.number)
        .with_for_update(key_share=True)
    )
    return {row[0]: row[1] for row in rows}


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
