"""The Segment tracking protocol, as existing senders speak it, taken into the record.

Who is identified becomes a lead where they can be reached, and stays a visitor otherwise. A message
is known by its `messageId`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from features.contract.lead import ContractError, ProfileValue
from serving.intake.contact import canonical_contacts, is_reachable
from serving.intake.events import Whose, known_leads, take_events, visitor_id
from serving.intake.leads import ToldLead, take_lead
from serving.intake.segment_message import (
    Message,
    Refused,
    event_of,
    facts_of,
    is_fact,
    occurred_at,
    whose_of,
)
from serving.record.identity.merges import join_leads
from serving.record.leads.leads import leads_by_number
from serving.record.leads.roots import roots_of

SOURCE = "segment"


def take_messages(
    connection: Connection, messages: Sequence[tuple[int, Message]], now: int
) -> tuple[int, list[Refused]]:
    """Write messages; return how many events were new, and the messages that were not kept.

    Args:
        connection: Writing.
        messages: With their positions, in the order they came.
        now: Microseconds since 1970, when they were received.
    """
    events, refused = [], []
    for index, message in messages:
        try:
            if message.type in ("track", "page", "screen"):
                events.append(event_of(message, now))
            else:
                _CALLS[message.type](connection, message, now)
        except ContractError as error:
            refused.append(Refused(index, error.field, error.message))
    stored = take_events(connection, events, now, SOURCE).stored if events else 0
    return stored, refused


def _identify(connection: Connection, message: Message, now: int) -> None:
    contact, profile = facts_of(message.told)
    if message.user_id:
        contact["user_id"] = message.user_id
    if message.anonymous_id:
        contact["anonymous_id"] = message.anonymous_id
    told = _lead(connection, message, now, profile, contact)
    reachable = is_reachable(canonical_contacts(contact, "traits"))
    take_lead(connection, told, now, kind="lead" if reachable else "visitor")


def _group(connection: Connection, message: Message, now: int) -> None:
    if not message.group_id:
        raise ContractError("groupId", "is missing")
    traits = message.told
    profile = {f"company_{name}": value for name, value in traits.items() if is_fact(name, value)}
    told = _lead(connection, message, now, profile, {})
    told = replace(told, account_id=message.group_id, account_told=True)
    take_lead(connection, told, now, kind="visitor")


def _alias(connection: Connection, message: Message, now: int) -> None:
    if not message.previous_id:
        raise ContractError("previousId", "is missing")
    before = [Whose("user_id", message.previous_id), Whose("anonymous_id", message.previous_id)]
    found = known_leads(connection, {whose_of(message), *before})
    told = _lead(connection, message, now, {}, {"user_id": message.user_id})
    own = take_lead(connection, told, now, kind="visitor")
    [kept] = leads_by_number(connection, roots_of(connection, [own.number]).values())
    known = [found[whose] for whose in before if whose in found]
    for joined in sorted({*roots_of(connection, known).values()} - {kept.number}):
        # Whoever is a lead stands for whoever is not.
        [other] = leads_by_number(connection, [joined])
        if (other.kind, kept.kind) == ("lead", "visitor"):
            join_leads(connection, joined, kept.number, SOURCE, now)
            kept = other
        else:
            join_leads(connection, kept.number, joined, SOURCE, now)


def _lead(
    connection: Connection,
    message: Message,
    now: int,
    profile: Mapping[str, ProfileValue],
    contact: Mapping[str, str | None],
) -> ToldLead:
    whose = whose_of(message)
    found = known_leads(connection, {whose}).get(whose)
    if found is not None:
        [lead] = leads_by_number(connection, [found])
        lead_id = lead.lead_id
    else:
        lead_id = whose.value if whose.kind == "user_id" else visitor_id(whose)
    return ToldLead(
        lead_id=lead_id,
        created=None,
        account_id=None,
        account_told=False,
        profile=profile,
        contact=contact,
        occurred=occurred_at(message, now),
        recorded=now,
        source=SOURCE,
    )


_CALLS = {"identify": _identify, "group": _group, "alias": _alias}
