"""When what happens to a lead is scored: once, soon after the first of it."""

from serving.record.database.database import Database
from serving.record.leads.leads import find_lead, touch
from serving.record.privacy.policy import Policy, Profiling
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import SETTLING_US, rescore_due
from tests.serving.record.telling import NOW, put, told


def test_what_follows_soon_is_scored_with_the_first_of_it(database: Database) -> None:
    put(database, told("L"))
    scores = StoredScores(database, Policy(profiling=Profiling(bases=("contract",))))
    scoring = Scoring(read_rules(), "no_model", Conditions(deadline=60.0))
    rescore_due(scores, scoring, NOW + 1)
    for later in (0, SETTLING_US // 2, SETTLING_US - 1):
        with database.writing() as connection:
            lead = find_lead(connection, "L")
            assert lead is not None
            touch(connection, [lead.number], NOW + later)
        assert rescore_due(scores, scoring, NOW + later, SETTLING_US) == 0
    # Each later one made it due a microsecond later, so that no score under way covers it.
    assert rescore_due(scores, scoring, NOW + SETTLING_US + 1, SETTLING_US) == 0
    assert rescore_due(scores, scoring, NOW + SETTLING_US + 2, SETTLING_US) == 1
    assert rescore_due(scores, scoring, NOW + 3 * SETTLING_US, SETTLING_US) == 0
