"""What a challenger said of leads beside the answers that were given."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from serving.record.database.database import insert_new
from serving.record.schema import challenge


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
