"""The scores of a lead, as they were given one after the other."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from serving.model.reference import Grade
from serving.record.database.membership import among
from serving.record.schema import lead, score_given


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


_last = (
    select(_c.number)
    .where(_c.lead == lead.c.number, _c.as_of <= bindparam("at"))
    .order_by(_c.as_of.desc(), _c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_of_leads = (
    select(lead.c.number, _last.label("given")).where(among(lead.c.number, "numbers")).subquery()
)
_AT = select(_of_leads.c.number, *(_c[name] for name in PastScore._fields)).join(
    _of_leads, _of_leads.c.given == _c.number
)


def scores_at(connection: Connection, numbers: Collection[int], at: int) -> dict[int, PastScore]:
    """Return what was said last of leads at a moment, microseconds since 1970, by number."""
    rows = connection.execute(_AT, {"numbers": numbers, "at": at})
    return {row[0]: PastScore(*row[1:]) for row in rows}
