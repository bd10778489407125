"""Scores as they were given, and the newest of each lead."""

from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from serving.model.reference import Grade
from serving.record.database.database import put
from serving.record.database.membership import among
from serving.record.leads.leads import make_due
from serving.record.schema import current_score, lead, score_given


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

_GIVERS = (
    select(_c.lead, score_given.c.model_version, score_given.c.rules)
    .join(score_given, score_given.c.number == _c.given)
    .where(among(_c.lead, "numbers"))
)

_THERE = (
    select(lead.c.number)
    .where(among(lead.c.number, "numbers"))
    .order_by(lead.c.number)
    .with_for_update(read=True, key_share=True)
)

# Asked for by its index: numbers that came back from what was written would need a statement of
# another text for each count of rows, which PostgreSQL would have to read anew.
_GIVEN = (
    select(score_given.c.number)
    .where(score_given.c.lead == bindparam("of"), score_given.c.as_of == bindparam("at"))
    .order_by(score_given.c.number.desc())
    .limit(1)
    .scalar_subquery()
)

_GIVEN_OF = (
    select(score_given.c.lead, score_given.c.as_of, score_given.c.probability)
    .where(among(score_given.c.lead, "numbers"))
    .order_by(score_given.c.lead, score_given.c.as_of, score_given.c.number)
)


def give_scores(connection: Connection, scores: Sequence[GivenScore]) -> None:
    """Keep scores that were given; the newest of each lead becomes its current one.

    Scores of leads that are gone by now are left out.
    """
    _show(connection, _kept(connection, scores))


def give_asked(connection: Connection, scores: Sequence[GivenScore], now: int) -> None:
    """Keep scores that somebody asked for; they become current where the grade stays the same.

    Another grade is to be told, and whoever works in the background tells it: the lead is due.

    Args:
        connection: Writing.
        scores: In any order; those of leads that are gone by now are left out.
        now: Microseconds since 1970.
    """
    newest = _kept(connection, scores)
    before = current_scores(connection, sorted(newest))
    # What comes late, as after the database was away, is no news.
    news = {
        n: row for n, row in newest.items() if n not in before or before[n].as_of < row["as_of"]
    }
    same = {n: row for n, row in news.items() if n in before and before[n].grade == row["grade"]}
    _show(connection, same, by="as_of")
    make_due(connection, news.keys() - same.keys(), now)


def _kept(connection: Connection, scores: Sequence[GivenScore]) -> dict[int, dict[str, Any]]:
    """Keep scores of leads that are there, and return the newest row of each, by lead."""
    there = _there(connection, {score.lead for score in scores}) if scores else set()
    rows = [score._asdict() for score in scores if score.lead in there]
    if rows:
        connection.execute(score_given.insert().inline(), rows)
    return {row["lead"]: row for row in sorted(rows, key=itemgetter("as_of"))}


def _show(
    connection: Connection, newest: Mapping[int, Mapping[str, Any]], by: str | None = None
) -> None:
    """Make scores the current ones; with `by`, those by whose column no newer one is."""
    # Writers of the same leads wait for each other in one order.
    rows = [_current(newest[number]) for number in sorted(newest)]
    update = ["given", "probability", "grade", "as_of"]
    put(connection, current_score, rows, update=update, found={"given": _GIVEN}, by=by)


def _current(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a current score, with what its number is asked for by."""
    shown = {name: row[name] for name in ("lead", "probability", "grade", "as_of")}
    return {**shown, "of": row["lead"], "at": row["as_of"]}


def _there(connection: Connection, numbers: Collection[int]) -> set[int]:
    """Return which leads are there; nobody can remove them until we are done."""
    return set(connection.execute(_THERE, {"numbers": numbers}).scalars())


class Giver(NamedTuple):
    """What gave a score: a version of a model, or rules of a fingerprint; the other is None."""

    model_version: str | None
    rules: str | None


def givers_of(connection: Connection, numbers: Sequence[int]) -> dict[int, Giver]:
    """Return what gave the newest score of each lead that has one, by number."""
    rows = connection.execute(_GIVERS, {"numbers": numbers}).all()
    return {row[0]: Giver(*row[1:]) for row in rows}


def current_scores(connection: Connection, numbers: Sequence[int]) -> dict[int, CurrentScore]:
    """Return the newest score of each lead that has one, by number."""
    rows = connection.execute(_CURRENT, {"numbers": numbers}).all()
    return {row[0]: CurrentScore(*row[1:]) for row in rows}


def probabilities_given(
    connection: Connection, numbers: Sequence[int]
) -> dict[int, list[tuple[int, float]]]:
    """Return what was said of leads when, by number: moments and probabilities, the oldest first.

    Moments are microseconds since 1970.
    """
    found: dict[int, list[tuple[int, float]]] = {}
    for number, as_of, probability in connection.execute(_GIVEN_OF, {"numbers": numbers}):
        found.setdefault(number, []).append((as_of, probability))
    return found
