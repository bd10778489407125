"""A challenger scores in the shadow: recorded beside what was answered, and never answered."""

import math
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, select

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.record.privacy.retention import expired, let_go
from serving.record.schema import challenge, score_given
from serving.record.schema import lead as lead_table
from serving.record.scores.challenges import Challenge, add_challenges
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.settings import Settings
from serving.stored import shadow
from serving.stored.scoring import StoredScores
from serving.stored.shadow import Shadow
from serving.watch import Watch
from serving.work.rescoring import rescore_due
from tests.serving.server import running
from tests.tiny import tiny_training

RULES = read_rules()
CONSENT = {"purpose": "profiling", "given": True, "source": "test"}


@pytest.fixture
def scores(database: Database, tmp_path: Path) -> StoredScores:
    """Return stored leads with a challenger, which scores when it is told to."""
    folder = tiny_training().save(tmp_path / "model")
    scores = StoredScores(database, Policy())
    settings = Settings(deadline_ms=60_000)
    challenger = Watch(str(folder), settings, RULES, lambda *_: None)
    challenger.look()
    scores.shadow = Shadow(database, scores.outcomes, challenger)
    return scores


@pytest.fixture
def client(scores: StoredScores) -> Iterator[httpx.Client]:
    state = ServiceState()
    state.record = scores
    state.ready(Scoring(RULES, "no_model", Conditions(deadline=math.inf)))
    with running(state) as client:
        yield client


def put(client: httpx.Client, *lead_ids: str) -> None:
    for lead_id in lead_ids:
        body = {"profile": {"employees": 120, "industry": "IT"}, "consents": [CONSENT]}
        client.put(f"/v1/leads/{lead_id}", json=body).raise_for_status()


def shadow_of(scores: StoredScores) -> Shadow:
    assert scores.shadow is not None
    return scores.shadow


def challenges(scores: StoredScores) -> list[Challenge]:
    columns = [challenge.c[name] for name in Challenge._fields]
    with scores.database.reading() as connection:
        return [Challenge(*row) for row in connection.execute(select(*columns))]


def test_what_is_answered_is_challenged_and_answered_all_the_same(
    client: httpx.Client, scores: StoredScores
) -> None:
    put(client, "L1")
    answer = client.get("/v1/leads/L1/score").raise_for_status().json()
    assert (answer["basis"], challenges(scores)) == ("rules", [])
    assert shadow_of(scores).score_some() == 1
    scores.ledger.flush()
    [said] = challenges(scores)
    with scores.database.reading() as connection:
        [(number, as_of)] = connection.execute(select(score_given.c.lead, score_given.c.as_of))
    assert (said.lead, said.as_of) == (number, as_of)
    # What the challenger would have answered, had it been asked.
    scoring = shadow_of(scores).challenger.scoring
    assert scoring is not None
    [alone], _ = scores.score(scoring, ["L1"], as_of, None)
    assert isinstance(alone, Answer)
    assert (said.probability, said.model_version) == (alone.probability, alone.model_version)
    assert said.probability != answer["probability"]
    readiness = client.get("/readyz").json()["challenger"]
    assert readiness == {
        "model_version": said.model_version,
        "message": None,
        "scored": 1,
        "dropped": 0,
    }


def test_many_are_challenged_some_at_a_time_each_at_its_own_moment(
    client: httpx.Client, scores: StoredScores
) -> None:
    lead_ids = [f"L{number}" for number in range(shadow._AT_A_TIME + 1)]
    put(client, *lead_ids)
    client.post("/v1/leads/score", json={"lead_ids": lead_ids}).raise_for_status()
    client.get("/v1/leads/L0/score").raise_for_status()
    one = shadow_of(scores)
    assert [one.score_some() for _ in range(4)] == [shadow._AT_A_TIME, 1, 1, 0]
    assert (one.scored, one.dropped) == (len(lead_ids) + 1, 0)
    moments = [said.as_of for said in challenges(scores)]
    assert len(set(moments)) == 2


def test_a_score_of_another_moment_was_not_given_and_is_not_challenged(
    client: httpx.Client, scores: StoredScores
) -> None:
    put(client, "L1")
    as_of = {"as_of": client.get("/v1/leads/L1/score").json()["as_of"]}
    assert shadow_of(scores).score_some() == 1
    client.get("/v1/leads/L1/score", params=as_of).raise_for_status()
    assert shadow_of(scores).score_some() == 0


def test_what_a_worker_scores_is_challenged(client: httpx.Client, scores: StoredScores) -> None:
    put(client, "L1", "L2")
    scoring = Scoring(RULES, "no_model", Conditions(deadline=math.inf))
    assert rescore_due(scores, scoring, at := now() + 1) == 2
    assert shadow_of(scores).score_some() == 2
    assert [said.as_of for said in challenges(scores)] == [at, at]


def test_more_than_may_wait_are_dropped_and_counted(
    scores: StoredScores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow, "MOST", 2)
    for number in (1, 2, 3):
        scores.challenge(number, now())
    assert shadow_of(scores).dropped == 1


def test_whoever_is_gone_meanwhile_is_not_challenged(
    client: httpx.Client, scores: StoredScores
) -> None:
    put(client, "gone", "withdrawn")
    client.post("/v1/leads/score", json={"lead_ids": ["gone", "withdrawn"]}).raise_for_status()
    client.delete("/v1/leads/gone").raise_for_status()
    body = {"consents": [{**CONSENT, "given": False}]}
    client.patch("/v1/leads/withdrawn", json=body).raise_for_status()
    assert shadow_of(scores).score_some() == 2
    assert challenges(scores) == []
    assert shadow_of(scores).dropped == 2


def test_without_a_challenger_that_loads_answers_wait(scores: StoredScores, tmp_path: Path) -> None:
    broken = Watch(str(tmp_path / "nowhere"), Settings(), RULES, lambda *_: None)
    one = Shadow(scores.database, scores.outcomes, broken)
    one.note(1, 2)
    assert one.score_some() == 0
    broken.look()
    assert (one.score_some(), one.dropped) == (0, 0)
    assert "holds no manifest.json" in str(broken.message)


def test_what_is_said_goes_with_the_lead_and_after_the_period_of_scores(
    client: httpx.Client, scores: StoredScores
) -> None:
    put(client, "L1")
    policy = Policy.model_validate({"retention": {"scores": "30d"}}).retention
    with scores.database.writing() as connection:
        [number] = connection.execute(select(lead_table.c.number)).scalars()
        add_challenges(connection, [Challenge(number, at, at, 0.5, "m/1") for at in (1, now())])
    assert expired(scores.database, policy, now()) == {"scores": 1}
    assert let_go(scores.database, policy, now(), lambda _: None) == {"scores": 1}
    assert len(challenges(scores)) == 1
    held = client.get("/v1/leads/L1/export").json()
    assert [row["model_version"] for row in held["tables"]["challenge"]] == ["m/1"]
    with scores.database.writing() as connection:
        connection.execute(delete(lead_table))
    assert challenges(scores) == []


def test_it_works_beside_the_service_until_it_is_stopped(
    client: httpx.Client, scores: StoredScores
) -> None:
    put(client, "L1")
    client.get("/v1/leads/L1/score").raise_for_status()
    one = shadow_of(scores)
    one.start()
    while not one.scored:
        assert one._thread.is_alive()
        one._stopped.wait(0.01)
    one.stop()
    assert not one._thread.is_alive()
    assert len(challenges(scores)) == 1
