"""Events of the record: each once, by its sender's id or else by all that it says."""

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from features.contract.lead import Event, moment
from serving.record.database.database import insert_new
from serving.record.database.membership import among
from serving.record.schema import event

_c = event.c
_KNOWN = select(_c.lead, _c.type, _c.occurred, _c.recorded, _c.value, _c.item, _c.event_id).where(
    among(_c.lead, "numbers"), _c.recorded <= bindparam("as_of")
)

_CAME = (
    select(_c.lead)
    .where(among(_c.lead, "numbers"), _c.received == bindparam("received"))
    .distinct()
)

_NEWEST = (
    select(_c.lead, _c.type, func.max(_c.occurred))
    .where(
        among(_c.lead, "numbers"),
        _c.occurred < bindparam("as_of"),
        _c.recorded <= bindparam("as_of"),
    )
    .group_by(_c.lead, _c.type)
)

_OF_TYPES = select(_c.lead, _c.type, _c.event_id, _c.occurred, _c.received, _c.item).where(
    among(_c.lead, "numbers"),
    among(_c.type, "types"),
    _c.occurred > bindparam("after"),
    _c.occurred <= bindparam("as_of"),
    _c.recorded <= bindparam("as_of"),
)

_BY_SENDER, _BY_DIGEST = "=", "#"


class NewEvent(NamedTuple):
    """An event that the record may not have yet.

    Attributes:
        lead: Number of the lead.
        type: Such as ``demo_request``.
        event_id: The sender's, None if it has none.
        occurred: Microseconds since 1970.
        recorded: When it could be known, microseconds since 1970.
        value: None if it has none.
        item: None if it has none.
        source: Who sent it.
    """

    lead: int
    type: str
    event_id: str | None
    occurred: int
    recorded: int
    value: float | None
    item: str | None
    source: str


class RecentEvent(NamedTuple):
    """An event of which somebody may be alerted; moments are microseconds since 1970.

    Attributes:
        lead: Number of the lead of which it was told.
        type: Such as ``demo_request``.
        event_id: The record's own; of a lead and a type, no other has it.
        occurred: When it happened.
        received: When it came in.
        item: None if it has none.
    """

    lead: int
    type: str
    event_id: str
    occurred: int
    received: int
    item: str | None


def recent_events(
    connection: Connection, numbers: Collection[int], types: Collection[str], after: int, as_of: int
) -> list[RecentEvent]:
    """Return events of some types that happened after a moment and are known at another one.

    Args:
        connection: Reading.
        numbers: Of leads, each for itself.
        types: Of events.
        after: Microseconds since 1970.
        as_of: Microseconds since 1970.
    """
    asked = {"numbers": sorted(numbers), "types": sorted(types), "after": after, "as_of": as_of}
    return [RecentEvent(*row) for row in connection.execute(_OF_TYPES, asked)]


def add_events(connection: Connection, events: Iterable[NewEvent], received: int) -> int:
    """Add events that are not there yet, and return how many were not.

    Args:
        connection: Writing.
        events: Of one type with one id, or with all values the same, the first counts.
        received: Microseconds since 1970.
    """
    rows = [{**new._asdict(), "event_id": _identified(new), "received": received} for new in events]
    rows.sort(key=lambda row: (row["lead"], row["type"], row["event_id"]))
    return insert_new(connection, event, rows)


def leads_that_did(connection: Connection, numbers: Collection[int], received: int) -> set[int]:
    """Return those of some leads of whom events came in at a moment, microseconds since 1970."""
    found = connection.execute(_CAME, {"numbers": numbers, "received": received})
    return set(found.scalars())


def events_of(
    connection: Connection, parts: Mapping[int, int], as_of: int
) -> dict[int, list[Event]]:
    """Return the events that were recorded by a moment, by the number of the lead that stands.

    Args:
        connection: Reading.
        parts: By number of each lead, for which it stands.
        as_of: Microseconds since 1970.
    """
    found: dict[int, list[Event]] = {root: [] for root in parts.values()}
    rows = connection.execute(_KNOWN, {"numbers": sorted(parts), "as_of": as_of})
    for number, event_type, occurred, recorded, value, item, event_id in rows:
        sent = sent_id(event_id)
        found[parts[number]].append(
            Event(event_type, moment(occurred), moment(recorded), value, item, sent)
        )
    return found


def newest_events(
    connection: Connection, parts: Mapping[int, int], as_of: int
) -> dict[int, dict[str, int]]:
    """Return when leads last did what, by the number of the lead that stands and type of event.

    Args:
        connection: Reading.
        parts: By number of each lead, for which it stands.
        as_of: Microseconds since 1970; what happened or was recorded later is not known.
    """
    found: dict[int, dict[str, int]] = {root: {} for root in parts.values()}
    rows = connection.execute(_NEWEST, {"numbers": sorted(parts), "as_of": as_of})
    for number, event_type, occurred in rows:
        known = found[parts[number]]
        known[event_type] = max(occurred, known.get(event_type, occurred))
    return found


def sent_id(event_id: str) -> str | None:
    """Return the sender's id of a stored event, None if it has none."""
    return event_id[1:] if event_id[0] == _BY_SENDER else None


def _identified(new: NewEvent) -> str:
    if new.event_id is not None:
        return _BY_SENDER + new.event_id
    said = repr((new.occurred, new.value, new.item)).encode()
    return _BY_DIGEST + blake2b(said, digest_size=12).hexdigest()
