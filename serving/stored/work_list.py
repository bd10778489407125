"""Whom to talk to: a page of the list of work, with what somebody should know of each lead."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from features.contract.duration import DAY_US
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.kpis.calendar import week_of
from serving.lifecycle.next_action import NextAction
from serving.lifecycle.sla import Sla
from serving.model.reference import Grade
from serving.record.identity.people import Person, people_of
from serving.record.leads.owners import owner_ids
from serving.record.lifecycle.review_sample import sampled
from serving.record.scores.history import PastScore, scores_at
from serving.record.scores.work_list import Place, Wanted, WorkItem, work_list
from serving.stored.next_step import next_actions
from serving.stored.scoring import StoredScores
from serving.stored.standing import Standing, promise, standings


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A lead of the list.

    Attributes:
        item: With its score; None where it may not be shown any more.
        person: As people know it.
        standing: Where it stands.
        action: What to do next.
        sla: What sales promised; None where that is nothing.
        before: What was said of it a day ago; None where nothing was.
        drawn: Whether it was drawn for a review this week.
        owner: Who owns it; None is nobody.
    """

    item: WorkItem
    person: Person
    standing: Standing
    action: NextAction
    sla: Sla | None
    before: PastScore | None
    drawn: bool
    owner: str | None


def work_rows(
    connection: Connection,
    scores: StoredScores,
    wanted: Wanted,
    after: Place | None,
    limit: int,
    now: int,
) -> tuple[list[WorkRow], Place | None]:
    """Return a page of leads, the most promising first, and where it ended; None on the last.

    Args:
        connection: Reading.
        scores: Of the record.
        wanted: Which leads.
        after: Where the page before ended.
        limit: At most so many.
        now: Microseconds since 1970.
    """
    items, end = work_list(connection, wanted, after, limit)
    leads = [item.lead for item in items]
    numbers = [lead.number for lead in leads]
    people = people_of(connection, numbers)
    before = scores_at(connection, numbers, now - DAY_US)
    standing = standings(
        connection, scores.lifecycle, scores.policy, [(lead, None) for lead in leads], now
    )
    scored = [(one, _score(item, one)) for item, one in zip(items, standing, strict=True)]
    actions = next_actions(connection, scores.lifecycle, scored, now)
    drawn = drawn_for_review(connection, scores.lifecycle, now)
    owners = owner_ids(connection, numbers)
    rows = [
        WorkRow(
            item=item,
            person=people[item.lead.number],
            standing=one,
            action=action,
            sla=promise(scores.lifecycle, one, now),
            before=before.get(item.lead.number),
            drawn=item.lead.number in drawn,
            owner=owners[item.lead.number],
        )
        for item, one, action in zip(items, standing, actions, strict=True)
    ]
    return [row if row.standing.facts.consent else _unscored(row) for row in rows], end


def drawn_for_review(connection: Connection, lifecycle: Lifecycle, now: int) -> frozenset[int]:
    """Return the numbers of the leads that people should look at this week."""
    if lifecycle.review is None:
        return frozenset()
    return frozenset(sampled(connection, week_of(now)))


def _score(item: WorkItem, standing: Standing) -> tuple[float, Grade] | None:
    if item.score is None or not standing.facts.consent:
        return None
    return item.score.probability, item.score.grade


def _unscored(row: WorkRow) -> WorkRow:
    """Return a row without what may not be said of a lead whose basis was just withdrawn."""
    return replace(row, item=row.item._replace(score=None, contributions={}), before=None)
