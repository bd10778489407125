"""Stages as a CRM tells them: believed, since it is the CRM's outcomes that models learn from.

Whether the agreement has such a way is noted beside it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.moves import has_way
from serving.record.leads.leads import StoredLead, leads_by_number, parts_of
from serving.record.leads.roots import lock_roots
from serving.record.lifecycle.stages import StageEntry, add_stages, stages_of
from serving.record.queue.outbox import add_messages
from serving.record.scores.work_list import move_in_list
from serving.stored.moving import message_of, note_move
from serving.stored.standing import stands


class ToldStage(NamedTuple):
    """A stage that a CRM tells.

    Attributes:
        lead: Number of the lead itself.
        stage: As the CRM calls it.
        at: Since when, microseconds since 1970.
        source: Who tells it.
        again: Whether it may be repeated with every change of the lead; it is news then only if it
            is not what the CRM said last.
    """

    lead: int
    stage: str
    at: int
    source: str
    again: bool


def tell_stages(
    connection: Connection, lifecycle: Lifecycle, told: Sequence[ToldStage], actor: str, now: int
) -> int:
    """Write stages that a CRM tells, and return how many were news.

    Args:
        connection: Writing.
        lifecycle: The agreement.
        told: In any order.
        actor: Who tells it, for the audit.
        now: Microseconds since 1970.
    """
    roots = lock_roots(connection, {one.lead for one in told})
    leads = {lead.number: lead for lead in leads_by_number(connection, set(roots.values()))}
    histories = stages_of(connection, parts_of(connection, list(leads)))
    before = {n: stands(lifecycle, lead, histories.get(n, [])) for n, lead in leads.items()}
    new = []
    for one in told:
        history = histories.setdefault(roots[one.lead], [])
        if not _is_known(history, one):
            entry = _entry(lifecycle, leads[roots[one.lead]], history, one)
            new.append(entry)
            history.append(entry)
            history.sort(key=lambda known: known.at)
    add_stages(connection, new, now)
    for entry in new:
        note_move(connection, entry, actor, now)
    after = {n: stands(lifecycle, lead, histories.get(n, [])) for n, lead in leads.items()}
    moved = [
        (lead, histories[n][-1]) for n, lead in leads.items() if after[n].stage != before[n].stage
    ]
    move_in_list(connection, {lead.number: after[lead.number].stage for lead, _ in moved})
    add_messages(connection, [message_of(lead, entry, now) for lead, entry in moved], now)
    return len(new)


def _is_known(history: Sequence[StageEntry], one: ToldStage) -> bool:
    own = [entry for entry in history if entry.lead == one.lead]
    if any((entry.stage, entry.at) == (one.stage, one.at) for entry in own):
        return True
    said = [entry.stage for entry in own if entry.role == "crm" and entry.at <= one.at]
    return one.again and said[-1:] == [one.stage]


def _entry(
    lifecycle: Lifecycle, lead: StoredLead, history: Sequence[StageEntry], one: ToldStage
) -> StageEntry:
    earlier = [entry for entry in history if entry.at <= one.at]
    origin, to = stands(lifecycle, lead, earlier).stage, lifecycle.called(one.stage)
    return StageEntry(
        lead=one.lead,
        stage=one.stage,
        at=one.at,
        source=one.source,
        came_from=origin,
        allowed=origin == to is not None or has_way(lifecycle, origin, to, "crm"),
        agreement=lifecycle.name,
    )
