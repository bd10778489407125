"""All that somebody who talks to a lead should know of it, from one state of the record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from features.contract.case import Case
from features.contract.duration import DAY_US
from features.contract.language import Language
from features.contract.lead import ContractError
from serving.lifecycle.next_action import NextAction
from serving.record.identity.people import Person, people_of
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import StoredLead, parts_of
from serving.record.privacy.consents import NewConsent, ledger_of
from serving.record.scores.history import PastScore, newest_scores
from serving.scoring.answer import Answer
from serving.scoring.scoring import Scoring
from serving.stored.change import Change, explain_change
from serving.stored.company import Company, company_of
from serving.stored.next_step import next_actions
from serving.stored.scoring import Outcome, StoredScores
from serving.stored.standing import Standing, standings
from serving.stored.timeline import Timeline, timeline

Told = TypeVar("Told")

MOST_EVENTS = 25
_MOST_SCORES = 200
_WEEK_US = 7 * DAY_US


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind a score.

    Attributes:
        answer: The score.
        case: What it was asked about.
        timeline: What the lead did; None where that cannot be read.
        change: Why the score changed; None where what was known before cannot be read.
        history: Scores that were given, the oldest first; others between them say the same.
    """

    answer: Answer
    case: Case
    timeline: Timeline | None
    change: Change | None
    history: tuple[PastScore, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A lead.

    Attributes:
        lead: That stands for itself.
        person: As people know it.
        outcome: Its score, or why it has none; None while nothing is loaded that scores.
        behind: What lies behind the score; None where there is none.
        standing: Where it stands, and what is known of it.
        action: What to do next.
        company: None where it has none.
        consents: The ledger, the oldest first.
    """

    lead: StoredLead
    person: Person
    outcome: Outcome | None
    behind: Behind | None
    standing: Standing
    action: NextAction
    company: Company | None
    consents: tuple[NewConsent, ...]


def dossier(
    connection: Connection,
    scores: StoredScores,
    scoring: Scoring | None,
    lead: StoredLead,
    moments: tuple[int | None, int],
    language: Language,
) -> Dossier:
    """Return what is known of a lead.

    Args:
        connection: Reading.
        scores: Of the record.
        scoring: The model and the rules; None while they are loading.
        lead: That stands for itself.
        moments: Since when the change is told, None for the last week; and now. Microseconds since
            1970.
        language: Of sentences.
    """
    since, now = moments
    parts = parts_of(connection, [lead.number])
    outcome = None
    if scoring is not None:
        [outcome] = scores.outcomes(connection, scoring, [lead], now, language)
    behind = None
    if scoring is not None and isinstance(outcome, Answer):
        begin = max(lead.created, min(now - _WEEK_US if since is None else since, now))
        behind = _behind(connection, scoring, outcome, (lead, parts), (begin, now), language)
    [standing] = standings(connection, scores.lifecycle, scores.policy, [(lead, outcome)], now)
    score = (outcome.probability, outcome.grade) if isinstance(outcome, Answer) else None
    [action] = next_actions(connection, scores.lifecycle, [(standing, score)], now)
    return Dossier(
        lead=lead,
        person=people_of(connection, [lead.number])[lead.number],
        outcome=outcome,
        behind=behind,
        standing=standing,
        action=action,
        company=company_of(connection, scores.lifecycle, lead),
        consents=tuple(entry for _, entry in ledger_of(connection, sorted(parts))),
    )


def _behind(
    connection: Connection,
    scoring: Scoring,
    answer: Answer,
    of: tuple[StoredLead, Mapping[int, int]],
    moments: tuple[int, int],
    language: Language,
) -> Behind:
    lead, parts = of
    [case] = stored_cases(connection, [lead], parts, moments[1], language)
    return Behind(
        answer=answer,
        case=case,
        timeline=_readable(lambda: timeline(scoring, case, MOST_EVENTS)),
        change=_readable(
            lambda: explain_change(connection, scoring, lead, parts, moments, language)
        ),
        history=telling(newest_scores(connection, lead.number, _MOST_SCORES)),
    )


def _readable(told: Callable[[], Told]) -> Told | None:
    """Return what is told, None where the data of another moment cannot be read as features are."""
    try:
        return told()
    except ContractError:
        return None


def telling(scores: Sequence[PastScore]) -> tuple[PastScore, ...]:
    """Return the scores that say something new: another grade, percentage or model."""
    found: list[PastScore] = []
    for score in scores:
        if not found or _said(score) != _said(found[-1]):
            found.append(score)
    return tuple(found)


def _said(score: PastScore) -> tuple[object, ...]:
    return score.grade, round(100 * score.probability), score.model_version, score.basis
