"""The list of work: leads with a score, the most promising first.

Where a lead stands is kept beside its current score, in the index that leads are ranked by.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    select,
    true,
    tuple_,
    update,
)

from serving.lifecycle.stages import Stage
from serving.record.database.membership import among
from serving.record.leads.leads import LEAD_FIELDS, StoredLead
from serving.record.leads.owners import is_owned_by
from serving.record.schema import current_score, lead, score_given
from serving.record.scores.scores import CurrentScore

NOWHERE = ""
"""Where a lead stands that is in no stage of the agreement, or was not looked at yet."""

Place = tuple[float, int]
"""Where a page ended: what it is ranked by, and the lead's number."""

_UNSCORED = -1.0

_score, _given = current_score.c, score_given.c
_SHOWN = select(
    *LEAD_FIELDS, _score.probability, _score.grade, _score.as_of, _given.contributions
)  # fmt: skip
# Said so, since PostgreSQL takes it that hardly any two columns are the same, and would rather look
# at all leads than go along the ranks; nearly all stand for themselves.
_STANDS_ALONE = case((lead.c.number == lead.c.root, true()), else_=false())
_RANKED = _SHOWN.select_from(
    current_score.join(lead, and_(lead.c.number == _score.lead, _STANDS_ALONE)).join(
        score_given, _given.number == _score.given
    )
)
_FOUND = _SHOWN.select_from(
    lead.outerjoin(current_score, _score.lead == lead.c.number).outerjoin(
        score_given, _given.number == _score.given
    )
).where(among(lead.c.number, "numbers"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which leads are wanted; None is any.

    Attributes:
        stages: Any of them; `NOWHERE` is one, too.
        grades: Any of them.
        use_case: Of the agreement.
        among: Numbers of leads that stand for themselves, with or without a score; None is every
            lead that has one.
        owned: Whether it matters who owns them.
        owner: Who does, where that matters; None is nobody.
    """

    stages: tuple[Stage | str, ...] | None = None
    grades: tuple[str, ...] | None = None
    use_case: str | None = None
    among: frozenset[int] | None = None
    owned: bool = False
    owner: str | None = None


class WorkItem(NamedTuple):
    """A lead of the list.

    Attributes:
        lead: That stands for itself.
        score: None where it has none.
        contributions: To the log-odds of the score, by subject; empty where it has none.
    """

    lead: StoredLead
    score: CurrentScore | None
    contributions: Mapping[str, float]


def work_list(
    connection: Connection, wanted: Wanted, after: Place | None, limit: int
) -> tuple[list[WorkItem], Place | None]:
    """Return a page of leads, the most promising first, and where it ended; None on the last."""
    statement, numbers = _RANKED, dict[str, Collection[int]]()
    rank: ColumnElement[float] = _score.probability
    number: ColumnElement[int] = _score.lead
    if wanted.among is not None:
        statement, numbers = _FOUND, {"numbers": wanted.among}
        rank, number = func.coalesce(rank, _UNSCORED), lead.c.number
    if after is not None:
        statement = statement.where(tuple_(rank, number) < tuple_(*after))
    statement = _filtered(statement, wanted).order_by(rank.desc(), number.desc())
    rows = connection.execute(statement.limit(limit + 1), numbers).all()
    found = [_item(row) for row in rows[:limit]]
    return found, _place(found[-1]) if len(rows) > limit else None


def place_leads(
    connection: Connection, standing: Mapping[int, tuple[Stage | None, str | None]]
) -> None:
    """Note where leads stand that have a score: their stage and use case, by number."""
    rows = [
        {"of": number, "stands": stage or NOWHERE, "case": use_case}
        for number, (stage, use_case) in sorted(standing.items())
    ]
    if rows:
        connection.execute(_OF_LEAD.values(stage=_STANDS, use_case=bindparam("case")), rows)


def move_in_list(connection: Connection, stages: Mapping[int, Stage | None]) -> None:
    """Note the stages of leads that have a score, by number; their use case stays."""
    rows = [{"of": number, "stands": stage or NOWHERE} for number, stage in sorted(stages.items())]
    if rows:
        connection.execute(_OF_LEAD.values(stage=_STANDS), rows)


_OF_LEAD = update(current_score).where(_score.lead == bindparam("of"))
_STANDS: BindParameter[str] = bindparam("stands")


def _filtered(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.stages is not None:
        # By its index, leads of one stage come in the order of their ranks, those of several do
        # not: all of them would be put in order. SQLite takes it wherever a column stands alone.
        stage = _score.stage if len(wanted.stages) == 1 else _score.stage.concat("")
        statement = statement.where(stage.in_(wanted.stages))
    if wanted.grades is not None:
        statement = statement.where(_score.grade.in_(wanted.grades))
    if wanted.use_case is not None:
        statement = statement.where(_score.use_case == wanted.use_case)
    if wanted.owned:
        statement = statement.where(is_owned_by(lead, wanted.owner))
    return statement


def _item(row: Any) -> WorkItem:  # noqa: ANN401 - a row of either statement
    fields = len(StoredLead._fields)
    told, scored = StoredLead(*row[:fields]), row[fields:-1]
    score = None if scored[0] is None else CurrentScore(*scored)
    return WorkItem(told, score, row[-1] or {})


def _place(item: WorkItem) -> Place:
    return _UNSCORED if item.score is None else item.score.probability, item.lead.number
