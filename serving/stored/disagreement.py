"""Where people and the model disagree, from the record."""

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.disagreement import Disagreement, Reviewed, decisions_of, disagreement
from serving.record.lifecycle.review_sample import sampled_between
from serving.record.scores.remarks import remarked_decisions, wrong_reasons
from serving.stored.kpis import journeys_of


def disagreement_of(
    connection: Connection, lifecycle: Lifecycle, begin: int, end: int, as_of: int
) -> Disagreement:
    """Return where people and the model disagree in a period `[begin, end)`.

    What the CRM or a person did to a lead counts more than what was remarked on it.

    Args:
        connection: Reading.
        lifecycle: The agreement.
        begin: Microseconds since 1970, as are the others.
        end: Of the period.
        as_of: What was known by then counts.
    """
    journeys = journeys_of(connection, lifecycle, ("grade",), as_of)
    remarked = {one.lead: one for one in remarked_decisions(connection, begin, end)}
    decided = remarked | decisions_of(journeys.values(), begin, end)
    drawn = sampled_between(connection, begin, min(end, as_of))
    reviewed = [
        Reviewed(journeys[one.root], one.drawn, one.probability)
        for one in drawn
        if one.root in journeys
    ]
    wrong = wrong_reasons(connection, begin, end)
    return disagreement(list(decided.values()), wrong, reviewed, lifecycle.kpis.sql_within, as_of)
