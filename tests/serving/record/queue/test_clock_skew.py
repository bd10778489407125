"""What happened while the clock was ahead is not kept waiting once it is put right."""

import pytest

from features.contract.duration import DAY_US
from serving.record.database.database import Database
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.policy import Policy
from serving.record.queue.clock_skew import LONGEST_US, SKEW_US
from serving.record.queue.outbox import Message, add_messages, claim_deliveries
from serving.record.queue.webhooks import add_webhook
from serving.record.scores.scores import current_scores
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import make_stale_due, rescore_due
from tests.serving.record.telling import NOW, put, told

AHEAD = NOW + 1_000 * DAY_US


@pytest.fixture
def scores(database: Database) -> StoredScores:
    return StoredScores(database, Policy())


@pytest.fixture
def scoring() -> Scoring:
    return Scoring(read_rules(), "no_model", Conditions(deadline=60.0))


def allowed(scores: StoredScores, lead_id: str, at: int) -> int:
    number = put(scores.database, told(lead_id, at)).number
    consent = NewConsent("profiling", "consent", True, "test", None, None, NOW)
    with scores.database.writing() as connection:
        add_consent(connection, number, consent, at)
    return number


def test_leads_that_were_due_or_scored_ahead_are_scored(
    scores: StoredScores, scoring: Scoring
) -> None:
    scored = allowed(scores, "scored", AHEAD)
    assert rescore_due(scores, scoring, AHEAD) == 1
    waits = allowed(scores, "waits", AHEAD)
    assert rescore_due(scores, scoring, NOW) == 0
    make_stale_due(scores, NOW)
    assert rescore_due(scores, scoring, NOW) == 2
    with scores.database.reading() as connection:
        found = current_scores(connection, [scored, waits])
    assert {one.as_of for one in found.values()} == {NOW}
    # Once is enough.
    make_stale_due(scores, NOW + 1)
    assert rescore_due(scores, scoring, NOW + 1) == 0


def test_clocks_of_several_machines_may_differ_a_little(
    scores: StoredScores, scoring: Scoring
) -> None:
    allowed(scores, "L", NOW + SKEW_US)
    make_stale_due(scores, NOW)
    assert rescore_due(scores, scoring, NOW) == 0
    assert rescore_due(scores, scoring, NOW + SKEW_US) == 1


@pytest.mark.parametrize(("wait", "claimed"), [(LONGEST_US, 0), (LONGEST_US + 1, 1)])
def test_a_message_waits_no_longer_than_any_attempt(
    scores: StoredScores, wait: int, claimed: int
) -> None:
    with scores.database.writing() as connection:
        add_webhook(connection, "https://example.com/hook", ["score.changed"], NOW)
        add_messages(connection, [Message("score.changed", None, {})], NOW + wait)
    make_stale_due(scores, NOW)
    with scores.database.writing() as connection:
        assert len(claim_deliveries(connection, NOW, 9)) == claimed
