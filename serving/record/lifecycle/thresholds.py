"""From which probability leads are handed over to sales, with when, by whom and why."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.database import insert_new
from serving.record.schema import handover_threshold


class ThresholdEntry(NamedTuple):
    """A threshold that came into force, and stayed so until the next one.

    Attributes:
        threshold: Leads of this probability or a higher one are handed over.
        at: Since when, microseconds since 1970.
        by: Who brought it into force.
        agreement: Version and fingerprint of the lifecycle file.
        leads: How many leads of the week were at or above it.
        called: For how many of these there was time.
        conversions: How many of those were to become SQL, by expectation.
        value: What they were to bring, less what the calls cost.
        currency: Of the value.
        occasion: What it may come into force for once only; None where a person decided.
    """

    threshold: float
    at: int
    by: str
    agreement: str
    leads: int
    called: int
    conversions: float
    value: float
    currency: str
    occasion: str | None = None


_NEWEST = (
    select(*(handover_threshold.c[name] for name in ThresholdEntry._fields))
    .order_by(handover_threshold.c.number.desc())
    .limit(1)
)


def threshold_in_force(connection: Connection) -> ThresholdEntry | None:
    """Return the threshold that came last, None where there never was one."""
    row = connection.execute(_NEWEST).first()
    return None if row is None else ThresholdEntry(*row)


def bring_into_force(connection: Connection, entry: ThresholdEntry) -> bool:
    """Bring a threshold into force, and return whether its occasion had none yet."""
    return insert_new(connection, handover_threshold, [entry._asdict()]) == 1
