"""The first score that each lead was given in a period."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.schema import lead, score_given


class FirstScore(NamedTuple):
    """A score; `root` is the number of the lead that stands, `as_of` microseconds since 1970."""

    root: int
    as_of: int
    probability: float
    grade: str
    basis: str


def first_scores(connection: Connection, begin: int, end: int) -> Iterator[FirstScore]:
    """Yield the first score as of `[begin, end)` of each lead that has one.

    Scores are many, and leads few: each lead's is looked up by its index.
    """
    columns, other = score_given.c, score_given.alias("other").c
    first = (
        select(other.number)
        .where(other.lead == lead.c.number, other.as_of >= begin, other.as_of < end)
        .order_by(other.as_of, other.number)
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(lead.c.root, columns.as_of, columns.probability, columns.grade, columns.basis)
        .select_from(lead)
        .join(score_given, columns.number == first)
        .order_by(lead.c.root, columns.as_of, columns.number)
    )
    last = None
    # Of those who turned out to be one person, the first counts.
    for row in rows.all():
        if row[0] != last:
            yield FirstScore._make(row)
        last = row[0]
