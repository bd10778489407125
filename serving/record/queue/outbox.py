"""Messages to the outside, written in the transaction of what they tell, and sent afterwards."""

import secrets
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, select, update

from serving.record.schema import delivery, outbox, webhook

LEASE_US = 120_000_000
"""For so long whoever has taken a delivery is its only sender."""

WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"

Shape = Literal["standard", "slack", "teams", "mail"]
"""What a message looks like at a receiver."""


class Message(NamedTuple):
    """A message to tell.

    Attributes:
        type: Such as `score.changed`.
        lead: Number of the lead.
        payload: What is told.
        targets: Only receivers for one of these, or for all; None is every receiver.
    """

    type: str
    lead: int | None
    payload: dict[str, Any]
    targets: tuple[str, ...] | None = None


class Delivery(NamedTuple):
    """A message on its way to one receiver.

    Attributes:
        outbox: Number of the message.
        webhook: Number of the receiver.
        message_id: The same on every attempt.
        url: Of the receiver.
        shape: What the message looks like there.
        secret: To sign with.
        payload: What is sent.
        attempts: This one included.
        lead: Number of the lead that it is of.
    """

    outbox: int
    webhook: int
    message_id: str
    url: str
    shape: Shape
    secret: str
    payload: dict[str, Any]
    attempts: int
    lead: int | None


def add_messages(connection: Connection, messages: Sequence[Message], now: int) -> None:
    """Put messages into the outbox, for every receiver that wants their type."""
    if not messages:
        return
    rows = [
        {
            "type": message.type, "lead": message.lead, "payload": message.payload,
            "message_id": f"msg_{secrets.token_urlsafe(18)}", "created": now,
        }
        for message in messages
    ]  # fmt: skip
    numbers = connection.execute(
        outbox.insert().returning(outbox.c.number, sort_by_parameter_order=True), rows
    ).scalars()
    where = webhook.c.disabled.is_(None)
    columns = (webhook.c.number, webhook.c.events, webhook.c.targets)
    receivers = connection.execute(select(*columns).where(where)).all()
    deliveries = [
        {"outbox": number, "webhook": receiver, "state": WAITING, "attempts": 0, "due": now}
        for number, message in zip(numbers, messages, strict=True)
        for receiver, types, targets in receivers
        if message.type in types and _is_for(message, targets)
    ]
    if deliveries:
        connection.execute(delivery.insert(), deliveries)


def _is_for(message: Message, targets: list[str] | None) -> bool:
    return (
        message.targets is None or targets is None or not set(message.targets).isdisjoint(targets)
    )


def claim_deliveries(connection: Connection, now: int, limit: int) -> list[Delivery]:
    """Take deliveries that are due, so that nobody else sends them for a while."""
    due = connection.execute(
        select(delivery.c.outbox, delivery.c.webhook)
        .where(delivery.c.state == WAITING, delivery.c.due <= now)
        .order_by(delivery.c.due)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    found = []
    for message, receiver in due:
        key = (delivery.c.outbox == message, delivery.c.webhook == receiver)
        taken = {"due": now + LEASE_US, "attempts": delivery.c.attempts + 1}
        connection.execute(update(delivery).where(*key).values(taken))
        row = connection.execute(
            select(
                outbox.c.number, webhook.c.number, outbox.c.message_id, webhook.c.url,
                webhook.c.shape, webhook.c.secret, outbox.c.payload, delivery.c.attempts,
                outbox.c.lead,
            )
            .join_from(delivery, outbox, outbox.c.number == delivery.c.outbox)
            .join(webhook, webhook.c.number == delivery.c.webhook)
            .where(*key)
        ).one()  # fmt: skip
        found.append(Delivery(*row))
    return found


def settle_delivery(
    connection: Connection, sent: Delivery, state: str, answer: str, due: int
) -> None:
    """Note how an attempt ended.

    Args:
        connection: Writing.
        sent: The attempt.
        state: `WAITING` for another one, `DELIVERED` or `DEAD`.
        answer: Status or fault.
        due: When the next attempt is, microseconds since 1970.
    """
    key = (delivery.c.outbox == sent.outbox, delivery.c.webhook == sent.webhook)
    values = {"state": state, "answer": answer, "due": due}
    connection.execute(update(delivery).where(*key).values(values))


def replay(connection: Connection, receiver: int, since: int, now: int) -> int:
    """Send again what a receiver was to get since a moment, also what is dead; return how many."""
    numbers = connection.execute(
        select(outbox.c.number)
        .join(delivery, delivery.c.outbox == outbox.c.number)
        .where(delivery.c.webhook == receiver, outbox.c.created >= since)
    ).scalars()
    again = list(numbers)
    where = (delivery.c.webhook == receiver, delivery.c.outbox.in_(again))
    values = {"state": WAITING, "attempts": 0, "due": now}
    connection.execute(update(delivery).where(*where).values(values))
    return len(again)
