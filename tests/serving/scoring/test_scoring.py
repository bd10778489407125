"""Scoring without HTTP: every way to the rules, and one lead as among many."""

import math
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from features.contract.lead import ContractError
from serving.model.scorer import LeadModel
from serving.scoring.answer import Answer, FallbackReason
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from tests.serving.broken import model_without_numbers
from tests.serving.sent import case, lead
from tests.tiny import tiny_training

RULES = read_rules()


@pytest.fixture
def model(tmp_path: Path) -> LeadModel:
    return tiny_training().load(tmp_path)


@pytest.mark.parametrize("reason", ["no_model", "model_refused"])
def test_without_a_model_the_rules_answer(reason: FallbackReason) -> None:
    answer = Scoring(RULES, reason).score(case(), time.monotonic())
    assert (answer.basis, answer.fallback_reason) == ("rules", reason)
    assert answer.model_version is None


def test_the_model_answers_in_time(model: LeadModel) -> None:
    answer = Scoring(RULES, model, Conditions(deadline=60.0)).score(case(), time.monotonic())
    assert (answer.basis, answer.fallback_reason) == ("model", None)


def test_a_request_that_waited_too_long_gets_the_rules(model: LeadModel) -> None:
    scoring = Scoring(RULES, model, Conditions(deadline=0.2))
    answer = scoring.score(case(), time.monotonic() - 0.3)
    assert (answer.basis, answer.fallback_reason) == ("rules", "deadline")


def test_only_the_lead_whose_output_is_no_number_gets_the_rules() -> None:
    scoring = Scoring(RULES, model_without_numbers(), Conditions(deadline=math.inf))
    good, bad = scoring.score_all([case(), case(lead=lead(profile={}))], 0.0)
    assert isinstance(good, Answer)
    assert isinstance(bad, Answer)
    assert (good.basis, good.fallback_reason) == ("model", None)
    assert (bad.basis, bad.fallback_reason) == ("rules", "non_finite")
    assert math.isfinite(bad.log_odds)


def test_a_fallback_answers_what_the_rules_say(model: LeadModel) -> None:
    late = Scoring(RULES, model).score(case(), -math.inf)
    alone = Scoring(RULES, "no_model").score(case(), 0.0)
    assert late == alone.model_copy(update={"fallback_reason": "deadline"})


def test_a_callers_mistake_is_no_fallback(model: LeadModel) -> None:
    wrong = case(lead=lead(profile={"employees": "a secret"}))
    with pytest.raises(ContractError) as caught:
        Scoring(RULES, model, Conditions(deadline=math.inf)).score(wrong, 0.0)
    assert caught.value.field == "lead.profile.employees"
    assert "secret" not in str(caught.value)


def test_a_text_that_only_the_rules_want_as_a_number_is_unknown_to_them() -> None:
    answer = Scoring(RULES, "no_model").score(
        case(lead=lead(profile={"employees": "50-249", "industry": "machinery"})), 0.0
    )
    assert answer.unknown == ["profile.employees"]
    assert "employees" in answer.missing
    assert {reason.subject for reason in answer.reasons} >= {"profile.industry"}


@pytest.mark.parametrize("basis", ["model", "rules"])
def test_one_is_scored_as_among_many(model: LeadModel, basis: str) -> None:
    chosen: LeadModel | FallbackReason = model if basis == "model" else "no_model"
    scoring = Scoring(RULES, chosen, Conditions(deadline=math.inf))
    cases = [
        case(lead=lead(lead_id=f"L{n}", profile={"employees": 3.7**n, "industry": "IT"}))
        for n in range(12)
    ]
    cases[4] = case(lead=lead(profile={"employees": "many"}))
    cases[7] = case(events=[], language="de")
    together = scoring.score_all(cases, 0.0)
    for number, (one, result) in enumerate(zip(cases, together, strict=True)):
        if number == 4 and basis == "model":
            assert isinstance(result, ContractError)
        else:
            assert scoring.score(one, 0.0) == result


def test_the_deadline_of_a_batch_grows_with_its_leads(model: LeadModel) -> None:
    scoring = Scoring(RULES, model, Conditions(deadline=30.0))
    arrived = time.monotonic() - 40.0
    reasons = [
        result.fallback_reason
        for count in (1, 4)
        for result in scoring.score_all([case()] * count, arrived)
        if isinstance(result, Answer)
    ]
    assert reasons == ["deadline", None, None, None, None]


def test_other_rules_leave_the_model_as_it_is(model: LeadModel) -> None:
    in_time = Conditions(deadline=math.inf)
    answer = Scoring(RULES, model, in_time).under(RULES).score(case(), 0.0)
    assert (answer.basis, answer.model_version) == ("model", "tiny/1")
    refused = Scoring(RULES, "model_refused", in_time).under(RULES).score(case(), 0.0)
    assert refused.fallback_reason == "model_refused"


def test_warming_leaves_nothing_behind(model: LeadModel) -> None:
    scoring = Scoring(RULES, model, Conditions(deadline=math.inf))
    before = scoring.score(case(), 0.0)
    scoring.warm()
    assert scoring.score(case(), 0.0) == before


def test_reasons_come_in_the_language_asked_for(model: LeadModel) -> None:
    scoring = Scoring(RULES, model, Conditions(deadline=math.inf, language="de"))
    asked = {
        language: " ".join(
            reason.text for reason in scoring.score(case(language=language), 0.0).reasons
        )
        for language in ("de", "en", None)
    }
    assert "Demo angefragt" in asked["de"] == asked[None]
    assert "Demo requested" in asked["en"]


def test_a_deadline_that_passes_while_rows_are_computed_gets_the_rules(
    model: LeadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.1, 0.5])
    monkeypatch.setattr(
        "serving.scoring.scoring.time", SimpleNamespace(monotonic=lambda: next(clock))
    )
    cases = [case(), case(lead=lead(profile={"employees": "many"}))]
    late, wrong = Scoring(RULES, model, Conditions(deadline=0.2)).score_all(cases, arrived=0.0)
    assert isinstance(late, Answer)
    assert (late.basis, late.fallback_reason) == ("rules", "deadline")
    assert isinstance(wrong, ContractError)


def test_the_last_moment_of_a_deadline_is_in_time(
    model: LeadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.scoring.scoring.time", SimpleNamespace(monotonic=lambda: 0.2))
    answer = Scoring(RULES, model, Conditions(deadline=0.2)).score(case(), arrived=0.0)
    assert answer.basis == "model"
