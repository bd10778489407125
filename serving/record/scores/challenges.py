"""What a challenger said of leads beside the answers that were given."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.database import insert_new
from serving.record.schema import challenge, score_given


class Challenge(NamedTuple):
    """What a challenger said; it belongs to the score given of the same lead and moment.

    Attributes:
        lead: Its number.
        as_of: Moment of the score that was given, microseconds since 1970.
        given: When the challenger said it, microseconds since 1970.
        probability: Of the target.
        model_version: Of the challenger.
    """

    lead: int
    as_of: int
    given: int
    probability: float
    model_version: str


def add_challenges(connection: Connection, said: Sequence[Challenge]) -> None:
    """Note what a challenger said."""
    insert_new(connection, challenge, [one._asdict() for one in said])


class Beside(NamedTuple):
    """A score, and what a challenger said of the same lead and moment."""

    champion: str | None
    given: float
    challenger: str
    said: float


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
