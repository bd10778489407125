"""What the newest scores rested on, in either database."""

from serving.record.database.database import Database
from serving.record.scores.bases import Answered, answered
from serving.record.scores.scores import give_scores
from tests.serving.record.telling import NOW, given, put, told


def test_scores_are_counted_by_what_they_rested_on(database: Database) -> None:
    number = put(database, told("a")).number
    scores = [given(number, NOW + n, 0.1, "m/1" if n % 3 else None) for n in range(7)]
    with database.reading() as connection:
        assert answered(connection, 10) == []
    with database.writing() as connection:
        give_scores(connection, scores)
    with database.reading() as connection:
        assert answered(connection, 10) == [
            Answered("model", None, "m/1", 4),
            Answered("rules", "deadline", None, 3),
        ]
        assert answered(connection, 1) == [Answered("rules", "deadline", None, 1)]
