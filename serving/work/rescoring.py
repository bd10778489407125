"""Leads scored again: soon after something happened to them, and once a day."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, select, update

from features.contract.lead import moment
from serving.metrics import count_alerts, count_rescored
from serving.model.reference import Grade
from serving.record.leads.leads import StoredLead, leads_by_number, settle_due
from serving.record.queue.clock_skew import put_right
from serving.record.queue.outbox import Message, add_messages
from serving.record.schema import current_score, lead
from serving.record.scores.scores import (
    CurrentScore,
    GivenScore,
    Giver,
    current_scores,
    give_scores,
    givers_of,
)
from serving.scoring.answer import Answer
from serving.scoring.scoring import Scoring
from serving.stored.alerting import alert_of_scored
from serving.stored.moving import move_by_rules
from serving.stored.scoring import StoredScores, given_score
from serving.stored.standing import standings

BATCH = 100
"""Leads of one transaction; nobody else can write to SQLite for as long."""

SETTLING_US = 1_000_000
"""What a lead does comes in several messages; it is scored once, soon after the first."""

FRESH_US = 24 * 3_600_000_000
"""A score older than this is asked again, since time alone changes it."""

CHANGED = "score.changed"


def rescore_due(scores: StoredScores, scoring: Scoring, now: int, settling: int = 0) -> int:
    """Score and move a batch of the leads that are due, tell what changed, and return how many.

    Several workers on one PostgreSQL share the leads.

    Args:
        scores: Of the record.
        scoring: The model and the rules.
        now: Microseconds since 1970.
        settling: How long what happens to a lead is gathered before it is scored, microseconds.

    Raises:
        RecordAwayError: The database does not answer; nothing was done.
    """
    with scores.database.writing() as connection:
        rows = connection.execute(
            select(lead.c.number, lead.c.due)
            .where(lead.c.due <= now - settling, lead.c.number == lead.c.root)
            .order_by(lead.c.due)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        due = {row[0]: row[1] for row in rows}
        leads = leads_by_number(connection, due)
        outcomes = scores.outcomes(connection, scoring, leads, now, None)
        answered = [
            (one, outcome)
            for one, outcome in zip(leads, outcomes, strict=True)
            if isinstance(outcome, Answer)
        ]
        before = current_scores(connection, [one.number for one, _ in answered])
        _tell(connection, answered, before, now)
        given = [given_score(one.number, said, now, now) for one, said in answered]
        grades = _comparable(connection, before, given)
        give_scores(connection, given)
        here = standings(connection, scores.lifecycle, scores.policy, answered, now)
        moved = move_by_rules(connection, scores.lifecycle, here, now)
        alerts = alert_of_scored(connection, scores.lifecycle, moved, grades, now)
        silent = due.keys() - {one.number for one, _ in answered}
        # No score is shown of whoever may not be scored any more.
        connection.execute(delete(current_score).where(current_score.c.lead.in_(silent)))
        settle_due(connection, due)
    for one, said in answered:
        count_rescored(said.basis, said.fallback_reason, 1)
        scores.challenge(one.number, now)
    count_alerts(alerts)
    count_rescored("none", None, len(silent))
    return len(due)


def make_stale_due(scores: StoredScores, now: int) -> None:
    """Make leads due whose score has not been asked again for a day, and put right what waits.

    Args:
        scores: Of the record.
        now: Microseconds since 1970.

    Raises:
        RecordAwayError: The database does not answer; nothing was done.
    """
    old = select(current_score.c.lead).where(current_score.c.as_of < now - FRESH_US)
    with scores.database.writing() as connection:
        put_right(connection, now)
        connection.execute(
            update(lead)
            .where(lead.c.due.is_(None), lead.c.number == lead.c.root, lead.c.number.in_(old))
            .values(due=now)
        )


def _comparable(
    connection: Connection, before: Mapping[int, CurrentScore], given: Sequence[GivenScore]
) -> dict[int, Grade | None]:
    """Return by number the grades before; None where there was none.

    Those that another model gave, or rules in its place, are left out: that a grade is another one
    by that is nothing that the lead did.
    """
    givers = givers_of(connection, list(before))
    return {
        one.lead: before[one.lead].grade if one.lead in before else None
        for one in given
        if givers.get(one.lead) in (None, Giver(one.model_version, one.rules))
    }


def _tell(
    connection: Connection,
    answered: Sequence[tuple[StoredLead, Answer]],
    before: Mapping[int, CurrentScore],
    now: int,
) -> None:
    add_messages(
        connection,
        [
            Message(CHANGED, one.number, _changed(one, before.get(one.number), said, now))
            for one, said in answered
            if one.number not in before or before[one.number].grade != said.grade
        ],
        now,
    )


def _changed(
    one: StoredLead, before: CurrentScore | None, said: Answer, now: int
) -> dict[str, object]:
    old = None if before is None else {"grade": before.grade, "probability": before.probability}
    return {
        "type": CHANGED,
        "timestamp": moment(now).isoformat(),
        "data": {
            "lead_id": one.lead_id,
            "account_id": one.account_id,
            "old": old,
            "new": {"grade": said.grade, "probability": said.probability},
            "basis": said.basis,
            "model_version": said.model_version,
            "reasons": [{"subject": r.subject, "text": r.text} for r in said.reasons],
        },
    }
