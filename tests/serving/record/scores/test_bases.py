"""What the newest scores rested on, in either database."""

from serving.record.database.database import Database
from serving.record.scores.bases import CountedBasis, newest_bases
from serving.record.scores.scores import give_scores
from tests.serving.record.telling import NOW, given, put, told


def test_scores_are_counted_by_what_they_rested_on(database: Database) -> None:
    number = put(database, told("a")).number
    scores = [given(number, NOW + n, 0.1, "m/1" if n % 3 else None) for n in range(7)]
    with database.reading() as connection:
        assert newest_bases(connection, 10) == []
    with database.writing() as connection:
        give_scores(connection, scores)
    with database.reading() as connection:
        assert newest_bases(connection, 10) == [
            CountedBasis("model", None, "m/1", 4),
            CountedBasis("rules", "deadline", None, 3),
        ]
        assert newest_bases(connection, 1) == [CountedBasis("rules", "deadline", None, 1)]
