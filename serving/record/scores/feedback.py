"""What people said of leads and of reasons."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.schema import feedback


class NewFeedback(NamedTuple):
    """One remark; `at` is in microseconds since 1970, and `note` is free text."""

    lead: int
    kind: str
    reason: str | None
    subject: str | None
    by: str | None
    at: int
    note: str | None = None


def add_feedback(connection: Connection, new: NewFeedback, now: int) -> bool:
    """Add a remark, and return whether it was not there yet."""
    same = [feedback.c[name] == value for name, value in new._asdict().items()]
    if connection.execute(select(feedback.c.number).where(*same)).first() is not None:
        return False
    connection.execute(feedback.insert().values(**new._asdict(), recorded=now))
    return True


def wrong_reasons(connection: Connection, numbers: Collection[int]) -> set[str]:
    """Return the subjects of the reasons that people called wrong, of some leads themselves."""
    found = connection.execute(
        select(feedback.c.subject)
        .where(
            among(feedback.c.lead, "numbers"),
            feedback.c.kind == "wrong_reason",
            feedback.c.subject.is_not(None),
        )
        .distinct(),
        {"numbers": numbers},
    )
    return set(found.scalars())
