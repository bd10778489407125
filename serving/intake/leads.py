"""A lead as a sender tells it, taken into the record whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from features.contract.lead import ContractError, ProfileValue
from features.contract.personal import holds_email
from serving.intake.contact import IDENTIFYING, canonical_contacts, derived_facts
from serving.record.contacts import add_contacts, visitors_with
from serving.record.leads import (
    Kind,
    NewLead,
    StoredLead,
    add_leads,
    describe_lead,
    find_lead,
    touch,
)
from serving.record.merges import join_leads
from serving.record.profiles import add_values, profiles


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
    lead = find_lead(connection, told.lead_id)
    assert lead is not None, "it was added"
    news = _described(connection, lead, told, kind, now)
    news |= add_contacts(connection, lead.number, contacts, now)
    news |= _joined(connection, lead.number, contacts, now)
    facts = {**told.profile, **derived_facts(contacts)}
    if told.whole:
        before = profiles(connection, {lead.number: lead.number}, now).get(lead.number, {})
        facts = {**dict.fromkeys(before), **facts}
    news |= add_values(
        connection,
        lead.number,
        facts,
        occurred=told.occurred,
        recorded=told.recorded,
        received=now,
        source=told.source,
    )
    if news or lead.changed == now:
        touch(connection, [lead.number], now)
    found = find_lead(connection, told.lead_id)
    assert found is not None, "it is there"
    return found


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
    describe_lead(connection, lead.number, kind=kind, created=created, account_id=account, now=now)
    return True


def _joined(connection: Connection, number: int, contacts: Mapping[str, str], now: int) -> bool:
    """Let the lead stand for the visitors that turn out to be it."""
    visitors = {
        visitor
        for kind in IDENTIFYING & contacts.keys()
        for visitor in visitors_with(connection, kind, contacts[kind])
    }
    for visitor in sorted(visitors - {number}):
        join_leads(connection, number, visitor, "identified", now)
    return bool(visitors)
