"""The figures of marketing and sales, from the record."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from features.contract.lead import ProfileValue
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.kpis.groups import Dimension
from serving.lifecycle.kpis.journeys import Journey, Step, passes
from serving.lifecycle.kpis.kpis import Kpis, groups
from serving.lifecycle.kpis.stages_reached import stages_reached
from serving.record.leads.newest_values import newest_values
from serving.record.lifecycle.journeys import Said, created_leads, said_of_stages
from serving.stored.cohorts import Period


def kpis_of(
    connection: Connection,
    lifecycle: Lifecycle,
    begin: int,
    end: int,
    by: tuple[Dimension, ...],
    as_of: int,
) -> Kpis:
    """Return the figures of a period `[begin, end)`.

    Each statement is asked once, however many leads there are.

    Args:
        connection: Reading.
        lifecycle: The agreement, with the terms of the figures.
        begin: Microseconds since 1970, as are the others.
        end: Of the period.
        by: By what the figures are told apart; by nothing, they are told of all alone.
        as_of: What was known by then counts.

    Raises:
        TooManyGroupsError: There are more than a thousand groups.
    """
    journeys = journeys_of(connection, lifecycle, by, as_of)
    cohorts = Period(connection, lifecycle, begin, end, by).cohorts(journeys, as_of)
    total, some = groups(cohorts, by, lifecycle.kpis, bool(lifecycle.promises_of("MQL")), as_of)
    levels = stages_reached(journeys.values(), [*lifecycle.stages], begin, end)
    return Kpis(begin, end, as_of, by, lifecycle.kpis.currency, total, some, levels)


def journeys_of(
    connection: Connection, lifecycle: Lifecycle, by: tuple[Dimension, ...], as_of: int
) -> dict[int, Journey]:
    """Return the lives of all leads by number, with the profile fields that figures ask for."""
    fields = _fields(lifecycle, by)
    known = newest_values(connection, fields, as_of)
    created = created_leads(connection, as_of)
    steps = dict(_steps(lifecycle, said_of_stages(connection, as_of, graded="grade" in by)))
    nothing: Mapping[str, ProfileValue] = {}
    return {
        number: Journey(
            number, since, passes(since, steps.get(number, ())), known.get(number, nothing)
        )
        for number, since in created.items()
    }


def _fields(lifecycle: Lifecycle, by: tuple[Dimension, ...]) -> set[str]:
    terms = lifecycle.kpis
    asked = {terms.value}
    if "channel" in by:
        asked |= {*terms.channel}
    if "campaign" in by:
        asked |= {*terms.campaign}
    if "use_case" in by or any(one.sla is not None for one in lifecycle.use_cases):
        asked |= {field for one in lifecycle.use_cases for field in one.when}
    return asked


def _steps(lifecycle: Lifecycle, said: Iterator[Said]) -> Iterator[tuple[int, list[Step]]]:
    # Names of stages are few, and said again and again.
    called = cache(lifecycle.called)
    for root, some in groupby(said, key=attrgetter("root")):
        yield (
            root,
            [
                Step(called(stage), at, role, reason, grade)
                for _, stage, at, role, reason, grade in some
            ],
        )
