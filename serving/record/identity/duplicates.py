"""Leads that may be one person: suggested with the evidence, until somebody decides.

Pairs are of the leads themselves, and shown of those that stand for them, so that a merge takes
suggestions away and its undoing brings them back.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    delete,
    func,
    or_,
    select,
    tuple_,
)

from serving.record.database.database import put
from serving.record.leads.leads import parts_of
from serving.record.schema import duplicate, lead, uncompared

Place = tuple[float, int, int]
"""Where a page ended: a pair's strength and the numbers of its leads."""


class FoundPair(NamedTuple):
    """Two leads themselves that may be one person; `first` is the smaller number."""

    first: int
    second: int
    email: bool
    phone: bool
    name_company: float | None
    strength: float


class Suggestion(NamedTuple):
    """Two leads that stand for themselves and may be one person.

    Attributes:
        kept: Id of the older one.
        joined: Id of the other.
        email: They have the same address.
        phone: They have the same number.
        name_company: How alike their names are, at one company; None where they are not.
        strength: How much that tells; the strongest come first.
    """

    kept: str
    joined: str
    email: bool
    phone: bool
    name_company: float | None
    strength: float


def want_comparison(connection: Connection, numbers: Collection[int], now: int) -> None:
    """Note that leads' contacts are to be compared with those of others."""
    rows = [{"lead": number, "since": now} for number in sorted(numbers)]
    put(connection, uncompared, rows, update=["since"])


def waiting(connection: Connection) -> int:
    """Return how many leads are to be compared."""
    return connection.execute(select(func.count()).select_from(uncompared)).scalar_one()


def any_uncompared(connection: Connection) -> bool:
    """Tell whether any lead is to be compared."""
    return connection.execute(select(uncompared.c.lead).limit(1)).first() is not None


def take_uncompared(connection: Connection, most: int) -> list[int]:
    """Return the numbers of the leads that wait longest, and note them as compared.

    Several workers get different ones.
    """
    columns = uncompared.c
    rows = connection.execute(
        select(columns.lead)
        .order_by(columns.since, columns.lead)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    numbers = list(rows.scalars())
    connection.execute(delete(uncompared).where(columns.lead.in_(numbers)))
    return numbers


def suggest(connection: Connection, pairs: Collection[FoundPair]) -> None:
    """Note pairs with their evidence; what was said of them before stays."""
    rows = [{**pair._asdict(), "different": False} for pair in sorted(pairs, key=lambda p: p[:2])]
    put(connection, duplicate, rows, update=["email", "phone", "name_company", "strength"])


def tell_apart(connection: Connection, one: int, other: int) -> bool:
    """Note that two leads are different people, and return whether that is news."""
    first, second = sorted((one, other))
    known = select(duplicate.c.different).where(
        duplicate.c.first == first, duplicate.c.second == second
    )
    if connection.execute(known).scalar_one_or_none():
        return False
    pair = FoundPair(first, second, email=False, phone=False, name_company=None, strength=0.0)
    put(connection, duplicate, [{**pair._asdict(), "different": True}], update=["different"])
    return True


def told_apart(connection: Connection, root: int, others: Collection[int]) -> set[int]:
    """Return which leads are said to be another person than one; all stand for themselves."""
    parts = parts_of(connection, {root, *others})
    mine = [number for number, stands in parts.items() if stands == root]
    pairs = connection.execute(
        select(duplicate.c.first, duplicate.c.second).where(duplicate.c.different, _of(mine))
    )
    return {parts.get(number, root) for pair in pairs for number in pair} - {root}


def list_duplicates(
    connection: Connection, of_lead: int | None, after: Place | None, limit: int
) -> tuple[list[Suggestion], Place | None]:
    """Return a page of suggestions, the strongest first, and where it ended; None on the last.

    Args:
        connection: Reading.
        of_lead: Number of a lead that stands for itself; None means all.
        after: Where the page before ended.
        limit: At most so many.
    """
    pairs = _pairs(None if of_lead is None else list(parts_of(connection, [of_lead])))
    low, high = lead.alias("low"), lead.alias("high")
    statement = (
        select(
            pairs.c.strength, low.c.number, high.c.number,
            low.c.created, high.c.created, low.c.lead_id, high.c.lead_id,
            pairs.c.email, pairs.c.phone, pairs.c.name_company, pairs.c.strength,
        )
        .join(low, low.c.number == pairs.c.low)
        .join(high, high.c.number == pairs.c.high)
        .where(low.c.kind == "lead", high.c.kind == "lead")
    )  # fmt: skip
    if after is not None:
        strength, first, second = after
        later = tuple_(low.c.number, high.c.number) > tuple_(first, second)
        as_strong = and_(pairs.c.strength == strength, later)
        statement = statement.where(or_(pairs.c.strength < strength, as_strong))
    order = (pairs.c.strength.desc(), low.c.number, high.c.number)
    order = (pairs.c.strength.desc(), low.c.number, high.c.number)
    rows = connection.execute(statement.order_by(*order).limit(limit + 1)).all()
    found = [_suggestion(*row[3:7], row[7:]) for row in rows[:limit]]
    return found, tuple(rows[limit - 1][:3]) if len(rows) > limit else None


def _pairs(numbers: list[int] | None) -> Subquery:
    """Return the pairs of leads that stand for themselves, each once with all its evidence.

    Pairs of leads of which any two are said to be different people are left out.
    """
    first, second = lead.alias("first"), lead.alias("second")
    low = case((first.c.root < second.c.root, first.c.root), else_=second.c.root)
    high = case((first.c.root < second.c.root, second.c.root), else_=first.c.root)
    columns = duplicate.c
    pairs = (
        select(
            low.label("low"),
            high.label("high"),
            func.max(cast(columns.email, Integer)).label("email"),
            func.max(cast(columns.phone, Integer)).label("phone"),
            func.max(columns.name_company).label("name_company"),
            func.max(columns.strength).label("strength"),
        )
        .join(first, first.c.number == columns.first)
        .join(second, second.c.number == columns.second)
        .where(first.c.root != second.c.root)
        .group_by(low, high)
        .having(func.max(cast(columns.different, Integer)) == 0)
    )
    return (pairs if numbers is None else pairs.where(_of(numbers))).subquery()


def _of(numbers: list[int]) -> ColumnElement[bool]:
    return or_(duplicate.c.first.in_(numbers), duplicate.c.second.in_(numbers))


def _suggestion(
    created: int, other_created: int, lead_id: str, other_id: str, found: Sequence[Any]
) -> Suggestion:
    """Return a suggestion that keeps the lead that was there before the other."""
    email, phone, name_company, strength = found
    kept, joined = (lead_id, other_id) if created <= other_created else (other_id, lead_id)
    return Suggestion(kept, joined, bool(email), bool(phone), name_company, strength)
