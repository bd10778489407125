"""What the newest scores of stored leads rested on."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from serving.record.schema import score_given


class CountedBasis(NamedTuple):
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


def newest_bases(connection: Connection, most: int) -> list[CountedBasis]:
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
    return [CountedBasis(*row) for row in rows]
