"""Leads of the record: who stands for whom, and what happened to them since.

What is told of an id stays with the lead of that id, so that a merge can be undone; what is asked
of it is answered by the lead that stands for it.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

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

from serving.record.database.database import insert_new, is_embedded
from serving.record.database.membership import among
from serving.record.schema import former_lead, lead

Kind = Literal["lead", "visitor"]


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

_asked, _part = lead.alias("asked"), lead.alias("part")
_OWN = [lead.c[name] for name in StoredLead._fields]
_BY_OWN_ID = select(*_OWN).where(among(lead.c.lead_id, "lead_ids"))
_BY_ID = (
    select(_asked.c.lead_id, *LEAD_FIELDS)
    .join(lead, lead.c.number == _asked.c.root)
    .where(among(_asked.c.lead_id, "lead_ids"))
)
_BY_NUMBER = select(*LEAD_FIELDS).where(among(lead.c.number, "numbers"))
_PARTS = select(lead.c.number, lead.c.root).where(among(lead.c.root, "roots"))
_DESCRIBED = select(
    lead.c.number.label("lead"), lead.c.kind, lead.c.created, lead.c.account_id
).where(among(lead.c.number, "numbers"))
_DESCRIBE = (
    update(lead)
    .where(lead.c.number == bindparam("of"))
    .values({name: bindparam(name) for name in ("kind", "created", "account_id")})
)

_of_asked = among(_asked.c.number, "numbers")
_roots = select(_asked.c.root).where(_of_asked)
_STAND = update(lead).where(lead.c.number.in_(_roots)).values(kind="lead")

_LOCK = (
    select(lead.c.number, lead.c.root)
    .where(among(lead.c.number, "numbers"))
    .order_by(lead.c.number)
    .with_for_update(key_share=True)
)
_COMPANIES = (
    select(_asked.c.root, _part.c.account_id)
    .join(_part, _part.c.root == _asked.c.root)
    .where(_of_asked)
    .distinct()
)
_FELLOWS = select(lead.c.root).where(among(lead.c.account_id, "account_ids")).distinct()

# Always another moment than before: a score that is under way does not cover this.
_due = case((lead.c.due.is_not(None), lead.c.due + 1), else_=bindparam("now"))
_TOUCH = (
    update(lead)
    .where(among(lead.c.number, "touched"))
    .values(
        due=case((lead.c.number == lead.c.root, _due), else_=lead.c.due),
        changed=case((among(lead.c.number, "happened"), bindparam("now")), else_=lead.c.changed),
    )
)
_MAKE_DUE = (
    update(lead)
    .where(among(lead.c.number, "numbers"), lead.c.due.is_(None))
    .values(due=bindparam("now"))
)


def own_leads(connection: Connection, lead_ids: Collection[str]) -> dict[str, StoredLead]:
    """Return by id the leads of these very ids, as they were told; an unknown id is left out."""
    rows = connection.execute(_BY_OWN_ID, {"lead_ids": lead_ids}).all()
    return {one.lead_id: one for one in (StoredLead(*row) for row in rows)}


def find_leads(connection: Connection, lead_ids: Collection[str]) -> dict[str, StoredLead]:
    """Return by id the leads that stand for ids; an id that is not known is left out."""
    rows = connection.execute(_BY_ID, {"lead_ids": lead_ids}).all()
    return {row[0]: StoredLead(*row[1:]) for row in rows}


def find_lead(connection: Connection, lead_id: str) -> StoredLead | None:
    """Return the lead that stands for an id, None where it is not known."""
    return find_leads(connection, [lead_id]).get(lead_id)


def leads_by_number(connection: Connection, numbers: Collection[int]) -> list[StoredLead]:
    """Return leads by their numbers, in the order of their ids."""
    rows = connection.execute(_BY_NUMBER, {"numbers": numbers}).all()
    return sorted((StoredLead(*row) for row in rows), key=lambda one: one.lead_id)


def add_leads(connection: Connection, leads: Iterable[NewLead], now: int) -> None:
    """Add the leads whose ids are not known; each stands for itself."""
    rows = [{**new._asdict(), "root": 0, "changed": now} for new in sorted(leads)]
    if insert_new(connection, lead, rows):
        own = update(lead).where(lead.c.root == 0).values(root=lead.c.number)
        connection.execute(own)


def describe_leads(connection: Connection, leads: Collection[StoredLead], now: int) -> None:
    """Change what leads are, and keep what they were said to be until now."""
    if not leads:
        return
    before = connection.execute(_DESCRIBED, {"numbers": [one.number for one in leads]}).mappings()
    insert_new(connection, former_lead, [{**row, "until": now} for row in before])
    rows = [
        {"of": one.number, "kind": one.kind, "created": one.created, "account_id": one.account_id}
        for one in leads
    ]
    connection.execute(_DESCRIBE, rows)
    # Whoever stands for a lead is one as well.
    connection.execute(_STAND, {"numbers": [one.number for one in leads if one.kind == "lead"]})


def parts_of(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number of each lead that is part of the given ones, for which it stands."""
    rows = connection.execute(_PARTS, {"roots": numbers}).all()
    return dict(tuple(row) for row in rows)


def touch(
    connection: Connection,
    numbers: Collection[int],
    now: int,
    companies_to_be: Collection[str] = (),
) -> None:
    """Note that something happened to leads: they, and who works with them, are due a new score.

    Args:
        connection: Writing.
        numbers: Of leads, whoever stands for them.
        now: Microseconds since 1970.
        companies_to_be: For which they will work; who works there is due, too.
    """
    if not numbers:
        return
    rows = connection.execute(_COMPANIES, {"numbers": numbers}).all()
    happened = {*numbers, *(root for root, _ in rows)}
    companies = {account_id for _, account_id in rows if account_id is not None}
    companies.update(companies_to_be)
    fellows = (
        connection.execute(_FELLOWS, {"account_ids": companies}).scalars() if companies else ()
    )
    touched = sorted(happened.union(fellows))
    if not is_embedded(connection):
        # Writers that touch the same leads wait for each other in one order.
        lock_leads(connection, touched)
    connection.execute(_TOUCH, {"touched": touched, "happened": happened, "now": now})


def lock_leads(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """Return by number which lead stands for it; others cannot change these until we are done.

    They can still add what hangs on them.
    """
    rows = connection.execute(_LOCK, {"numbers": numbers}).all()
    return dict(tuple(row) for row in rows)


def make_due(connection: Connection, numbers: Collection[int], now: int) -> None:
    """Let leads be scored again that are not to be anyway."""
    if numbers:
        lock_leads(connection, numbers)
        connection.execute(_MAKE_DUE, {"numbers": numbers, "now": now})


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
