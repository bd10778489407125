"""The company of a lead: who else is known there, and how promising they are."""

import math
from dataclasses import dataclass

from sqlalchemy import Connection

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.stages import Stage
from serving.record.identity.people import Person, people_of
from serving.record.leads.leads import StoredLead, leads_by_number
from serving.record.leads.members import members_of
from serving.record.lifecycle.stages import stages_of
from serving.record.scores.scores import CurrentScore, current_scores
from serving.stored.standing import stands

_MOST = 20


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else of a company.

    Attributes:
        lead: Who stands for themselves.
        person: As people know them.
        stage: None where the agreement does not know it.
        score: The newest; None where there is none.
    """

    lead: StoredLead
    person: Person
    stage: Stage | None
    score: CurrentScore | None


@dataclass(frozen=True, slots=True)
class Company:
    """A company by its leads.

    Attributes:
        account_id: The CRM's.
        colleagues: The most promising ones first, so many as are shown.
        others: How many colleagues there are besides.
        combined: Probability that any of its leads with a score becomes SQL, if they decided by
            themselves; None where none has a score.
    """

    account_id: str
    colleagues: tuple[Colleague, ...]
    others: int
    combined: float | None


def company_of(connection: Connection, lifecycle: Lifecycle, lead: StoredLead) -> Company | None:
    """Return the company of a lead that stands for itself, None where it has none."""
    if lead.account_id is None:
        return None
    members = members_of(connection, [lead.account_id])
    numbers = sorted(members.leads.get(lead.account_id, set()) | {lead.number})
    scores = current_scores(connection, numbers)
    others = sorted(set(numbers) - {lead.number}, key=lambda n: _rank(scores, n))
    shown = others[:_MOST]
    found = [scores[number].probability for number in numbers if number in scores]
    return Company(
        account_id=lead.account_id,
        colleagues=tuple(_colleagues(connection, lifecycle, members.parts, shown, scores)),
        others=len(others) - len(shown),
        combined=1 - math.prod(1 - one for one in found) if found else None,
    )


def _rank(scores: dict[int, CurrentScore], number: int) -> tuple[float, int]:
    score = scores.get(number)
    return (1.0 if score is None else -score.probability, number)


def _colleagues(
    connection: Connection,
    lifecycle: Lifecycle,
    parts: dict[int, int],
    numbers: list[int],
    scores: dict[int, CurrentScore],
) -> list[Colleague]:
    own = {part: root for part, root in parts.items() if root in numbers}
    people, histories = people_of(connection, numbers), stages_of(connection, own)
    found = [
        Colleague(
            lead,
            people[lead.number],
            stands(lifecycle, lead, histories.get(lead.number, [])).stage,
            scores.get(lead.number),
        )
        for lead in leads_by_number(connection, numbers)
    ]
    return sorted(found, key=lambda one: _rank(scores, one.lead.number))
