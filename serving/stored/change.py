"""Why a score changed between two moments, in parts that add up.

The case of the earlier moment becomes that of the later one step by step: first only time passes,
then what the lead did is added, then what its company did, then what became known of it. Each step
is scored by the same basis, that of the later moment, and is what it adds to the log-odds; so the
steps add up to the whole change. What another model said at the earlier moment is a step of its
own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select

from features.contract.case import Case
from features.contract.language import Language
from features.wording.labels import subject_label
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import StoredLead
from serving.record.schema import score_given
from serving.scoring.answer import Assessment
from serving.scoring.scoring import Scoring

Cause = Literal["model", "time", "lead", "company", "profile"]

_LISTED = 5
_NOTHING = 1e-12


class Moment(NamedTuple):
    """A score at one end of a change.

    Attributes:
        as_of: Microseconds since 1970.
        log_odds: Of the target.
        model_version: None on rules.
    """

    as_of: int
    log_odds: float
    model_version: str | None


class SubjectChange(NamedTuple):
    """What one subject added to a step."""

    subject: str
    label: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Step:
    """One cause of a change.

    Attributes:
        cause: What changed.
        contribution: What it adds to the log-odds.
        changes: The subjects that changed most, strongest first; none for another model.
    """

    cause: Cause
    contribution: float
    changes: tuple[SubjectChange, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of score; the steps add up from `start` to `end`."""

    start: Moment
    end: Moment
    steps: tuple[Step, ...]


def explain_change(
    connection: Connection,
    scoring: Scoring,
    lead: StoredLead,
    parts: Mapping[int, int],
    moments: tuple[int, int],
    language: Language,
) -> Change:
    """Return why a score changed.

    Where a score was given at the earlier moment, the change begins with what was said then.

    Args:
        connection: Reading.
        scoring: The model and the rules.
        lead: Whose score.
        parts: By number of each part of the lead, for which it stands.
        moments: The earlier and the later one, microseconds since 1970.
        language: Of labels.

    Raises:
        ContractError: The lead's data cannot be read as its features want them.
    """
    begin, end = moments
    [before] = stored_cases(connection, [lead], parts, begin, language)
    [after] = stored_cases(connection, [lead], parts, end, language)
    cases = _between(before, after)
    said = scoring.of(after.lead.profile).assess(cases)
    odds = [_log_odds(one) for one in said]
    causes: tuple[Cause, ...] = ("time", "lead", "company", "profile")
    steps = [
        Step(cause, odds[place + 1] - odds[place], _changes(earlier, later, language))
        for place, (cause, (earlier, later)) in enumerate(zip(causes, pairwise(said), strict=True))
    ]
    version = said[0].basis.version
    start = _given(connection, lead, begin) or Moment(begin, odds[0], version)
    if abs(start.log_odds - odds[0]) > _NOTHING or start.model_version != version:
        steps.insert(0, Step("model", odds[0] - start.log_odds, ()))
    return Change(start, Moment(end, odds[-1], version), tuple(steps))


def _between(before: Case, after: Case) -> list[Case]:
    """Return the cases from the earlier to the later one, each with one more cause."""
    older = replace(before, as_of=after.as_of)
    own = replace(older, events=after.events)
    company = replace(own, account_events=after.account_events)
    return [before, older, own, company, after]


def _log_odds(said: Assessment) -> float:
    return float(said.base + said.by_reason.sum())


def _changes(
    before: Assessment, after: Assessment, language: Language
) -> tuple[SubjectChange, ...]:
    basis = after.basis
    differences: dict[str, float] = {}
    labels: dict[str, str] = {}
    for (subject, feature), difference in zip(
        basis.about, (after.by_reason - before.by_reason).tolist(), strict=True
    ):
        differences[subject] = differences.get(subject, 0.0) + difference
        labels[subject] = subject_label(feature, basis.feature_set, language)
    strongest = sorted(differences, key=lambda subject: -abs(differences[subject]))
    return tuple(
        SubjectChange(subject, labels[subject], differences[subject])
        for subject in strongest[:_LISTED]
        if abs(differences[subject]) > _NOTHING
    )


def _given(connection: Connection, lead: StoredLead, as_of: int) -> Moment | None:
    """Return the score that was given at exactly a moment."""
    columns = score_given.c
    row = connection.execute(
        select(columns.as_of, columns.log_odds, columns.model_version)
        .where(columns.lead == lead.number, columns.as_of == as_of)
        .order_by(columns.number.desc())
        .limit(1)
    ).first()
    return None if row is None else Moment(*row)
