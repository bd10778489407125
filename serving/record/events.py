"""Events of the record: each once, by its sender's id or else by all that it says."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection, select

from features.contract.lead import Event, moment
from serving.record.database import inserted
from serving.record.leads import chunks
from serving.record.schema import event

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


def add_events(connection: Connection, events: Iterable[NewEvent], received: int) -> list[int]:
    """Add events that are not there yet, and return the number of the lead of each.

    Args:
        connection: Writing.
        events: Of one type with one id, or with all values the same, the first counts.
        received: Microseconds since 1970.
    """
    rows = [{**new._asdict(), "event_id": _identified(new), "received": received} for new in events]
    rows.sort(key=lambda row: (row["lead"], row["type"], row["event_id"]))
    return inserted(connection, event, rows)


def events_of(
    connection: Connection, parts: Mapping[int, int], as_of: int
) -> dict[int, list[Event]]:
    """Return the events that were recorded by a moment, by the number of the lead that stands.

    Args:
        connection: Reading.
        parts: By number of each lead, for which it stands.
        as_of: Microseconds since 1970.
    """
    columns = event.c
    found: dict[int, list[Event]] = {root: [] for root in parts.values()}
    for some in chunks(sorted(parts)):
        rows = connection.execute(
            select(
                columns.lead, columns.type, columns.occurred, columns.recorded,
                columns.value, columns.item, columns.event_id,
            ).where(columns.lead.in_(some), columns.recorded <= as_of)
        )  # fmt: skip
        for number, event_type, occurred, recorded, value, item, event_id in rows:
            sent = event_id[1:] if event_id[0] == _BY_SENDER else None
            found[parts[number]].append(
                Event(event_type, moment(occurred), moment(recorded), value, item, sent)
            )
    return found


def _identified(new: NewEvent) -> str:
    if new.event_id is not None:
        return _BY_SENDER + new.event_id
    said = repr((new.occurred, new.value, new.item)).encode()
    return _BY_DIGEST + blake2b(said, digest_size=12).hexdigest()
