"""The threshold of the handover, found anew each week where the agreement says so."""

from sqlalchemy import Connection

from serving.lifecycle.handover import HandoverTerms
from serving.lifecycle.lists import week_of
from serving.record.lifecycle.stages import count_by_rule
from serving.record.lifecycle.thresholds import ThresholdEntry, threshold_in_force
from serving.scoring.scoring import Scoring
from serving.stored.handover import bring_best_into_force, handover_of
from serving.stored.moving import BY_RULE
from serving.stored.scoring import StoredScores


def keep_threshold(scores: StoredScores, scoring: Scoring, now: int) -> bool:
    """Bring a new threshold into force if it is due, and return whether that was done.

    It is, where the agreement says `automatic`: once a week, when the agreement changes, and when
    rules have handed over more leads by the present one than there are calls, as where many come
    at once. One that somebody brings into force holds as long. Of several workers one does it.

    Args:
        scores: Of the record.
        scoring: The model and the rules.
        now: Microseconds since 1970.

    Raises:
        RecordAwayError: The database does not answer; nothing was done.
    """
    lifecycle = scores.lifecycle
    terms = lifecycle.handover
    if terms is None or terms.apply != "automatic":
        return False
    with scores.database.reading() as connection:
        last = threshold_in_force(connection)
        if last is not None and _holds(connection, last, lifecycle.name, terms, now):
            return False
        found = handover_of(connection, lifecycle, scores.policy, scoring, now)
    # Several workers find the same one before it.
    occasion = f"after {0 if last is None else last.at}"
    with scores.database.writing() as connection:
        entry = bring_best_into_force(connection, lifecycle, found, BY_RULE, occasion)
    return entry is not None


def _holds(
    connection: Connection, last: ThresholdEntry, agreement: str, terms: HandoverTerms, now: int
) -> bool:
    """Tell whether a threshold stays in force."""
    if week_of(last.at) < week_of(now) or last.agreement != agreement:
        return False
    return count_by_rule(connection, terms.stage, last.at) <= terms.calls_per_week
