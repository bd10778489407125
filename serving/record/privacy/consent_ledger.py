"""All that was ever said of what may be done with a lead's data, and what of it stands."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.schema import consent

Ground = tuple[str, str]
"""A purpose, and the basis on which it is allowed."""


class Entry(NamedTuple):
    """An entry of the ledger; `lead` is the number of the lead itself, `at` microseconds."""

    lead: int
    purpose: str
    basis: str
    given: bool
    source: str
    wording: str | None
    proof: str | None
    at: int


def ledger_of(connection: Connection, numbers: Collection[int]) -> list[Entry]:
    """Return all entries of some leads, the newest first."""
    columns = [consent.c[name] for name in Entry._fields]
    rows = connection.execute(
        select(*columns)
        .where(among(consent.c.lead, "numbers"))
        .order_by(consent.c.at.desc(), consent.c.number.desc()),
        {"numbers": numbers},
    )
    return [Entry(*row) for row in rows]


def standing(entries: Iterable[Entry]) -> set[Ground]:
    """Return what stands of the entries of one person, the newest first.

    Of each lead that turned out to be that person the newest entry counts, and a withdrawal by any
    of them holds for all.
    """
    newest: dict[tuple[int, Ground], bool] = {}
    for one in entries:
        newest.setdefault((one.lead, (one.purpose, one.basis)), one.given)
    said = {ground for _, ground in newest}
    withdrawn = {ground for (_, ground), given in newest.items() if not given}
    return said - withdrawn
