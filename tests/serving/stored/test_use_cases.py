"""Stored leads of a use case: whatever is said of them, its own model says it."""

import math

import pytest
from sqlalchemy import select

from features.contract.lead import Event, moment
from serving.intake.company import company_facts
from serving.intake.events import Whose
from serving.lifecycle.agreement import Lifecycle
from serving.record.database.database import Database
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import StoredLead, find_lead, parts_of, touch
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.policy import Policy
from serving.record.schema import current_score, score_given
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.use_cases import OwnModel
from serving.stored.change import explain_change
from serving.stored.next_question import next_questions
from serving.stored.scoring import StoredScores
from serving.stored.timeline import timeline
from serving.stored.trial import try_lifecycle
from serving.work.rescoring import rescore_due
from tests.serving.lifecycle.agreements import agreement, small
from tests.serving.record.telling import HOUR, NOW, did, put, told
from tests.tiny import tiny_training

PATIENT = Conditions(deadline=math.inf)
GENERAL, ADDRESS = "models:/general/1", "models:/leads-it/1"
IT = {"name": "it", "when": {"industry": "IT"}, "model": ADDRESS}
AS_OF = NOW + HOUR


@pytest.fixture(scope="module")
def general(tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    model = tiny_training().load(tmp_path_factory.mktemp("general"), "general/1")
    return Scoring(read_rules(), model, PATIENT, GENERAL)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    model = tiny_training(trees=False).load(tmp_path_factory.mktemp("own"), "own/1")
    return Scoring(read_rules(), model, PATIENT)


@pytest.fixture(scope="module")
def scoring(general: Scoring, own: Scoring) -> Scoring:
    return general.divided([OwnModel("it", {"industry": ("IT",)}, ADDRESS, own)])


@pytest.fixture
def scores(database: Database) -> StoredScores:
    """Return a record: one lead of the use case, one of none, one of which little is known."""
    for lead_id, industry in (("it", " it "), ("bau", "Bau"), ("open", None)):
        profile = {"employees": 120, **({"industry": industry} if industry else {})}
        number = put(database, told(lead_id, profile=profile)).number
        with database.writing() as connection:
            given = NewConsent("profiling", "consent", True, "t", None, None, NOW)
            add_consent(connection, number, given, NOW)
    for n in range(3):
        put(database, told(f"x{n}", profile={"industry": "IT"}))
        did(database, Whose("lead_id", "it"), Event("page_view", moment(NOW - n * HOUR)))
    return StoredScores(database, Policy(), agreement(use_cases=[IT]))


def lead(database: Database, lead_id: str) -> StoredLead:
    with database.reading() as connection:
        found = find_lead(connection, lead_id)
    assert found is not None
    return found


def said(scores: StoredScores, scoring: Scoring, *lead_ids: str) -> list[Answer]:
    outcomes, _ = scores.score(scoring, lead_ids, AS_OF, None)
    return [one for one in outcomes if isinstance(one, Answer)]


def test_each_is_answered_as_by_its_model_alone(
    scores: StoredScores, scoring: Scoring, general: Scoring, own: Scoring
) -> None:
    it, bau = said(scores, scoring, "it", "bau")
    assert it == said(scores, own, "it")[0].model_copy(update={"use_case": "it"})
    assert [bau] == said(scores, general, "bau")


def test_the_worker_scores_by_it_and_the_record_keeps_its_version(
    scores: StoredScores, scoring: Scoring
) -> None:
    with scores.database.writing() as connection:
        numbers = [lead(scores.database, lead_id).number for lead_id in ("it", "bau")]
        touch(connection, numbers, AS_OF)
    rescore_due(scores, scoring, AS_OF)
    with scores.database.reading() as connection:
        given = dict(
            connection.execute(select(score_given.c.lead, score_given.c.model_version)).all()
        )
        placed = dict(
            connection.execute(select(current_score.c.lead, current_score.c.use_case)).all()
        )
    assert [given[number] for number in numbers] == ["own/1", "general/1"]
    assert [placed[number] for number in numbers] == ["it", None]


def test_what_lies_behind_a_score_adds_up_to_it(scores: StoredScores, scoring: Scoring) -> None:
    [answer] = said(scores, scoring, "it")
    one = lead(scores.database, "it")
    with scores.database.reading() as connection:
        parts = parts_of(connection, [one.number])
        [case] = stored_cases(connection, [one], parts, AS_OF, "en")
        change = explain_change(connection, scoring, one, parts, (NOW - HOUR, AS_OF), "en")
    assert change.end.model_version == "own/1"
    assert change.end.log_odds == pytest.approx(answer.log_odds, abs=1e-6)
    done = timeline(scoring, case, 10)
    total = done.start + sum(entry.contribution for entry in done.entries)
    assert total == pytest.approx(answer.log_odds, abs=1e-6)


def test_a_question_whose_answer_would_make_it_one_of_them_is_asked_of_their_model(
    scores: StoredScores, scoring: Scoring, own: Scoring
) -> None:
    one = lead(scores.database, "open")
    for n in range(3):
        put(scores.database, told(f"a{n}", profile={"industry": "IT"}))
        with scores.database.writing() as connection:
            given = NewConsent("profiling", "consent", True, "t", None, None, NOW)
            add_consent(connection, lead(scores.database, f"a{n}").number, given, NOW)
    with scores.database.reading() as connection:
        [case] = stored_cases(connection, [one], parts_of(connection, [one.number]), AS_OF, "en")
        asked = next_questions(connection, scores.policy, scoring, (one, case), company_facts, "en")
    [industry] = [question for question in asked if question.field == "industry"]
    [found] = [a.probability for a in industry.answers if a.value == "IT"]
    put(scores.database, told("open", profile={"industry": "IT"}))
    [by_own] = said(scores, own, "open")
    assert found == pytest.approx(by_own.probability)


def trial(*, model: str | None) -> Lifecycle:
    case = {**IT, "model": model, "needs": {"MQL": {"probability_at_least": 0.01}}}
    by_rule = {
        "from": "lead", "to": "MQL", "by": ["rule"], "needs": {"probability_at_least": 0.02},
    }  # fmt: skip
    return Lifecycle.model_validate(small(by_rule, use_cases=[case]))


def test_a_trial_tells_which_models_are_not_loaded(
    scores: StoredScores, scoring: Scoring, general: Scoring
) -> None:
    scores.lifecycle = trial(model=None)
    assert try_lifecycle(scores, scoring, trial(model=ADDRESS), AS_OF).unloaded == ()
    away = try_lifecycle(scores, general, trial(model="models:/other/2"), AS_OF)
    assert away.unloaded == ("it",)
    # The general one may be named, too, also where others divide its leads.
    for here in (general, scoring):
        named = try_lifecycle(scores, here, trial(model=GENERAL), AS_OF)
        assert named.unloaded == ()
    by_rules = Scoring(read_rules(), "no_model", PATIENT, GENERAL)
    assert try_lifecycle(scores, by_rules, trial(model=GENERAL), AS_OF).unloaded == ("it",)
    usual = try_lifecycle(scores, general, trial(model=None), AS_OF)
    # In its place, the general model scores.
    assert (away.month, away.at_once) == (usual.month, usual.at_once)
