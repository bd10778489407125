"""What another agreement would have made of last month; nothing is changed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from features.contract.duration import DAY_US
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.criteria import Facts
from serving.lifecycle.moves import moves_by_rule
from serving.lifecycle.stages import Stage
from serving.model.reference import Grade
from serving.record.database.database import Database
from serving.record.leads.leads import StoredLead, leads_by_number
from serving.record.leads.sample import sample_leads
from serving.scoring.answer import Answer
from serving.scoring.rules import Rules
from serving.scoring.scoring import Scoring
from serving.scoring.use_cases import OwnModel
from serving.stored.scoring import StoredScores
from serving.stored.standing import Standing, standings, stands

MOST = 1_000
"""Leads that are looked at; of more, so many are taken at random."""

MONTH_US = 30 * DAY_US

_BATCH = 100


@dataclass(frozen=True, slots=True)
class LifecycleTrial:
    """What another lifecycle would do.

    Attributes:
        leads: That the record has.
        looked: Those looked at that are not at an end.
        month: How many would stand where, had nothing been in force for a month but the one
            lifecycle or the other one; None is no stage of it.
        at_once: How many rules would move that those in force leave, or move elsewhere.
        unknown: How many stand in a stage that only the lifecycle in force knows.
        unloaded: Use cases of the other one whose models are not loaded: the general model scored
            their leads here.
    """

    leads: int
    looked: int
    month: Mapping[tuple[Stage | None, Stage | None], int]
    at_once: Mapping[tuple[Stage, Stage], int]
    unknown: int
    unloaded: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The largest share of leads that it would move: of last month, at once, or nowhere."""
        moved = sum(count for (here, there), count in self.month.items() if here != there)
        return max(moved, sum(self.at_once.values()), self.unknown) / max(self.looked, 1)


@dataclass(frozen=True, slots=True)
class RulesTrial:
    """What other rules would say.

    Attributes:
        leads: That the record has.
        looked: Those looked at that may be scored.
        grades: How many have which grade by the rules in force and by the other ones.
    """

    leads: int
    looked: int
    grades: Mapping[tuple[Grade, Grade], int]

    @property
    def share(self) -> float:
        """The share of leads whose grade would be another one."""
        moved = sum(count for (here, there), count in self.grades.items() if here != there)
        return moved / max(self.looked, 1)


def try_lifecycle(
    scores: StoredScores, scoring: Scoring, other: Lifecycle, now: int
) -> LifecycleTrial:
    """Try another lifecycle on the leads of a record, with what is known of them now.

    A month ago is laid over today: moves by rule of the last 30 days are left out, those that
    people and the CRM made stay, and rules move from there. Where the other lifecycle names models
    that are loaded here, they score.

    Args:
        scores: Of the record, with the lifecycle in force.
        scoring: The model and the rules.
        other: The lifecycle to try.
        now: Microseconds since 1970.

    Raises:
        RecordAwayError: The database does not answer.
    """
    month: Counter[tuple[Stage | None, Stage | None]] = Counter()
    at_once: Counter[tuple[Stage, Stage]] = Counter()
    unknown, in_force = 0, scores.lifecycle
    batches, leads = _batches(scores.database)
    of_other = _divided(scoring, other)
    for numbers in batches:
        with scores.database.reading() as connection:
            some = leads_by_number(connection, numbers)
            said = _said(connection, scores, scoring, some, now)
            then = said
            if of_other.own or scoring.own:
                then = _said(connection, scores, of_other, some, now)
            here = standings(connection, in_force, scores.policy, said, now)
            there = standings(connection, other, scores.policy, then, now)
        for one, tried in zip(here, there, strict=True):
            stage, stays = one.facts.position.stage, tried.facts.position.stage
            if stage is not None and _is_end(in_force, stage):
                continue
            month[_after_month(in_force, one, now), _after_month(other, tried, now)] += 1
            usual, ends = _ends(in_force, one.facts), _ends(other, tried.facts)
            if stays is None and stage is not None:
                unknown += 1
            elif stays is not None and ends is not None and ends not in {stays, usual}:
                at_once[stays, ends] += 1
    unloaded = tuple(one.use_case for one in of_other.own if one.scorer is None)
    return LifecycleTrial(leads, month.total(), month, at_once, unknown, unloaded)


def try_rules(scores: StoredScores, in_force: Rules, other: Rules, now: int) -> RulesTrial:
    """Try other rules on the leads of a record that may be scored.

    Args:
        scores: Of the record.
        in_force: The rules that answer where no model can.
        other: The rules to try.
        now: Microseconds since 1970.

    Raises:
        RecordAwayError: The database does not answer.
    """
    grades: Counter[tuple[Grade, Grade]] = Counter()
    both = [Scoring(rules, "no_model") for rules in (in_force, other)]
    batches, leads = _batches(scores.database)
    for numbers in batches:
        with scores.database.reading() as connection:
            some = leads_by_number(connection, numbers)
            here, there = (
                scores.outcomes(connection, scoring, some, now, None) for scoring in both
            )
        for one, tried in zip(here, there, strict=True):
            if isinstance(one, Answer) and isinstance(tried, Answer):
                grades[one.grade, tried.grade] += 1
    return RulesTrial(leads, grades.total(), grades)


def _divided(scoring: Scoring, lifecycle: Lifecycle) -> Scoring:
    """Return what scores by the models that a lifecycle names, as far as they are loaded."""
    loaded = {one.address: one.scorer for one in scoring.own}
    general = scoring.general
    if general.address is not None and general.unavailable is None:
        loaded[general.address] = general
    return scoring.divided(
        [
            OwnModel(one.name, one.when, one.model, loaded.get(one.model))
            for one in lifecycle.use_cases
            if one.model is not None
        ]
    )


def _said(
    connection: Connection,
    scores: StoredScores,
    scoring: Scoring,
    leads: Sequence[StoredLead],
    now: int,
) -> list[tuple[StoredLead, object]]:
    return list(zip(leads, scores.outcomes(connection, scoring, leads, now, None), strict=True))


def _batches(database: Database) -> tuple[Iterator[list[int]], int]:
    with database.reading() as connection:
        numbers, leads = sample_leads(connection, MOST)
    return (numbers[at : at + _BATCH] for at in range(0, len(numbers), _BATCH)), leads


def _is_end(lifecycle: Lifecycle, stage: Stage) -> bool:
    terms = lifecycle.stages.get(stage)
    return terms is not None and terms.end


def _after_month(lifecycle: Lifecycle, one: Standing, now: int) -> Stage | None:
    kept = [e for e in one.history if e.role != "rule" or e.at < now - MONTH_US]
    return _ends(lifecycle, replace(one.facts, position=stands(lifecycle, one.lead, kept)))


def _ends(lifecycle: Lifecycle, facts: Facts) -> Stage | None:
    """Return where rules leave a lead."""
    ways = [way.to for _, way in moves_by_rule(lifecycle, facts)]
    return ways[-1] if ways else facts.position.stage
