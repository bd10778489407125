"""Scores as they were given, and the newest of each lead."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from serving.model.reference import Grade
from serving.record.among import among
from serving.record.database import put
from serving.record.schema import current_score, score_given


class GivenScore(NamedTuple):
    """A score that was given; moments are microseconds since 1970.

    Attributes:
        rules: Fingerprint of the rules that answered; None where a model did.
        contributions: In log-odds, of the listed reasons by subject and of the `other` ones; with
            `base_log_odds` they add up to `log_odds`.
    """

    lead: int
    as_of: int
    given: int
    probability: float
    score: int
    grade: str
    basis: str
    fallback_reason: str | None
    model_version: str | None
    rules: str | None
    log_odds: float
    base_log_odds: float
    contributions: dict[str, float]


class CurrentScore(NamedTuple):
    """The newest score of a lead."""

    probability: float
    grade: Grade
    as_of: int


_c = current_score.c
_CURRENT = select(_c.lead, _c.probability, _c.grade, _c.as_of).where(among(_c.lead, "numbers"))


def give_scores(connection: Connection, scores: Sequence[GivenScore]) -> None:
    """Note scores that were given; the last of each lead becomes its current one."""
    if not scores:
        return
    rows: list[dict[str, Any]] = [score._asdict() for score in scores]
    numbers = connection.execute(
        score_given.insert().returning(score_given.c.number, sort_by_parameter_order=True), rows
    ).scalars()
    newest = {
        score.lead: {
            "lead": score.lead,
            "given": number,
            "probability": score.probability,
            "grade": score.grade,
            "as_of": score.as_of,
        }
        for score, number in zip(scores, numbers, strict=True)
    }
    update = ["given", "probability", "grade", "as_of"]
    put(connection, current_score, list(newest.values()), update=update)


def current_scores(connection: Connection, numbers: Sequence[int]) -> dict[int, CurrentScore]:
    """Return the newest score of each lead that has one, by number."""
    rows = connection.execute(_CURRENT, {"numbers": numbers}).all()
    return {row[0]: CurrentScore(*row[1:]) for row in rows}
