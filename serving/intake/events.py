"""What leads did, taken into the record: by the lead's id or by any contact it is known by."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection

from serving.record.identity.contacts import add_contacts, find_by_contact
from serving.record.leads.events import NewEvent, add_events, leads_that_did
from serving.record.leads.leads import NewLead, add_leads, touch
from serving.record.leads.roots import own_numbers


class Whose(NamedTuple):
    """Whom something is told of.

    Attributes:
        kind: `lead_id`, or a kind of contact.
        value: In its canonical form.
    """

    kind: str
    value: str


class ToldEvent(NamedTuple):
    """An event as a sender tells it; moments are microseconds since 1970."""

    whose: Whose
    type: str
    event_id: str | None
    occurred: int
    recorded: int
    value: float | None
    item: str | None


class Taken(NamedTuple):
    """What became of events.

    Attributes:
        stored: How many are new.
        known: How many were there already.
    """

    stored: int
    known: int


def take_events(connection: Connection, told: Sequence[ToldEvent], now: int, source: str) -> Taken:
    """Write events, and return how many were new; the same told twice changes nothing.

    Whoever is not known yet is kept as a visitor until somebody tells who it is.

    Args:
        connection: Writing.
        told: In any order.
        now: Microseconds since 1970.
        source: Who tells it.
    """
    numbers = numbers_of(connection, told, now)
    events = [
        NewEvent(
            numbers[event.whose], event.type, event.event_id, event.occurred, event.recorded,
            event.value, event.item, source,
        )
        for event in told
    ]  # fmt: skip
    stored = add_events(connection, events, now)
    news = set(numbers.values())
    if stored < len(events):
        news = leads_that_did(connection, news, now)
    touch(connection, news, now)
    return Taken(stored, len(events) - stored)


def numbers_of(connection: Connection, told: Sequence[ToldEvent], now: int) -> dict[Whose, int]:
    """Return the number of each lead that events are of; visitors are added.

    What was told once has the same number however leads were joined since, so that it is known.
    """
    first: dict[Whose, int] = {}
    for event in told:
        first[event.whose] = min(first.get(event.whose, event.occurred), event.occurred)
    found = known_leads(connection, set(first))
    left = {whose: visitor_id(whose) for whose in first if whose not in found}
    add_leads(connection, [NewLead(left[whose], "visitor", first[whose]) for whose in left], now)
    added = own_numbers(connection, set(left.values()))
    found |= {whose: added[lead_id] for whose, lead_id in left.items()}
    named = {found[whose]: {whose.kind: whose.value} for whose in left if whose.kind != "lead_id"}
    add_contacts(connection, named, now)
    return found


def known_leads(connection: Connection, asked: set[Whose]) -> dict[Whose, int]:
    """Return the number of each lead itself that is known; a `user_id` may be a lead's own id."""
    by_kind: dict[str, list[str]] = {}
    for whose in asked:
        by_kind.setdefault(whose.kind, []).append(whose.value)
    found: dict[Whose, int] = {}
    for kind, values in by_kind.items():
        if kind == "lead_id":
            numbers = own_numbers(connection, values)
        else:
            numbers = find_by_contact(connection, kind, values)
            if kind == "user_id":
                left = [value for value in values if value not in numbers]
                numbers |= own_numbers(connection, left)
        found |= {Whose(kind, value): number for value, number in numbers.items()}
    return found


def visitor_id(whose: Whose) -> str:
    """Return the id of a visitor, which tells nobody the contact it is known by."""
    if whose.kind in ("lead_id", "user_id"):
        return whose.value
    return contact_id("visitor", whose)


def contact_id(prefix: str, whose: Whose) -> str:
    """Return an id for whoever is known by a contact, which it tells nobody."""
    digest = blake2b(f"{whose.kind}:{whose.value}".encode(), digest_size=16).hexdigest()
    return f"{prefix}-{digest}"
