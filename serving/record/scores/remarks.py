"""What people remarked on leads and reasons in a period, with the grade that a lead had then."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from serving.lifecycle.disagreement import Decision
from serving.record.schema import feedback, lead, score_given

_f = feedback.c
_GRADE = (
    select(score_given.c.grade)
    .where(score_given.c.lead == lead.c.root, score_given.c.as_of <= _f.at)
    .order_by(score_given.c.as_of.desc(), score_given.c.number.desc())
    .limit(1)
    .scalar_subquery()
)


def remarked_decisions(connection: Connection, begin: int, end: int) -> Iterator[Decision]:
    """Yield the acceptances and rejections remarked in `[begin, end)`, the oldest first."""
    rows = connection.execute(
        select(lead.c.root, _f.kind, _GRADE, _f.at, _f.reason)
        .join(lead, lead.c.number == _f.lead)
        .where(_f.kind.in_(("accepted", "rejected")), _f.at >= begin, _f.at < end)
        .order_by(_f.at, _f.number)
    )
    return (Decision(*row) for row in rows)


def wrong_reasons(connection: Connection, begin: int, end: int) -> list[tuple[int, str]]:
    """Return the leads with the subjects of reasons that were called wrong in `[begin, end)`."""
    rows = connection.execute(
        select(lead.c.root, _f.subject)
        .join(lead, lead.c.number == _f.lead)
        .where(_f.kind == "wrong_reason", _f.at >= begin, _f.at < end, _f.subject.is_not(None))
    )
    return [(root, subject) for root, subject in rows]
