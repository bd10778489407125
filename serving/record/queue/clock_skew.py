"""What was noted while the clock was ahead: put right, or it would wait until that moment comes."""

from sqlalchemy import Connection, select, update

from features.contract.duration import DAY_US
from serving.record.queue.outbox import WAITING
from serving.record.schema import current_score, delivery, lead, opt_in

SKEW_US = 300_000_000
"""By how much the clocks of several machines may differ."""

LONGEST_US = 2 * DAY_US
"""Neither a message nor a mail waits longer than that for its next attempt."""


def put_right(connection: Connection, now: int) -> None:
    """Let what waits for a moment that nobody can have meant be due now.

    Those are leads to be scored again, leads whose score is of a moment to come, messages, mails.

    Args:
        connection: Writing.
        now: Microseconds since 1970.
    """
    ahead = current_score.c.as_of > now + SKEW_US
    of_them = lead.c.number.in_(select(current_score.c.lead).where(ahead))
    connection.execute(update(lead).where(of_them, lead.c.number == lead.c.root).values(due=now))
    # A newer score takes its place, which would not be newer otherwise.
    connection.execute(update(current_score).where(ahead).values(as_of=now))
    connection.execute(update(lead).where(lead.c.due > now + SKEW_US).values(due=now))
    for table in (delivery, opt_in):
        late = (table.c.state == WAITING, table.c.due > now + LONGEST_US)
        connection.execute(update(table).where(*late).values(due=now))
