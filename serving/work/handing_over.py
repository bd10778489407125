"""The threshold of the handover, found anew each week where the agreement says so."""

from serving.lifecycle.lists import week_of
from serving.record.thresholds import threshold_in_force
from serving.scoring.scoring import Scoring
from serving.stored.handover import bring_best_into_force, handover_of
from serving.stored.moving import BY_RULE
from serving.stored.scoring import StoredScores


def keep_threshold(scores: StoredScores, scoring: Scoring, now: int) -> bool:
    """Bring this week's threshold into force if it is due, and return whether that was done.

    It is, where the agreement says `automatic`, once a week, and once more when the agreement
    changes; a threshold that somebody brings into force holds for the rest of the week. Of several
    workers one does it.

    Args:
        scores: Of the record.
        scoring: The model and the rules.
        now: Microseconds since 1970.

    Raises:
        RecordAwayError: The database does not answer; nothing was done.
    """
    lifecycle = scores.lifecycle
    if lifecycle.handover is None or lifecycle.handover.apply != "automatic":
        return False
    week = week_of(now)
    with scores.database.reading() as connection:
        last = threshold_in_force(connection)
        if last is not None and week_of(last.at) >= week and last.agreement == lifecycle.name:
            return False
        found = handover_of(connection, lifecycle, scores.policy, scoring, now)
    # Several workers find the same one before it.
    occasion = f"after {0 if last is None else last.at}"
    with scores.database.writing() as connection:
        entry = bring_best_into_force(connection, lifecycle, found, BY_RULE, occasion)
    return entry is not None
