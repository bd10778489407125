"""What the newest scores of stored leads rested on, and what a challenger said beside them."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from serving.record.schema import challenge, score_given


class Answered(NamedTuple):
    """How many scores had a basis.

    Attributes:
        basis: `model` or `rules`.
        fallback_reason: Why the rules answered; None where the model did.
        model_version: None on rules.
        scores: How many.
    """

    basis: str
    fallback_reason: str | None
    model_version: str | None
    scores: int


class Beside(NamedTuple):
    """A score, and what a challenger said of the same lead and moment."""

    champion: str | None
    given: float
    challenger: str
    said: float


def answered(connection: Connection, most: int) -> list[Answered]:
    """Return what the newest scores rested on, the most frequent first.

    Args:
        connection: Reading.
        most: How many scores are looked at.
    """
    columns = score_given.c
    names = ("basis", "fallback_reason", "model_version")
    some = (
        select(*(columns[name] for name in names))
        .order_by(columns.number.desc())
        .limit(most)
        .subquery()
    )
    by = [some.c[name] for name in names]
    counted: Select[*tuple[Any, ...]] = select(*by, func.count()).group_by(*by)
    rows = connection.execute(counted.order_by(func.count().desc()))
    return [Answered(*row) for row in rows]


def beside(connection: Connection, most: int) -> list[Beside]:
    """Return the newest scores of which a challenger said something, too.

    Args:
        connection: Reading.
        most: How many of what challengers said are looked at.
    """
    other, own = challenge.c, score_given.c
    some = select(other.number).order_by(other.number.desc()).limit(most).subquery()
    rows = connection.execute(
        select(own.model_version, own.probability, other.model_version, other.probability)
        .select_from(some)
        .join(challenge, other.number == some.c.number)
        .join(score_given, (own.lead == other.lead) & (own.as_of == other.as_of))
        .order_by(other.number.desc())
    )
    return [Beside(*row) for row in rows]
