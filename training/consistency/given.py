"""Scores as they were given, and who gave them."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from serving.record.schema import score_given

_AT_ONCE = 10_000


class Giver(NamedTuple):
    """What scores rested on.

    Attributes:
        model_version: Such as ``leadscore-demo/1``; None where rules answered.
        rules: Fingerprint of the rules; None where a model answered, or nobody noted it.
    """

    model_version: str | None
    rules: str | None


class Given(NamedTuple):
    """A score that was given; `as_of` is in microseconds since 1970, parts are in log-odds."""

    number: int
    lead: int
    as_of: int
    probability: float
    log_odds: float
    base_log_odds: float
    contributions: dict[str, float]


class GivenScores:
    """The newest scores of a record."""

    def __init__(self, connection: Connection, since: int | None, limit: int) -> None:
        """Choose scores.

        Args:
            connection: Reading.
            since: Microseconds since 1970; earlier ones are left out.
            limit: Most scores, the newest.
        """
        self._connection = connection
        self._since = () if since is None else (score_given.c.as_of >= since,)
        self._chosen = (
            select(score_given).where(*self._since).order_by(score_given.c.number.desc())
        ).limit(limit).subquery()  # fmt: skip

    def givers(self) -> dict[Giver, int]:
        """Return how many of the scores each gave."""
        columns = (self._chosen.c.model_version, self._chosen.c.rules)
        counted = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        return {Giver(*who): count for *who, count in self._connection.execute(counted)}

    def of(self, giver: Giver) -> Iterator[list[Given]]:
        """Yield the scores that one gave in lists, ordered by lead and moment."""
        columns = self._chosen.c
        by_giver: list[ColumnElement[bool]] = [
            columns[name].is_not_distinct_from(value) for name, value in giver._asdict().items()
        ]
        rows = self._connection.execute(
            select(*(columns[name] for name in Given._fields))
            .where(*by_giver)
            .order_by(columns.lead, columns.as_of, columns.number)
            .execution_options(yield_per=_AT_ONCE)
        )
        for some in rows.partitions():
            yield [Given(*row) for row in some]

    def leads(self) -> set[int]:
        """Return the numbers of all leads that have a score, however many there are."""
        chosen = select(score_given.c.lead).where(*self._since).distinct()
        return set(self._connection.execute(chosen).scalars())
