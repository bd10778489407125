"""A lead as a sender tells it, taken into the record whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from features.contract.lead import ContractError, ProfileValue
from features.contract.personal import holds_email
from serving.intake.company import company_facts, tells_company
from serving.intake.contact import IDENTIFYING, canonical_contacts, derived_facts
from serving.intake.duplicates import note_contacts
from serving.record.identity.contacts import add_contacts, visitors_with
from serving.record.identity.duplicates import told_apart
from serving.record.identity.merges import join_leads
from serving.record.leads.leads import (
    Kind,
    NewLead,
    StoredLead,
    add_leads,
    describe_leads,
    own_leads,
    touch,
)
from serving.record.leads.profiles import NewValues, add_values, profiles
from serving.record.leads.roots import roots_of

IDENTIFIED = "identified"
"""Who decides that a visitor is a lead: the visitor, by telling who it is."""


@dataclass(frozen=True, slots=True)
class ToldLead:
    """What a sender tells of a lead.

    Attributes:
        lead_id: The sender's id.
        created: When it became a lead, microseconds since 1970; None leaves it.
        account_id: Its company; `account_told` says whether None means that it has none.
        account_told: Whether the account was told.
        profile: Values by field; None takes one back.
        contact: By kind.
        whole: Whether fields that are not told are taken back.
        occurred: When all this became true, microseconds since 1970.
        recorded: When it could be known, microseconds since 1970.
        source: Who tells it.
    """

    lead_id: str
    created: int | None
    account_id: str | None
    account_told: bool
    profile: Mapping[str, ProfileValue]
    contact: Mapping[str, str | None] = field(default_factory=dict)
    whole: bool = False
    occurred: int = 0
    recorded: int = 0
    source: str = "api"


def take_lead(connection: Connection, told: ToldLead, now: int, kind: Kind = "lead") -> StoredLead:
    """Write what is told of a lead, and return the lead itself; told twice, nothing changes.

    Args:
        connection: Writing.
        told: By the sender.
        now: Microseconds since 1970.
        kind: What it is at least; a lead does not become a visitor again.

    Raises:
        ContractError: A contact that nobody can be reached at, or an address among the profile.
    """
    [lead] = take_leads(connection, [told], now, kind)
    return lead


def take_leads(
    connection: Connection, told: Sequence[ToldLead], now: int, kind: Kind = "lead"
) -> list[StoredLead]:
    """Write what is told of different leads, and return the leads themselves, in order.

    Args:
        connection: Writing.
        told: No two of them of one lead.
        now: As of `take_lead`.
        kind: As of `take_lead`.

    Raises:
        ContractError: As of `take_lead`.
    """
    canonical = [checked_contacts(one) for one in told]
    created = [one.occurred if one.created is None else one.created for one in told]
    new = [NewLead(one.lead_id, kind, at) for one, at in zip(told, created, strict=True)]
    add_leads(connection, new, now)
    leads = _own(connection, told)
    contacts = {lead.number: some for lead, some in zip(leads, canonical, strict=True)}
    news = {lead.number for lead in leads if lead.changed == now}
    news |= _described(connection, leads, told, kind, now)
    named = add_contacts(connection, contacts, now)
    note_contacts(connection, named, now)
    news |= named | _joined(connection, contacts, now)
    news |= add_values(connection, _values(connection, leads, told, contacts, now))
    touch(connection, news, now)
    return _own(connection, told)


def checked_contacts(told: ToldLead) -> dict[str, str]:
    """Return the canonical contacts of a lead that can be taken.

    Raises:
        ContractError: As of `take_lead`.
    """
    if told.account_id is not None and holds_email(told.account_id):
        raise ContractError("account_id", "holds an e-mail address; send the company's id")
    for name, value in told.profile.items():
        if holds_email(name):
            raise ContractError("profile", "has a field whose name holds an e-mail address")
        if isinstance(value, str) and holds_email(value):
            raise ContractError(
                f"profile.{name}", "holds an e-mail address; send it as contact.email"
            )
    return canonical_contacts(told.contact, "contact")


def _own(connection: Connection, told: Sequence[ToldLead]) -> list[StoredLead]:
    found = own_leads(connection, [one.lead_id for one in told])
    return [found[one.lead_id] for one in told]


def _described(
    connection: Connection,
    leads: Sequence[StoredLead],
    told: Sequence[ToldLead],
    least: Kind,
    now: int,
) -> set[int]:
    """Note creation, account and whether they are leads; return of whom any of it was news."""
    described = [
        lead._replace(
            kind="lead" if "lead" in (least, lead.kind) else "visitor",
            created=lead.created if one.created is None else one.created,
            account_id=one.account_id if one.account_told else lead.account_id,
        )
        for lead, one in zip(leads, told, strict=True)
    ]
    news = [new for lead, new in zip(leads, described, strict=True) if new != lead]
    numbers = {new.number for new in news}
    # Who worked with them before is due a new score as well; with who will work with them, in one
    # go, since writers that touch the same leads wait for each other in one order.
    companies = {new.account_id for new in news if new.account_id is not None}
    touch(connection, numbers, now, companies)
    describe_leads(connection, news, now)
    return numbers


def _joined(
    connection: Connection, contacts: Mapping[int, Mapping[str, str]], now: int
) -> set[int]:
    """Let leads stand for the visitors that turn out to be them; return who does."""
    found = [
        (visitor, number)
        for kind in sorted(IDENTIFYING)
        for visitor, number in _visitors(connection, kind, contacts)
    ]
    roots = roots_of(connection, {number for _, number in found})
    joined: set[int] = set()
    for visitor, number in sorted(found):
        apart = told_apart(connection, roots[number], {visitor})
        if visitor != roots[number] and visitor not in joined | apart:
            join_leads(connection, number, visitor, IDENTIFIED, now)
            joined.add(visitor)
    return {number for visitor, number in found if visitor in joined}


def _visitors(
    connection: Connection, kind: str, contacts: Mapping[int, Mapping[str, str]]
) -> list[tuple[int, int]]:
    """Return the visitors with a contact that leads have, each with the first such lead."""
    owners: dict[str, int] = {}
    for number, by_kind in contacts.items():
        if kind in by_kind:
            owners.setdefault(by_kind[kind], number)
    if not owners:
        return []
    visitors = visitors_with(connection, kind, owners)
    return [(visitor, owners[value]) for visitor, value in visitors]


def _values(
    connection: Connection,
    leads: Sequence[StoredLead],
    told: Sequence[ToldLead],
    contacts: Mapping[int, Mapping[str, str]],
    now: int,
) -> list[NewValues]:
    """Return the profile values that are told, derived, and taken back by not being told."""
    known = _known(connection, leads, told)
    return [
        NewValues(
            lead.number,
            _facts(one, known.get(lead.number, {}), contacts[lead.number]),
            one.occurred,
            one.recorded,
            now,
            one.source,
        )
        for lead, one in zip(leads, told, strict=True)
    ]


def _known(
    connection: Connection, leads: Sequence[StoredLead], told: Sequence[ToldLead]
) -> dict[int, dict[str, ProfileValue]]:
    """Return what is known of leads by then, where what is told bears on it."""
    by_moment: dict[int, list[int]] = {}
    for lead, one in zip(leads, told, strict=True):
        if one.whole or tells_company(one.profile):
            by_moment.setdefault(one.recorded, []).append(lead.number)
    known: dict[int, dict[str, ProfileValue]] = {}
    for moment, numbers in by_moment.items():
        known |= profiles(connection, {number: number for number in numbers}, moment)
    return known


def _facts(
    told: ToldLead, known: Mapping[str, ProfileValue], contacts: Mapping[str, str]
) -> dict[str, ProfileValue]:
    """Return the profile that is told with what is derived of it; None takes a value back."""
    facts = {**told.profile, **derived_facts(contacts)}
    if told.whole:
        return {**dict.fromkeys(known), **company_facts(told.profile), **facts}
    return {**company_facts(told.profile, known), **facts} if tells_company(told.profile) else facts
