"""Which leads of the record were handed over to sales when, and which became SQL."""

from bisect import bisect_right
from collections.abc import Sequence

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.lists import HandedOver
from serving.lifecycle.stages import STAGES, Stage
from serving.record.leads.leads import StoredLead, leads_by_number, parts_of
from serving.record.lifecycle.stages import StageEntry, moved_since, names_since, stages_of
from serving.record.scores.scores import probabilities_given
from serving.stored.standing import stands

_WON: frozenset[Stage | None] = frozenset({"SQL", "customer"})


def handed_over(
    connection: Connection, lifecycle: Lifecycle, stage: Stage, since: int, as_of: int
) -> list[HandedOver]:
    """Return the leads that were handed over to sales since a moment, in any order.

    A lead that was set aside and comes again counts again. One that becomes SQL at once, without
    having been handed over, was on no list.

    Args:
        connection: Reading.
        lifecycle: The agreement.
        stage: Whoever comes into it, or is accepted by sales without it, is handed over.
        since: Microseconds since 1970.
        as_of: Microseconds since 1970; what came later is not known yet.
    """
    at_sales = STAGES[STAGES.index(stage) : STAGES.index("SQL")]
    names = [n for n in names_since(connection, since) if lifecycle.called(n) in at_sales]
    leads = leads_by_number(connection, moved_since(connection, names, since))
    histories = stages_of(connection, parts_of(connection, [lead.number for lead in leads]))
    arrived = [
        (lead.number, one)
        for lead in leads
        for one in _arrivals(lifecycle, at_sales, lead, histories[lead.number])
        if since <= one.at <= as_of
    ]
    unsaid = sorted({number for number, one in arrived if one.probability is None})
    given = probabilities_given(connection, unsaid) if unsaid else {}
    return [_with_probability(one, given.get(number, [])) for number, one in arrived]


def _arrivals(
    lifecycle: Lifecycle,
    at_sales: Sequence[Stage],
    lead: StoredLead,
    history: Sequence[StageEntry],
) -> list[HandedOver]:
    """Return each time that a lead came to sales, and when it became SQL after that."""
    here = stands(lifecycle, lead, [])
    came: list[HandedOver] = []
    won: list[int] = []
    for entry in history:
        there = here.after(lifecycle.called(entry.stage), entry.at)
        if there.stage in at_sales and here.stage not in at_sales:
            came.append(HandedOver(entry.at, entry.probability, None))
        if there.stage in _WON and here.stage not in _WON:
            won.append(entry.at)
        here = there
    return [one._replace(reached=next((at for at in won if at > one.at), None)) for one in came]


def _with_probability(one: HandedOver, given: Sequence[tuple[int, float]]) -> HandedOver:
    """Return it with what was said last before, where its history says nothing."""
    before = bisect_right(given, one.at, key=lambda said: said[0])
    if one.probability is not None or before == 0:
        return one
    return one._replace(probability=given[before - 1][1])
