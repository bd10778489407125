"""Leads moved along the agreement, each move written, audited and told in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection

from features.contract.lead import moment
from features.contract.mistake import MistakeError
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.criteria import Facts
from serving.lifecycle.moves import Wish, allowed_way, moves_by_rule
from serving.lifecycle.stages import Stage, cause_of
from serving.record.access.audits import note_audit
from serving.record.leads.leads import StoredLead, leads_by_number, touch
from serving.record.leads.roots import lock_roots
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.queue.outbox import Message, add_messages
from serving.record.scores.work_list import place_leads
from serving.scoring.scoring import Scoring
from serving.stored.owning import take_up
from serving.stored.scoring import StoredScores
from serving.stored.standing import Standing, standings, stands

STAGE_CHANGED = "stage.changed"

BY_RULE = "rule"
"""Who it was where a rule moved a lead."""


class MovedMeanwhileError(MistakeError):
    """A lead that is not where somebody thinks; the message says who moved it, whereto and when."""


class Asked(NamedTuple):
    """A move that somebody asks for.

    Attributes:
        wish: Whereto, in which role, and why.
        expected: Where they think that the lead is.
        by: Who; an id, no name.
        note: Free text.
        somebody: Whether that is a person, who owns the lead then; a key is none.
    """

    wish: Wish
    expected: Stage
    by: str
    note: str | None
    somebody: bool = True


def move_by_rules(
    connection: Connection, lifecycle: Lifecycle, here: Sequence[Standing], now: int
) -> list[Standing]:
    """Move leads that were just scored as far as rules do, and return where they stand then.

    Args:
        connection: Writing; nobody else moves these leads meanwhile.
        lifecycle: The agreement.
        here: Where they stand, with their scores.
        now: Microseconds since 1970.
    """
    moves = [(one, _entries_by_rule(lifecycle, one)) for one in here]
    moved = [(one.lead, entry) for one, entries in moves for entry in entries]
    write_moves(connection, moved, BY_RULE, now)
    after = [_after(lifecycle, one, entries) for one, entries in moves]
    place_leads(
        connection,
        {
            one.lead.number: (one.facts.position.stage, lifecycle.use_case(one.facts.profile))
            for one in after
        },
    )
    return after


def move(
    connection: Connection,
    scores: StoredScores,
    scoring: Scoring,
    lead: StoredLead,
    asked: Asked,
    now: int,
) -> StageEntry:
    """Move a lead as somebody asks, and return what the record keeps of it.

    Args:
        connection: Writing.
        scores: Of the record.
        scoring: The model and the rules.
        lead: That stands for itself.
        asked: The move.
        now: Microseconds since 1970.

    Raises:
        MovedMeanwhileError: The lead is not where it is thought to be.
        MistakeError: The agreement does not allow it; see `allowed_way`.
    """
    root = lock_roots(connection, [lead.number])[lead.number]
    leads = leads_by_number(connection, [root])
    outcomes = scores.outcomes(connection, scoring, leads, now, None)
    said = list(zip(leads, outcomes, strict=True))
    [one] = standings(connection, scores.lifecycle, scores.policy, said, now)
    if one.facts.position.stage != asked.expected:
        raise MovedMeanwhileError(_moved(one))
    way = allowed_way(scores.lifecycle, one.facts, asked.wish)
    entry = _entry(scores.lifecycle, one, asked.expected, way.to, asked.by, 0)._replace(
        role=asked.wish.role, reason=asked.wish.reason, note=asked.note
    )
    write_moves(connection, [(one.lead, entry)], asked.by, now)
    place_leads(connection, {root: (way.to, entry.use_case)})
    if asked.somebody:
        take_up(connection, one.lead, asked.wish, asked.by, now)
    touch(connection, [root], now)
    return entry


def write_moves(
    connection: Connection, moves: Sequence[tuple[StoredLead, StageEntry]], actor: str, now: int
) -> None:
    """Write moves of leads, note them in the audit, and tell of them."""
    if moves:
        add_stages(connection, [entry for _, entry in moves], now)
    for _, entry in moves:
        note_move(connection, entry, actor, now)
    add_messages(connection, [message_of(lead, entry, now) for lead, entry in moves], now)


def note_move(connection: Connection, entry: StageEntry, actor: str, now: int) -> None:
    """Note in the audit that a lead was moved."""
    said = [f"{entry.came_from or 'unknown'} -> {entry.stage}", f"as {entry.role}", entry.reason]
    note_audit(connection, now, actor, "moved", entry.lead, ", ".join(filter(None, said)))


def message_of(lead: StoredLead, entry: StageEntry, now: int) -> Message:
    """Return what is told of a move; no note, which may hold personal data."""
    data = {
        "lead_id": lead.lead_id,
        "account_id": lead.account_id,
        "old": entry.came_from,
        "new": entry.stage,
        "cause": cause_of(entry.role),
        "role": entry.role,
        "by": entry.source,
        "reason": entry.reason,
        "allowed": entry.allowed,
        "agreement": entry.agreement,
        "probability": entry.probability,
        "grade": entry.grade,
    }
    timestamp = moment(now).isoformat()
    payload = {"type": STAGE_CHANGED, "timestamp": timestamp, "data": data}
    return Message(STAGE_CHANGED, lead.number, payload)


def _entries_by_rule(lifecycle: Lifecycle, one: Standing) -> list[StageEntry]:
    return [
        _entry(lifecycle, one, origin, way.to, BY_RULE, step)._replace(role="rule")
        for step, (origin, way) in enumerate(moves_by_rule(lifecycle, one.facts))
    ]


def _after(lifecycle: Lifecycle, one: Standing, entries: Sequence[StageEntry]) -> Standing:
    history = [*one.history, *entries]
    position = stands(lifecycle, one.lead, history)
    contacted = None if entries else one.contacted
    facts = replace(one.facts, position=position)
    return one._replace(facts=facts, history=history, contacted=contacted)


def _entry(
    lifecycle: Lifecycle, one: Standing, origin: Stage, to: Stage, by: str, step: int
) -> StageEntry:
    """Return a move that the agreement allows; `step` counts those of one moment."""
    facts: Facts = one.facts
    # After whatever was said before, also where another clock is ahead.
    last = one.history[-1].at + 1 if one.history else 0
    return StageEntry(
        lead=one.lead.number,
        stage=to,
        at=max(facts.now, last) + step,
        source=by,
        came_from=origin,
        allowed=True,
        agreement=lifecycle.name,
        use_case=lifecycle.use_case(facts.profile),
        probability=None if facts.score is None else facts.score.probability,
        grade=None if facts.score is None else facts.score.grade,
    )


def _moved(one: Standing) -> str:
    stage = one.facts.position.stage
    if not one.history:
        return f"the lead is in stage {stage}, where it began; look again"
    last = one.history[-1]
    at = moment(last.at).isoformat(timespec="seconds")
    return f"{last.source} ({last.role}) moved the lead to {last.stage} at {at}; look again"
