"""What waits in the record: messages to send, leads to score again."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from serving.record.queue.outbox import DEAD, WAITING
from serving.record.schema import delivery, lead, outbox


class Backlog(NamedTuple):
    """What waits, and since when; moments are microseconds since 1970, None where nothing waits.

    Attributes:
        messages: On their way to a receiver of changes.
        oldest_message: When the oldest of them was written.
        dead: Messages that are not tried any more.
        leads: Due to be scored again.
        oldest_lead: When the first of them was due.
    """

    messages: int
    oldest_message: int | None
    dead: int
    leads: int
    oldest_lead: int | None


def backlog(connection: Connection) -> Backlog:
    """Return what waits now."""
    messages, oldest_message = connection.execute(
        select(func.count(), func.min(outbox.c.created))
        .join_from(delivery, outbox, outbox.c.number == delivery.c.outbox)
        .where(delivery.c.state == WAITING)
    ).one()
    dead = select(func.count()).select_from(delivery).where(delivery.c.state == DEAD)
    leads, oldest_lead = connection.execute(
        select(func.count(), func.min(lead.c.due)).where(
            lead.c.due.is_not(None), lead.c.number == lead.c.root
        )
    ).one()
    return Backlog(messages, oldest_message, connection.scalar(dead) or 0, leads, oldest_lead)
