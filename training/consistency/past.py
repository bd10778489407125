"""The record as it stood at a past moment: what it had been told by then.

What a sender says about when something could be known is one clock, when it came in is another; a
score knew what had come in.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from features.contract.lead import ProfileValue
from serving.record.database.membership import among
from serving.record.leads.profiles import Known, newest
from serving.record.schema import event, profile_value
from training.consistency.descriptions import Descriptions, ever_members
from training.consistency.roots import Roots

SETTLING_US = 30 * 1_000_000
"""What comes in so shortly before or after a score may or may not have been seen by it."""

_MOST_BORDERS = 20


class StoredEvent(NamedTuple):
    """An event as it is stored; moments are microseconds since 1970."""

    type: str
    occurred: int
    recorded: int
    value: float | None
    item: str | None
    event_id: str
    received: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a score of a lead had to go by.

    Attributes:
        created: Microseconds since 1970.
        account_id: None if it had none.
        profile: Values by field, None where one was taken back.
        events: Its own.
        company_events: Those of the others of its account.
    """

    created: int
    account_id: str | None
    profile: dict[str, ProfileValue]
    events: list[StoredEvent]
    company_events: list[StoredEvent]


class Past:
    """Some leads, and all who ever bore on their scores."""

    def __init__(
        self, connection: Connection, roots: Roots, numbers: Collection[int], *, companies: bool
    ) -> None:
        """Read all that was ever told of them.

        Args:
            connection: Reading.
            roots: Who stood for whom.
            numbers: Of leads.
            companies: Whether events of others of the same account matter.
        """
        self._roots = roots
        own = {part for number in numbers for part in roots.ever(number)}
        self._members: dict[str, set[int]] = {}
        if companies:
            said = Descriptions(connection, own)
            accounts = {account for number in own for account in said.accounts(number)}
            self._members = {
                account: {root for number in members for root in roots.stand_ins(number)}
                for account, members in ever_members(connection, accounts).items()
            }
        everyone = {*numbers}.union(*self._members.values())
        parts = {part for number in everyone for part in roots.ever(number)}
        self._said = Descriptions(connection, parts)
        self._events: dict[int, list[StoredEvent]] = {}
        for number, *row in _rows(connection, event, StoredEvent._fields, parts):
            self._events.setdefault(number, []).append(StoredEvent(*row))
        self._values: dict[int, list[tuple[str, Known]]] = {}
        for number, field, *row in _rows(connection, profile_value, ("field", *Known._fields), own):
            self._values.setdefault(number, []).append((field, Known(*row)))

    def seen(self, number: int, as_of: int, by: int) -> Seen | None:
        """Return what a score had to go by; None if there was no such lead.

        Args:
            number: Of the lead.
            as_of: Microseconds since 1970.
            by: What had come in by then was seen, microseconds since 1970.
        """
        said = self._said.at(number, by)
        if self._roots.root(number, by) != number or said.created > as_of:
            return None
        parts = self._roots.parts(number, by)
        values = (
            (field, known)
            for part in parts
            for field, known in self._values.get(part, ())
            if known.received <= by and known.recorded <= as_of
        )
        account_id = self._account_of(number, by)
        others = self._colleagues(number, account_id, by)
        return Seen(
            said.created,
            account_id,
            {field: known.value for field, known in newest(values).items()},
            list(self._told(parts, by)),
            [one for other in others for one in self._told(self._roots.parts(other, by), by)],
        )

    def borders(self, number: int, as_of: int) -> list[int]:
        """Return moments up to which a score may have seen what came in, the likeliest first.

        What is told is stamped when it arrives, and seen once it is written: what came just before
        a score may be missing from it, and what came just after may be in it.
        """
        bearing = self._bearing(number)
        told = {one.received for n in bearing for one in self._events.get(n, ())}
        told |= {known.received for n in bearing for _, known in self._values.get(n, ())}
        told = told.union(*(self._roots.moments(n) for n in bearing))
        told = told.union(*(self._said.moments(n) for n in bearing))
        before = [moment - 1 for moment in told if as_of - SETTLING_US < moment <= as_of]
        after = [moment for moment in told if as_of < moment <= as_of + SETTLING_US]
        nearest = sorted([*before, *after], key=lambda border: abs(border - as_of))
        return [as_of, *nearest[:_MOST_BORDERS]]

    def _bearing(self, number: int) -> set[int]:
        own = self._roots.ever(number)
        accounts = {account for part in own for account in self._said.accounts(part)}
        found = {number}.union(*(self._members.get(account, ()) for account in accounts))
        return {part for n in found for part in self._roots.ever(n)}

    def _colleagues(self, number: int, account_id: str | None, by: int) -> list[int]:
        """Return who else stood for themselves in an account at a moment."""
        if account_id is None:
            return []
        return sorted(
            other
            for other in self._members.get(account_id, set()) - {number}
            if self._roots.root(other, by) == other and self._account_of(other, by) == account_id
        )

    def _account_of(self, number: int, by: int) -> str | None:
        """Return the account of a lead at a moment: its own, or else the first of its parts."""
        parts = (number, *self._roots.parts(number, by))
        accounts = (self._said.at(part, by).account_id for part in parts)
        return next((account for account in accounts if account is not None), None)

    def _told(self, parts: Iterable[int], by: int) -> Iterator[StoredEvent]:
        return (one for n in parts for one in self._events.get(n, ()) if one.received <= by)


def _rows(
    connection: Connection, table: Table, columns: Iterable[str], numbers: Collection[int]
) -> Iterator[Any]:
    """Yield the number of a lead and further columns of all that a table has of leads."""
    wanted = select(table.c.lead, *(table.c[name] for name in columns))
    of_them = wanted.where(among(table.c.lead, "numbers"))
    yield from connection.execute(of_them, {"numbers": numbers})
