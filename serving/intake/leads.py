"""A lead as a sender tells it, taken into the record whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from features.contract.lead import ContractError, ProfileValue
from features.contract.personal import holds_email
from serving.intake.company import company_facts, tells_company
from serving.intake.contact import IDENTIFYING, canonical_contacts, derived_facts
from serving.intake.duplicates import note_contacts
from serving.record.contacts import add_contacts, visitors_with
from serving.record.duplicates import told_apart
from serving.record.leads import (
    Kind,
    NewLead,
    StoredLead,
    add_leads,
    describe_lead,
    find_lead,
    leads_by_number,
    touch,
)
from serving.record.merges import join_leads
from serving.record.profiles import add_values, profiles
from serving.record.roots import own_numbers, roots_of

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
    """Write what is told of a lead, and return it; the same told twice changes nothing.

    Args:
        connection: Writing.
        told: By the sender.
        now: Microseconds since 1970.
        kind: What it is at least; a lead does not become a visitor again.

    Raises:
        ContractError: A contact that nobody can be reached at, or an address among the profile.
    """
    contacts = canonical_contacts(told.contact, "contact")
    for name, value in told.profile.items():
        if isinstance(value, str) and holds_email(value):
            raise ContractError(
                f"profile.{name}", "holds an e-mail address; send it as contact.email"
            )
    created = told.created if told.created is not None else told.occurred
    add_leads(connection, [NewLead(told.lead_id, kind, created)], now)
    [own] = leads_by_number(connection, list(own_numbers(connection, [told.lead_id]).values()))
    news = _described(connection, own, told, kind, now)
    if add_contacts(connection, own.number, contacts, now):
        note_contacts(connection, own.number, now)
        news = True
    news |= _joined(connection, own.number, contacts, now)
    news |= add_values(
        connection,
        own.number,
        _facts(connection, own.number, told, contacts, now),
        occurred=told.occurred,
        recorded=told.recorded,
        source=told.source,
    )
    if news or own.changed == now:
        touch(connection, [own.number], now)
    found = find_lead(connection, told.lead_id)
    assert found is not None, "it is there"
    return found


def _facts(
    connection: Connection, number: int, told: ToldLead, contacts: Mapping[str, str], now: int
) -> dict[str, ProfileValue]:
    """Return the profile that is told with what is derived of it; None takes a value back."""
    own = {number: number}
    facts = {**told.profile, **derived_facts(contacts)}
    if told.whole:
        left_out = dict.fromkeys(profiles(connection, own, now).get(number, {}))
        return {**left_out, **company_facts(told.profile), **facts}
    if not tells_company(told.profile):
        return facts
    stays = profiles(connection, own, told.recorded).get(number, {})
    return {**company_facts(told.profile, stays), **facts}


def _described(
    connection: Connection, lead: StoredLead, told: ToldLead, least: Kind, now: int
) -> bool:
    """Note creation, account and whether it is a lead; return whether any of it was news."""
    kind: Kind = "lead" if "lead" in (least, lead.kind) else "visitor"
    created = lead.created if told.created is None else told.created
    account = told.account_id if told.account_told else lead.account_id
    if (lead.kind, lead.created, lead.account_id) == (kind, created, account):
        return False
    # Who worked with it before is due a new score as well.
    touch(connection, [lead.number], now)
    describe_lead(connection, lead.number, kind=kind, created=created, account_id=account)
    return True


def _joined(connection: Connection, number: int, contacts: Mapping[str, str], now: int) -> bool:
    """Let the lead stand for the visitors that turn out to be it."""
    visitors: set[int] = set()
    for kind in sorted(IDENTIFYING & contacts.keys()):
        visitors |= visitors_with(connection, kind, contacts[kind])
    if visitors:
        root = roots_of(connection, [number])[number]
        visitors -= {root} | told_apart(connection, root, visitors)
    joined = [join_leads(connection, number, one, IDENTIFIED, now) for one in sorted(visitors)]
    return any(joined)
