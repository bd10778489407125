"""Who is told of changes."""

import base64
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, ScalarSelect, delete, func, select, update

from serving.record.queue.outbox import DEAD, WAITING, Shape
from serving.record.schema import delivery, webhook


class Webhook(NamedTuple):
    """A receiver.

    Attributes:
        number: The record's own.
        url: Where messages go.
        events: Types of messages.
        created: Microseconds since 1970.
        disabled: Why nothing is sent any more; None while it is.
        waiting: Messages on their way.
        dead: Messages that were given up.
        shape: What messages look like.
        targets: Of alerts; None takes all.
        fault: What the newest attempt that failed ended with, while its message waits.
    """

    number: int
    url: str
    events: tuple[str, ...]
    created: int
    disabled: str | None
    waiting: int
    dead: int
    shape: Shape
    targets: tuple[str, ...] | None
    fault: str | None


def add_webhook(
    connection: Connection,
    url: str,
    events: Sequence[str],
    now: int,
    shape: Shape = "standard",
    targets: Sequence[str] | None = None,
) -> tuple[int, str]:
    """Add a receiver; return its number and the secret it checks signatures with."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    values = {
        "url": url, "secret": secret, "events": list(events), "created": now, "shape": shape,
        "targets": None if targets is None else list(targets),
    }  # fmt: skip
    statement = webhook.insert().values(values).returning(webhook.c.number)
    return int(connection.execute(statement).scalar_one()), secret


def list_webhooks(connection: Connection) -> list[Webhook]:
    """Return all receivers, the oldest first."""

    def count(state: str) -> ScalarSelect[int]:
        where = (delivery.c.webhook == webhook.c.number, delivery.c.state == state)
        return select(func.count()).select_from(delivery).where(*where).scalar_subquery()

    fault = (
        select(delivery.c.answer)
        .where(
            delivery.c.webhook == webhook.c.number,
            delivery.c.state == WAITING,
            delivery.c.answer.is_not(None),
        )
        .order_by(delivery.c.due.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            webhook.c.number, webhook.c.url, webhook.c.events, webhook.c.created,
            webhook.c.disabled, count(WAITING), count(DEAD), webhook.c.shape, webhook.c.targets,
            fault,
        ).order_by(webhook.c.number)
    )  # fmt: skip
    return [
        Webhook(*row)._replace(
            events=tuple(row.events), targets=None if row.targets is None else tuple(row.targets)
        )
        for row in rows
    ]


def remove_webhook(connection: Connection, number: int) -> bool:
    """Remove a receiver and what is on its way; return whether it was there."""
    statement = delete(webhook).where(webhook.c.number == number).returning(webhook.c.number)
    return connection.execute(statement).first() is not None


def disable_webhook(connection: Connection, number: int, why: str) -> None:
    """Send a receiver nothing any more; what is on its way is given up."""
    connection.execute(update(webhook).where(webhook.c.number == number).values(disabled=why))
    where = (delivery.c.webhook == number, delivery.c.state == WAITING)
    connection.execute(update(delivery).where(*where).values(state=DEAD, answer=why))
