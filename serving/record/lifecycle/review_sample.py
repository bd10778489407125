"""Leads that were drawn for a review, week by week, and how likely that was."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.lifecycle.review import Draw
from serving.record.database.database import insert_new
from serving.record.database.membership import among
from serving.record.schema import current_score, lead, review_sample, review_week

_s, _w = review_sample.c, review_week.c


class Sampled(NamedTuple):
    """A lead that was drawn; moments are microseconds since 1970.

    Attributes:
        root: Number of the lead that stands.
        lead_id: Its id.
        week: Such as `2026-W09`.
        grade: When it was drawn.
        probability: Of having been drawn, above 0 up to 1.
        drawn: When.
    """

    root: int
    lead_id: str
    week: str
    grade: str
    probability: float
    drawn: int


_own = lead.alias("own")
_THERE = (
    select(lead.c.number)
    .where(among(lead.c.number, "numbers"))
    .with_for_update(read=True, key_share=True)
)
_SAMPLED = (
    select(_own.c.number, _own.c.lead_id, _s.week, _s.grade, _s.probability, _s.drawn)
    .join(lead, lead.c.number == _s.lead)
    .join(_own, _own.c.number == lead.c.root)
    .order_by(_s.drawn, _s.week, _own.c.number)
)


def sampled(connection: Connection, week: str) -> dict[int, Sampled]:
    """Return the leads that were drawn in a week, by number of the lead that stands."""
    rows = connection.execute(_SAMPLED.where(_s.week == week))
    return {row[0]: Sampled(*row) for row in rows}


def sampled_between(connection: Connection, begin: int, end: int) -> list[Sampled]:
    """Return the leads that were drawn in `[begin, end)`, microseconds since 1970, in order."""
    rows = connection.execute(_SAMPLED.where(_s.drawn >= begin, _s.drawn < end))
    return [Sampled(*row) for row in rows]


def is_drawn(connection: Connection, week: str) -> bool:
    """Tell whether leads were drawn in a week."""
    return connection.execute(select(_w.week).where(_w.week == week)).first() is not None


def graded(connection: Connection, grades: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield the leads that have certain grades now, by number, each with its grade."""
    rows = connection.execute(
        select(lead.c.number, current_score.c.grade)
        .join(current_score, current_score.c.lead == lead.c.number)
        .where(
            lead.c.number == lead.c.root, lead.c.kind == "lead", current_score.c.grade.in_(grades)
        )
    )
    return ((number, grade) for number, grade in rows)


def keep_draw(
    connection: Connection, week: str, drawn: Draw, grades: dict[int, str], now: int
) -> bool:
    """Keep who was drawn in a week, and return whether nobody was before.

    Args:
        connection: Writing.
        week: Such as `2026-W09`.
        drawn: Who was drawn.
        grades: Of those leads, by number.
        now: Microseconds since 1970.
    """
    of_week = {
        "week": week, "eligible": drawn.eligible, "sampled": len(drawn.sampled), "drawn": now
    }  # fmt: skip
    if not insert_new(connection, review_week, [of_week]):
        return False
    # Who was erased meanwhile is kept nowhere.
    there = set(connection.execute(_THERE, {"numbers": drawn.sampled}).scalars())
    rows = [
        {"week": week, "lead": number, "grade": grades[number], "probability": drawn.probability,
         "drawn": now}
        for number in drawn.sampled
        if number in there
    ]  # fmt: skip
    insert_new(connection, review_sample, rows)
    return True
