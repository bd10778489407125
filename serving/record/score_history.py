"""The scores of a lead, as they were given one after the other."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from serving.model.reference import Grade
from serving.record.schema import score_given


class PastScore(NamedTuple):
    """A score that was given; `as_of` is in microseconds since 1970."""

    as_of: int
    probability: float
    grade: Grade
    basis: str
    model_version: str | None


_c = score_given.c
_NEWEST = (
    select(*(_c[name] for name in PastScore._fields))
    .where(_c.lead == bindparam("of"))
    .order_by(_c.as_of.desc(), _c.number.desc())
    .limit(bindparam("most"))
)


def newest_scores(connection: Connection, number: int, most: int) -> list[PastScore]:
    """Return so many of the newest scores of a lead, the oldest of them first."""
    rows = connection.execute(_NEWEST, {"of": number, "most": most})
    return [PastScore(*row) for row in rows][::-1]
