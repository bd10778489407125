"""Leads of low grades drawn from the record, once a week."""

from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.kpis.calendar import week_of
from serving.lifecycle.position import position
from serving.lifecycle.review import BEFORE_SALES, draw
from serving.record.database.database import Database
from serving.record.leads.leads import parts_of
from serving.record.lifecycle.journeys import created_leads, said_of_stages
from serving.record.lifecycle.review_sample import graded, is_drawn, keep_draw
from serving.record.privacy.consents import without_basis
from serving.record.privacy.policy import Policy


def draw_week(database: Database, lifecycle: Lifecycle, policy: Policy, now: int) -> int:
    """Draw the leads of this week, where that is not done yet, and return how many.

    Where nobody can be drawn yet, it is tried again later. Of several that draw at once, one does.

    Args:
        database: Of the record.
        lifecycle: The agreement.
        policy: Which bases for profiling count.
        now: Microseconds since 1970.

    Raises:
        RecordAwayError: The database does not answer; nobody was drawn.
    """
    if lifecycle.review is None:
        return 0
    week = week_of(now)
    with database.reading() as connection:
        if is_drawn(connection, week):
            return 0
        grades = eligible(connection, lifecycle, policy, now)
    if not grades:
        return 0
    drawn = draw(grades, lifecycle.review.leads_per_week, week)
    with database.writing() as connection:
        return len(drawn.sampled) if keep_draw(connection, week, drawn, grades, now) else 0


def eligible(
    connection: Connection, lifecycle: Lifecycle, policy: Policy, now: int
) -> dict[int, str]:
    """Return the leads that may be drawn, by number, with their grades.

    They have one of the grades of the review, may be scored, and stand where sales does not see
    them.
    """
    if lifecycle.review is None:
        return {}
    grades = dict(graded(connection, lifecycle.review.grades))
    if not grades:
        return {}
    barred = without_basis(connection, parts_of(connection, list(grades)), policy.profiling.bases)
    created = created_leads(connection, now)
    told = {
        root: [(one.stage, one.at) for one in some]
        for root, some in groupby(said_of_stages(connection, now), key=attrgetter("root"))
        if root in grades
    }
    return {
        number: grade
        for number, grade in grades.items()
        if number not in barred
        and number in created
        and position("lead", created[number], told.get(number, ()), lifecycle.called).stage
        in BEFORE_SALES
    }
