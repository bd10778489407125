"""What was said is written down a moment later, whatever became of the leads meanwhile."""

import pytest
from sqlalchemy import select, update

from serving.record.access.audits import Look, audits_of
from serving.record.database.database import Database
from serving.record.leads.leads import find_lead
from serving.record.privacy.erasure import erase_lead
from serving.record.schema import lead, score_given
from serving.record.scores.scores import GivenScore, current_scores, give_scores
from serving.stored.ledger import Ledger
from tests.serving.record.telling import NOW, put, told
from tests.serving.statements import counted


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def score(number: int, probability: float, at: int) -> GivenScore:
    return GivenScore(
        number, at, at, probability, 50, "C", "rules", None, None, None, 0.25, 0.0, {"other": 0.25}
    )


def written(database: Database) -> list[tuple[int, float]]:
    columns = score_given.c
    with database.reading() as connection:
        rows = connection.execute(
            select(columns.lead, columns.probability).order_by(columns.number)
        ).all()
    return [(number, probability) for number, probability in rows]


def test_a_lead_that_was_erased_meanwhile_keeps_no_other_from_being_written(
    database: Database, ledger: Ledger
) -> None:
    gone, stays = put(database, told("A")).number, put(database, told("B")).number
    for number in (gone, stays, gone):
        ledger.note(score(number, 0.5, NOW))
    ledger.note_look(Look(stays, "crm", "scored", NOW))
    with database.writing() as connection:
        found = find_lead(connection, "A")
        assert found is not None
        erase_lead(connection, found, "api", NOW)
    ledger.flush()
    assert written(database) == [(stays, 0.5)]
    with database.reading() as connection:
        assert audits_of(connection, [stays]) == [(NOW, "crm", "scored", None)]


def test_nothing_is_written_where_all_leads_are_gone(database: Database, ledger: Ledger) -> None:
    ledger.note(score(77, 0.5, NOW))
    ledger.flush()
    assert written(database) == []


def test_a_score_that_is_written_late_displaces_no_newer_one(
    database: Database, ledger: Ledger
) -> None:
    number, other = put(database, told("A")).number, put(database, told("B")).number
    with database.writing() as connection:
        give_scores(connection, [score(number, 0.2, NOW + 2), score(other, 0.7, NOW)])
    settled(database)
    ledger.note(score(number, 0.1, NOW + 1))
    ledger.note(score(other, 0.8, NOW + 1))
    ledger.flush()
    assert shown(database, number, other) == {number: (0.2, NOW + 2), other: (0.8, NOW + 1)}
    assert due(database) == []


def test_what_the_background_scores_is_shown_also_where_its_clock_was_put_back(
    database: Database,
) -> None:
    number = put(database, told("A")).number
    for probability, at in ((0.2, NOW + 2), (0.3, NOW + 1)):
        with database.writing() as connection:
            give_scores(connection, [score(number, probability, at)])
    assert shown(database, number) == {number: (0.3, NOW + 1)}


def test_another_grade_is_not_shown_but_makes_the_lead_due(
    database: Database, ledger: Ledger
) -> None:
    numbers = [put(database, told(name)).number for name in "ABC"]
    with database.writing() as connection:
        give_scores(connection, [score(number, 0.2, NOW) for number in numbers[:2]])
    settled(database)
    late = score(numbers[0], 0.9, NOW - 1)._replace(grade="A")
    newer = score(numbers[1], 0.9, NOW + 1)._replace(grade="A")
    first = score(numbers[2], 0.9, NOW + 1)
    for one in (late, newer, first):
        ledger.note(one)
    ledger.flush()
    assert shown(database, *numbers) == dict.fromkeys(numbers[:2], (0.2, NOW))
    assert due(database) == numbers[1:]


def shown(database: Database, *numbers: int) -> dict[int, tuple[float, int]]:
    with database.reading() as connection:
        found = current_scores(connection, numbers)
    return {number: (one.probability, one.as_of) for number, one in found.items()}


def settled(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(lead).values(due=None))


def due(database: Database) -> list[int]:
    with database.reading() as connection:
        found = select(lead.c.number).where(lead.c.due.is_not(None)).order_by(lead.c.number)
        return list(connection.execute(found).scalars())


def test_scores_are_written_by_the_same_statements_however_many_they_are(
    database: Database, ledger: Ledger
) -> None:
    number = put(database, told("A")).number
    with database.writing() as connection:
        give_scores(connection, [score(number, 0.5, NOW)])
    asked = []
    for many in (1, 3, 20):
        for n in range(many):
            ledger.note(score(number, 0.5, NOW + 100 * many + n))
        with counted(database) as statements:
            ledger.flush()
        asked.append(statements)
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) == 4
