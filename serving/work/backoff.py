"""When something that could not be sent is tried again, ever later, until it is given up."""

from typing import NamedTuple

from serving.metrics import Outcome
from serving.record.queue.outbox import DEAD, WAITING

SECOND_US = 1_000_000

PAUSES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each further attempt, as Standard Webhooks proposes."""


class Attempt(NamedTuple):
    """How an attempt to send ended.

    Attributes:
        delivered: Whether it was taken.
        answer: Status or fault.
        final: Whether asking again would be of no use.
        retry_after: Seconds that the receiver asks to wait.
    """

    delivered: bool
    answer: str
    final: bool = False
    retry_after: float = 0.0


def next_attempt(attempts: int, now: int, at_least: float = 0.0) -> int | None:
    """Return when to try again, microseconds since 1970; None where it is time to give up.

    Args:
        attempts: So far, at least one.
        now: Microseconds since 1970.
        at_least: Seconds that the receiver asks to wait.
    """
    if attempts > len(PAUSES):
        return None
    return now + round(max(PAUSES[attempts - 1], at_least) * SECOND_US)


def outcome_of(state: str) -> Outcome:
    """Return what metrics call an attempt that left what was to be sent in a state."""
    if state == WAITING:
        return "failed"
    return "dead" if state == DEAD else "delivered"
