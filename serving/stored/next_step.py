"""What to do next with leads of the record."""

from collections.abc import Sequence

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.next_action import NextAction, next_action
from serving.lifecycle.situation import Situation
from serving.model.reference import Grade
from serving.record.leads.events import newest_events
from serving.record.leads.leads import parts_of
from serving.stored.standing import Standing


def next_actions(
    connection: Connection,
    lifecycle: Lifecycle,
    scored: Sequence[tuple[Standing, tuple[float, Grade] | None]],
    now: int,
) -> list[NextAction]:
    """Return what to do next with leads, in order.

    Args:
        connection: Reading.
        lifecycle: The agreement.
        scored: Where leads stand now, each with its probability and grade, which may be those of
            its current score; None where it has none.
        now: Microseconds since 1970.
    """
    # Without a basis for profiling, what a lead did is not looked at.
    allowed = [one.lead.number for one, _ in scored if one.facts.consent]
    parts = parts_of(connection, allowed)
    newest = newest_events(connection, parts, now)
    return [
        next_action(
            Situation(
                stage=one.facts.position.stage,
                since=one.facts.position.since,
                now=now,
                consent=one.facts.consent,
                contactable=one.facts.contactable,
                probability=None if score is None else score[0],
                grade=None if score is None else score[1],
                bar=one.facts.threshold,
                newest=newest.get(one.lead.number, {}),
            ),
            lifecycle.next_action,
            lifecycle.handover,
        )
        for one, score in scored
    ]
