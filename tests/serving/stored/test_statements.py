"""How often a database is asked for scores of stored leads: each time is a way there and back."""

import math

import pytest

from features.contract.lead import Event, moment
from serving.intake.events import Whose
from serving.record.database.database import Database
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.policy import Policy
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from tests.serving.record.telling import HOUR, NOW, did, put, told
from tests.serving.statements import counted

SCORING = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
GIVEN = NewConsent("profiling", "consent", True, "test", None, None, NOW)


def kept(database: Database, lead_id: str, account_id: str | None) -> None:
    lead = told(lead_id, account_id=account_id, account_told=True, profile={"role": "CEO"})
    number = put(database, lead).number
    did(database, Whose("lead_id", lead_id), Event("click", moment(NOW - 1)))
    with database.writing() as connection:
        add_consent(connection, number, GIVEN, NOW)


@pytest.mark.parametrize(("account_id", "statements"), [(None, 4), ("firm", 5)])
def test_a_score_takes_few_statements_however_many_are_asked_for(
    database: Database, account_id: str | None, statements: int
) -> None:
    ids = [f"L{n}" for n in range(20)]
    for lead_id in ids:
        kept(database, lead_id, account_id)
    scores = StoredScores(database, Policy())
    for asked in (ids[:1], ids):
        with counted(database) as said:
            outcomes, _ = scores.score(SCORING, asked, NOW + HOUR, None)
        assert all(isinstance(outcome, Answer) for outcome in outcomes)
        assert len(said) == statements
