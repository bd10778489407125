"""The threshold from which leads of the record are handed over: found, told, brought into force."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection

from features.contract.duration import parse_duration
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.criteria import Score
from serving.lifecycle.handover import Candidates, HandoverTerms
from serving.lifecycle.lists import WEEK_US, WeekList, week_lists, week_of
from serving.lifecycle.moves import may_be_handed_over
from serving.lifecycle.stages import Stage
from serving.record.access.audits import note_audit
from serving.record.leads.leads import make_due
from serving.record.lifecycle.thresholds import ThresholdEntry, bring_into_force, threshold_in_force
from serving.record.privacy.policy import Policy
from serving.record.scores.listing import Filter, ListedLead, Place, list_leads
from serving.scoring.basis import ModelBasis
from serving.scoring.scoring import Scoring
from serving.stored.lists import handed_over
from serving.stored.standing import standings

MOST = 2_000
"""Leads that wait, the most promising first, that are looked at."""

MATURE_WEEKS = 4
"""Lists that are told of whom it is known what became of them, besides all that are newer."""

_PAGE = 500


class Waiting(NamedTuple):
    """A lead that would be handed over if its probability were enough, by its number."""

    number: int
    probability: float


class Handover(NamedTuple):
    """What is to be told of the handover at a moment.

    Attributes:
        as_of: Microseconds since 1970.
        candidates: Of the week; None where the agreement has no terms.
        waiting: Those of them that are not handed over yet, the most promising first.
        in_force: The threshold by which rules hand over; None where criteria do.
        horizon: Within which leads are to become SQL, microseconds.
        lists: What was handed over by week, the present one first.
    """

    as_of: int
    candidates: Candidates | None
    waiting: list[Waiting]
    in_force: ThresholdEntry | None
    horizon: int
    lists: list[WeekList]


def handover_of(
    connection: Connection, lifecycle: Lifecycle, policy: Policy, scoring: Scoring, as_of: int
) -> Handover:
    """Return what is to be told of the handover.

    Candidates of the week are the leads that wait, by their current scores, and those that were
    handed over in the last seven days, by what was said of them then. So whoever was handed over
    takes up calls, and the threshold comes to hand over as many leads a week as there are calls.

    Args:
        connection: Reading.
        lifecycle: The agreement.
        policy: Which bases for profiling count.
        scoring: The model and the rules.
        as_of: Microseconds since 1970.
    """
    terms = lifecycle.handover
    stage: Stage = "MQL" if terms is None else terms.stage
    horizon = horizon_of(scoring, terms)
    weeks = horizon // WEEK_US + 2 + MATURE_WEEKS
    since = week_of(as_of) - (weeks - 1) * WEEK_US
    handed = handed_over(connection, lifecycle, stage, since, as_of)
    lists = week_lists(handed, horizon, as_of, weeks)
    if terms is None:
        return Handover(as_of, None, [], None, horizon, lists)
    waiting = _waiting(connection, lifecycle, policy, as_of)
    lately = [
        one.probability
        for one in handed
        if one.probability is not None and one.at > as_of - WEEK_US
    ]
    candidates = Candidates([*(one.probability for one in waiting), *lately], terms)
    in_force = threshold_in_force(connection)
    return Handover(as_of, candidates, waiting, in_force, horizon, lists)


def horizon_of(scoring: Scoring, terms: HandoverTerms | None) -> int:
    """Return within which time leads become SQL, by the model or else by the terms; in us."""
    usual = HandoverTerms.model_fields["horizon"].default
    agreed: int = usual if terms is None else terms.horizon
    basis = scoring.basis
    said = basis.model.manifest.window.horizon if isinstance(basis, ModelBasis) else None
    return agreed if said is None else parse_duration(said)


def bring_best_into_force(
    connection: Connection,
    lifecycle: Lifecycle,
    found: Handover,
    by: str,
    occasion: str | None = None,
) -> ThresholdEntry | None:
    """Bring the threshold of the highest expected value into force.

    Leads that wait above it are handed over as soon as they are scored again, which they are due.

    Args:
        connection: Writing.
        lifecycle: The agreement.
        found: The handover at this moment.
        by: Who decides it.
        occasion: What it may come into force for once only; None where a person decides.

    Returns:
        What the record keeps; None where there are no terms, or the occasion had its threshold.
    """
    if found.candidates is None:
        return None
    best = found.candidates.at(found.candidates.threshold)
    entry = ThresholdEntry(
        threshold=best.threshold,
        at=found.as_of,
        by=by,
        agreement=lifecycle.name,
        leads=best.leads,
        called=best.called,
        conversions=best.conversions,
        value=best.value,
        currency=found.candidates.terms.currency,
        occasion=occasion,
    )
    if not bring_into_force(connection, entry):
        return None
    before = "criteria" if found.in_force is None else f"{found.in_force.threshold:.4g}"
    detail = f"handover: {before} -> {best.threshold:.4g}"
    note_audit(connection, found.as_of, by, "threshold", None, detail)
    due = [one.number for one in found.waiting if one.probability >= best.threshold]
    make_due(connection, due, found.as_of)
    return entry


def _waiting(
    connection: Connection, lifecycle: Lifecycle, policy: Policy, as_of: int
) -> list[Waiting]:
    found: list[Waiting] = []
    place: Place | None = None
    while len(found) < MOST:
        listed, place = list_leads(connection, Filter(), "probability", place, _PAGE)
        found += _handed_next(connection, lifecycle, policy, listed, as_of)
        if place is None:
            break
    return found[:MOST]


def _handed_next(
    connection: Connection,
    lifecycle: Lifecycle,
    policy: Policy,
    listed: Sequence[ListedLead],
    as_of: int,
) -> list[Waiting]:
    scores = {one.lead.number: one.score for one in listed if one.score is not None}
    here = standings(connection, lifecycle, policy, [(one.lead, None) for one in listed], as_of)
    found: list[Waiting] = []
    for one in here:
        chance, grade, _ = scores[one.lead.number]
        # Of the score nothing but the probability is asked.
        score = Score(chance, grade, 0.0, 0.0)
        if may_be_handed_over(lifecycle, replace(one.facts, score=score)):
            found.append(Waiting(one.lead.number, chance))
    return found
