"""What leads were said to be at past moments: since when they are leads, and of which company."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, literal, select, union_all

from serving.record.database.membership import among
from serving.record.schema import former_lead, lead

_PRESENT = 2**63 - 1

_EVERY = union_all(
    select(
        former_lead.c.lead.label("number"),
        former_lead.c.until,
        former_lead.c.created,
        former_lead.c.account_id,
    ),
    select(lead.c.number, literal(_PRESENT), lead.c.created, lead.c.account_id),
).subquery()


class Description(NamedTuple):
    """What a lead was said to be up to a moment; moments are microseconds since 1970."""

    until: int
    created: int
    account_id: str | None


class Descriptions:
    """What some leads were said to be, at any moment."""

    def __init__(self, connection: Connection, numbers: Collection[int]) -> None:
        """Read all that was said of leads, by their numbers."""
        self._said: dict[int, list[Description]] = {}
        columns = _EVERY.c
        every = select(_EVERY).where(among(columns.number, "numbers"))
        ordered = every.order_by(columns.number, columns.until)
        for number, *said in connection.execute(ordered, {"numbers": numbers}):
            self._said.setdefault(number, []).append(Description(*said))

    def at(self, number: int, moment: int) -> Description:
        """Return what a lead was said to be at a moment, microseconds since 1970."""
        return next(said for said in self._said[number] if moment < said.until)

    def moments(self, number: int) -> set[int]:
        """Return when a lead was told otherwise than before; never, of one that was not read."""
        return {said.until for said in self._said.get(number, ())} - {_PRESENT}

    def accounts(self, number: int) -> set[str]:
        """Return all accounts that a lead was ever said to be of."""
        return {said.account_id for said in self._said[number] if said.account_id is not None}


def ever_members(connection: Connection, accounts: Collection[str]) -> dict[str, set[int]]:
    """Return by account the numbers of all leads that were ever said to be of it."""
    found: dict[str, set[int]] = {}
    columns = _EVERY.c
    of_them = select(columns.account_id, columns.number).where(
        among(columns.account_id, "accounts")
    )
    for account, number in connection.execute(of_them, {"accounts": accounts}):
        found.setdefault(account, set()).add(number)
    return found
