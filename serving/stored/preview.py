"""What an agreement would do with the leads of a record; nothing is changed."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.moves import moves_by_rule
from serving.lifecycle.stages import STAGES, Stage
from serving.record.leads.leads import StoredLead, leads_by_number
from serving.record.schema import lead
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores
from serving.stored.standing import Standing, standings

_BATCH = 100


class Destination(NamedTuple):
    """Where leads stand, and where rules would move them; None is no stage of the agreement."""

    stands: Stage | None
    ends: Stage | None


def preview(
    scores: StoredScores,
    scoring: Scoring,
    now: int,
    on_step: Callable[[int], None],
) -> dict[Destination, int]:
    """Return how many leads rules would move where, by stage; visitors are left out.

    Args:
        scores: Of the record, with the agreement to try.
        scoring: The model and the rules.
        now: Microseconds since 1970.
        on_step: Called with how many leads were looked at.

    Raises:
        RecordAwayError: The database does not answer.
    """
    found: Counter[Destination] = Counter()
    last = 0
    while True:
        with scores.database.reading() as connection:
            leads = _some(connection, last)
            outcomes = scores.outcomes(connection, scoring, leads, now, None)
            said = list(zip(leads, outcomes, strict=True))
            here = standings(connection, scores.lifecycle, scores.policy, said, now)
        if not leads:
            return dict(sorted(found.items(), key=_place))
        found.update(_destination(scores.lifecycle, one) for one in here)
        last = max(one.number for one in leads)
        on_step(found.total())


def _place(found: tuple[Destination, int]) -> list[int]:
    return [-1 if stage is None else STAGES.index(stage) for stage in found[0]]


def _some(connection: Connection, after: int) -> list[StoredLead]:
    numbers = connection.execute(
        select(lead.c.number)
        .where(lead.c.number > after, lead.c.number == lead.c.root, lead.c.kind == "lead")
        .order_by(lead.c.number)
        .limit(_BATCH)
    ).scalars()
    return leads_by_number(connection, list(numbers))


def _destination(lifecycle: Lifecycle, one: Standing) -> Destination:
    stage = one.facts.position.stage
    ends = [way.to for _, way in moves_by_rule(lifecycle, one.facts)]
    return Destination(stage, ends[-1] if ends else stage)
