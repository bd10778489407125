"""Lists of leads: filtered, sorted, and read on from where the last page ended."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Select, and_, or_, select

from serving.record.leads.leads import LEAD_FIELDS, StoredLead, account_of
from serving.record.leads.owners import is_owned_by, owner_of
from serving.record.schema import current_score, lead, stage_change
from serving.record.scores.scores import CurrentScore

Order = Literal["probability", "changed"]
Place = tuple[float, int]
"""Where a page ended: what it is sorted by, and the lead's number."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which leads are wanted.

    Attributes:
        grades: Any of them.
        stage: The newest stage.
        account_id: The company.
        changed_since: Microseconds since 1970.
        owner: Who owns them.
    """

    grades: tuple[str, ...] | None = None
    stage: str | None = None
    account_id: str | None = None
    changed_since: int | None = None
    owner: str | None = None


class ListedLead(NamedTuple):
    """A lead of a list."""

    lead: StoredLead
    stage: str | None
    owner: str | None
    score: CurrentScore | None


def list_leads(
    connection: Connection, wanted: Filter, order: Order, after: Place | None, limit: int
) -> tuple[list[ListedLead], Place | None]:
    """Return a page of leads, and where it ended; None on the last page.

    By probability the most promising come first, and only leads that were scored; by change the
    newest come first.
    """
    statement = _statement(wanted, order)
    sorted_by = current_score.c.probability if order == "probability" else lead.c.changed
    if after is not None:
        value, number = after
        statement = statement.where(
            or_(sorted_by < value, and_(sorted_by == value, lead.c.number < number))
        )
    statement = statement.order_by(sorted_by.desc(), lead.c.number.desc()).limit(limit + 1)
    rows = connection.execute(statement).all()
    found = [
        ListedLead(
            StoredLead(*row[:6]),
            row[6],
            row[7],
            None if row[8] is None else CurrentScore(*row[8:]),
        )
        for row in rows[:limit]
    ]
    if len(rows) <= limit:
        return found, None
    last = rows[limit - 1]
    return found, (last[8] if order == "probability" else last[5], last[0])


def _statement(wanted: Filter, order: Order) -> Select[*tuple[Any, ...]]:
    score = current_score.c
    part = lead.alias("part")
    stage = (
        select(stage_change.c.stage)
        .join(part, part.c.number == stage_change.c.lead)
        .where(part.c.root == lead.c.number)
        .correlate(lead)
        .order_by(stage_change.c.at.desc(), stage_change.c.recorded.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = select(
        *LEAD_FIELDS, stage, owner_of(lead), score.probability, score.grade, score.as_of
    ).where(lead.c.number == lead.c.root)
    joined = score.lead == lead.c.number
    statement = statement.join_from(lead, current_score, joined, isouter=order == "changed")
    if wanted.grades is not None:
        statement = statement.where(score.grade.in_(wanted.grades))
    if wanted.stage is not None:
        statement = statement.where(stage == wanted.stage)
    if wanted.account_id is not None:
        members = select(part.c.root).where(part.c.account_id == wanted.account_id)
        statement = statement.where(
            lead.c.number.in_(members), account_of(lead) == wanted.account_id
        )
    if wanted.changed_since is not None:
        statement = statement.where(lead.c.changed >= wanted.changed_since)
    if wanted.owner is not None:
        statement = statement.where(is_owned_by(lead, wanted.owner))
    return statement
