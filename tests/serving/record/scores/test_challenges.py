"""What a challenger said beside the answers that were given, in either database."""

from serving.record.database.database import Database
from serving.record.scores.challenges import Beside, Challenge, add_challenges, beside
from serving.record.scores.scores import give_scores
from tests.serving.record.telling import NOW, given, put, told


def test_a_challenger_stands_beside_what_was_given(database: Database) -> None:
    one, other = (put(database, told(lead_id)).number for lead_id in ("a", "b"))
    with database.reading() as connection:
        assert beside(connection, 10) == []
    with database.writing() as connection:
        give_scores(connection, [given(one, NOW, 0.1, "m/1"), given(other, NOW + 1, 0.2, "m/1")])
        add_challenges(
            connection,
            [
                Challenge(one, NOW, NOW, 0.3, "m/2"),
                Challenge(other, NOW + 1, NOW, 0.4, "m/2"),
                # Its answer was never written down.
                Challenge(other, NOW + 2, NOW, 0.5, "m/2"),
            ],
        )
    with database.reading() as connection:
        assert beside(connection, 10) == [
            Beside("m/1", 0.2, "m/2", 0.4), Beside("m/1", 0.1, "m/2", 0.3)
        ]  # fmt: skip
        assert beside(connection, 2) == [Beside("m/1", 0.2, "m/2", 0.4)]
