"""What may be done with a lead's data: a ledger of bases given and withdrawn, with their proof."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.schema import consent

PROFILING = "profiling"
"""The purpose that a score needs."""

Ground = tuple[str, str]
"""A purpose, and the basis on which it is allowed."""

Said = TypeVar("Said")

_BASES = (
    select(consent.c.lead, consent.c.basis, consent.c.given)
    .where(
        among(consent.c.lead, "numbers"),
        consent.c.purpose == PROFILING,
        among(consent.c.basis, "bases"),
    )
    .order_by(consent.c.at, consent.c.number)
)


class NewConsent(NamedTuple):
    """One entry of the ledger.

    Attributes:
        purpose: Such as `profiling` or `newsletter`.
        basis: Such as `consent` or `legitimate_interest`.
        given: False where it was withdrawn, or objected to.
        source: Where it was given, such as `form:webinar`.
        wording: Version of what was agreed to.
        proof: How it can be shown, such as the id of a confirmed opt-in.
        at: When, microseconds since 1970.
    """

    purpose: str
    basis: str
    given: bool
    source: str
    wording: str | None
    proof: str | None
    at: int


Ledger = Sequence[tuple[int, NewConsent]]
"""Entries, each with the number of the lead itself, the oldest first."""


def add_consent(connection: Connection, number: int, new: NewConsent, now: int) -> bool:
    """Add an entry about a lead, and return whether it was not there yet."""
    return bool(add_consents(connection, [(number, new)], now))


def add_consents(
    connection: Connection, entries: Sequence[tuple[int, NewConsent]], now: int
) -> list[int]:
    """Add entries about leads, each with the lead's number; return the lead of each new one."""
    columns = [consent.c[name] for name in NewConsent._fields]
    rows = connection.execute(
        select(consent.c.lead, *columns).where(among(consent.c.lead, "numbers")),
        {"numbers": {number for number, _ in entries}},
    )
    known = {(number, NewConsent(*entry)) for number, *entry in rows}
    new = [entry for entry in dict.fromkeys(entries) if entry not in known]
    if new:
        values = [{**entry._asdict(), "lead": number, "recorded": now} for number, entry in new]
        connection.execute(consent.insert(), values)
    return [number for number, _ in new]


def ledger_of(connection: Connection, numbers: Collection[int]) -> Ledger:
    """Return the entries about leads, the oldest first."""
    columns = [consent.c[name] for name in NewConsent._fields]
    rows = connection.execute(
        select(consent.c.lead, *columns)
        .where(among(consent.c.lead, "numbers"))
        .order_by(consent.c.at, consent.c.number),
        {"numbers": numbers},
    )
    return [(number, NewConsent(*entry)) for number, *entry in rows]


def standing(ledger: Ledger) -> set[Ground]:
    """Return on what grounds something may be done, by the entries about one person."""
    newest = {(number, (one.purpose, one.basis)): one.given for number, one in ledger}
    return _standing(newest)


def is_said_again(connection: Connection, number: int, new: NewConsent, *, by_source: bool) -> bool:
    """Tell whether an entry says what was said last, by its own moment, of its purpose and basis.

    Args:
        connection: Reading.
        number: Of the lead.
        new: That may be no news.
        by_source: Whether only what its own source said counts, and not what anybody said.
    """
    rows = connection.execute(
        select(*(consent.c[name] for name in NewConsent._fields))
        .where(
            consent.c.lead == number,
            consent.c.purpose == new.purpose,
            consent.c.basis == new.basis,
            consent.c.at <= new.at,
            (consent.c.source == new.source) | (not by_source),
        )
        .order_by(consent.c.at.desc(), consent.c.number.desc())
        .limit(1)
    )
    return [NewConsent(*row)._replace(at=new.at) for row in rows] == [new]


def withdrawn_since(
    connection: Connection, numbers: Collection[int], purpose: str, since: int
) -> bool:
    """Tell whether any basis of a purpose was withdrawn from leads after a moment."""
    found = connection.execute(
        select(consent.c.number)
        .where(
            among(consent.c.lead, "numbers"),
            consent.c.purpose == purpose,
            consent.c.given.is_(False),
            consent.c.at > since,
        )
        .limit(1),
        {"numbers": list(numbers)},
    )
    return found.first() is not None


def without_basis(
    connection: Connection, parts: Mapping[int, int], bases: Collection[str]
) -> set[int]:
    """Return the numbers of the leads that no accepted basis for profiling stands for.

    Of each basis the newest entry counts.

    Args:
        connection: Reading.
        parts: By number of each lead, for which it stands.
        bases: That count.
    """
    rows = connection.execute(_BASES, {"numbers": sorted(parts), "bases": sorted(bases)})
    newest = {(number, (parts[number], basis)): given for number, basis, given in rows}
    allowed = {root for root, _ in _standing(newest)}
    return set(parts.values()) - allowed


def _standing(newest: Mapping[tuple[int, Said], bool]) -> set[Said]:
    """Return what was given and stands, by number of each lead and by what its newest entry says.

    Where leads turned out to be one person, a withdrawal by any of them holds for all.
    """
    withdrawn = {said for (_, said), given in newest.items() if not given}
    return {said for _, said in newest} - withdrawn
