"""Where stored leads stand in the agreement, and all that it may ask of them."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.bant import findings
from serving.lifecycle.criteria import Facts, Score
from serving.lifecycle.position import Position, position
from serving.lifecycle.sla import Sla, sla_of
from serving.record.identity.contacts import leads_with
from serving.record.leads.leads import StoredLead, parts_of
from serving.record.leads.profiles import profiles
from serving.record.lifecycle.bant import reports_of
from serving.record.lifecycle.sales_contacts import sales_contacts
from serving.record.lifecycle.stages import StageEntry, stages_of
from serving.record.lifecycle.thresholds import threshold_in_force
from serving.record.privacy.consents import without_basis
from serving.record.privacy.policy import Policy
from serving.scoring.answer import Answer


class Standing(NamedTuple):
    """Where a lead stands.

    Attributes:
        lead: That stands for itself.
        facts: What is known of it.
        history: What it was said to be, the oldest first.
        contacted: When sales was first in touch with it in its stage so that what is promised is
            kept, microseconds since 1970; None where it was not.
    """

    lead: StoredLead
    facts: Facts
    history: list[StageEntry]
    contacted: int | None = None


def promise(lifecycle: Lifecycle, standing: Standing, now: int) -> Sla | None:
    """Return the promise that runs for a lead where it stands, None where there is none."""
    if standing.contacted is not None:
        return None
    facts = standing.facts
    terms = lifecycle.promised(lifecycle.use_case(facts.profile))
    return sla_of(facts.position.stage, facts.position.since, terms, now)


def stands(lifecycle: Lifecycle, lead: StoredLead, history: Sequence[StageEntry]) -> Position:
    """Return where a lead stands by what it was said to be, the oldest first."""
    told = [(entry.stage, entry.at) for entry in history]
    return position(lead.kind, lead.created, told, lifecycle.called)


def standings(
    connection: Connection,
    lifecycle: Lifecycle,
    policy: Policy,
    said: Sequence[tuple[StoredLead, object]],
    now: int,
) -> list[Standing]:
    """Return where leads stand, in order.

    Args:
        connection: Reading.
        lifecycle: The agreement.
        policy: Which bases for profiling count.
        said: Leads that stand for themselves, each with what is said of it now; whatever is no
            answer leaves it without a score.
        now: Microseconds since 1970.
    """
    numbers = [lead.number for lead, _ in said]
    parts = parts_of(connection, numbers)
    barred = without_basis(connection, parts, policy.profiling.bases)
    known = profiles(connection, parts, now)
    reachable = {n for kind in ("email", "phone") for n in leads_with(connection, kind, numbers)}
    threshold = _threshold(connection, lifecycle)
    histories, reports = stages_of(connection, parts), reports_of(connection, parts)
    found = [
        Standing(
            lead,
            Facts(
                position=stands(lifecycle, lead, histories.get(lead.number, [])),
                now=now,
                profile=known.get(lead.number, {}),
                consent=lead.number not in barred,
                contactable=lead.number in reachable,
                bant=findings(reports.get(lead.number, []), lifecycle.bant, now),
                score=_score(answer),
                threshold=threshold,
            ),
            histories.get(lead.number, []),
        )
        for lead, answer in said
    ]
    contacted = _contacted(connection, lifecycle, found, now)
    return [one._replace(contacted=contacted.get(one.lead.number)) for one in found]


def _contacted(
    connection: Connection, lifecycle: Lifecycle, here: Sequence[Standing], now: int
) -> dict[int, int]:
    """Return when sales was first in touch with leads since they came where they stand."""
    asked: dict[tuple[str, ...], dict[int, int]] = {}
    for one in here:
        position = one.facts.position
        terms = lifecycle.promised(lifecycle.use_case(one.facts.profile))
        if terms is not None and (types := terms.kept_by(position.stage)):
            asked.setdefault(types, {})[one.lead.number] = position.since
    found = {}
    for types, since in asked.items():
        for number, contacts in sales_contacts(connection, since, types, now).items():
            later = contacts[bisect_left(contacts, since[number]) :]
            if later:
                found[number] = later[0]
    return found


def _threshold(connection: Connection, lifecycle: Lifecycle) -> float | None:
    entry = None if lifecycle.handover is None else threshold_in_force(connection)
    return None if entry is None else entry.threshold


def _score(said: object) -> Score | None:
    if not isinstance(said, Answer):
        return None
    return Score(said.probability, said.grade, said.fit, said.behaviour)
