"""Promises that leads move on: whoever is to know is alerted when one is about to be broken."""

from serving.metrics import count_alerts
from serving.record.queue.sla_clocks import any_due
from serving.stored.alerting import alert_of_promises
from serving.stored.scoring import StoredScores

BATCH = 100
"""Leads of one transaction; nobody else can write to SQLite for as long."""


def look_at_promises(scores: StoredScores, now: int) -> int:
    """Look at a batch of the leads whose promise is due to be looked at, and return how many.

    Several workers on one PostgreSQL share the leads.

    Args:
        scores: Of the record.
        now: Microseconds since 1970.

    Raises:
        RecordAwayError: The database does not answer; nothing was done.
    """
    with scores.database.reading() as connection:
        if not any_due(connection, now):
            return 0
    with scores.database.writing() as connection:
        looked_at, alerts = alert_of_promises(
            connection, scores.lifecycle, scores.policy, now, BATCH
        )
    count_alerts(alerts)
    return looked_at
