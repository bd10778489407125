"""Contacts as leads are compared by them: of some leads, and of the first that share one."""

from collections.abc import Collection, Mapping
from typing import Literal

from sqlalchemy import Connection, func, select

from serving.record.database.database import insert_new
from serving.record.database.membership import among
from serving.record.schema import company_mark, contact

Kind = Literal["email", "phone", "firm", "domain"]
"""What leads are found by: `firm` and `domain` are of namesakes at one company."""

ContactsByKind = dict[str, set[str]]

_CONTACTS = select(contact.c.lead, contact.c.kind, contact.c.value).where(
    among(contact.c.lead, "numbers")
)
_OF_COMPANIES = frozenset({"firm", "domain"})


def add_marks(connection: Connection, marks: Mapping[int, Collection[tuple[Kind, str]]]) -> None:
    """Note by what the namesakes of leads at their companies are found, by number of the lead."""
    rows = [
        {"lead": number, "kind": kind, "value": value}
        for number in sorted(marks)
        for kind, value in sorted(marks[number])
    ]
    insert_new(connection, company_mark, rows)


def contacts_of(connection: Connection, numbers: Collection[int]) -> dict[int, ContactsByKind]:
    """Return the contacts of leads themselves, by number and kind."""
    found: dict[int, ContactsByKind] = {number: {} for number in numbers}
    rows = connection.execute(_CONTACTS, {"numbers": numbers})
    for number, kind, value in rows:
        found[number].setdefault(kind, set()).add(value)
    return found


def first_with(
    connection: Connection, kind: Kind, values: Collection[str], most: int
) -> dict[str, list[int]]:
    """Return by value the numbers of the first leads themselves that have one.

    Args:
        connection: Reading.
        kind: Of contact, or of the mark of a company.
        values: In their canonical form.
        most: So many leads of each value.
    """
    columns = (company_mark if kind in _OF_COMPANIES else contact).c
    place = func.row_number().over(partition_by=columns.value, order_by=columns.lead)
    ranked = (
        select(columns.value, columns.lead, place.label("place"))
        .where(columns.kind == kind, among(columns.value, "values"))
        .subquery()
    )
    first = select(ranked.c.value, ranked.c.lead).where(ranked.c.place <= most)
    found: dict[str, list[int]] = {}
    for value, number in connection.execute(first.order_by(ranked.c.lead), {"values": values}):
        found.setdefault(value, []).append(number)
    return found
