"""The identities that every answer keeps, on the values sent."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract.case import Case
from features.contract.lead import Event, Lead
from serving.model.reference import grade_of
from serving.model.scorer import LeadModel
from serving.scoring.answer import Answer, Enquiry, compose
from serving.scoring.rules import Rules, read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.strongest import Listing
from tests.tiny import tiny_training

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000
TYPES = ("demo_request", "page_view", "price_page", "unsubscribe", "newsletter_opt_in", "other")

events = st.lists(
    st.builds(
        Event,
        event_type=st.sampled_from(TYPES),
        occurred_at=st.floats(-2, 400).map(lambda days: NOW - timedelta(days=days)),
        recorded_at=st.none(),
        value=st.none() | st.floats(-1e15, 1e15),
        item=st.sampled_from([None, "a", "b"]),
        event_id=st.sampled_from([None, "1", "2"]),
    ),
    max_size=12,
)
leads = st.builds(
    Lead,
    lead_id=st.just("L"),
    created_at=st.floats(0, 400).map(lambda days: NOW - timedelta(days=days)),
    account_id=st.none() | st.just("A"),
    profile=st.fixed_dictionaries(
        {},
        optional={
            "employees": st.none() | st.floats(-1e15, 1e15),
            "industry": st.sampled_from(["IT", "machinery", "?", "", None]),
            "role": st.sampled_from(["management", "student", "competitor", None]),
        },
    ),
)
cases = st.builds(
    Case,
    lead=leads,
    events=events,
    account_events=st.none() | events,
    as_of=st.just(NOW_US),
    language=st.sampled_from(["de", "en", None]),
)


def check(answer: Answer) -> None:
    """Check the identities on the values as they go over the wire."""
    sent = json.loads(answer.model_dump_json())
    odds = sent["log_odds"]
    assert math.isfinite(odds)
    assert 0 < sent["probability"] < 1
    assert math.log(sent["probability"] / (1 - sent["probability"])) == pytest.approx(
        odds, abs=1e-6
    )
    assert sent["base_log_odds"] + sent["fit"] + sent["behaviour"] == pytest.approx(odds, abs=1e-6)
    listed = sum(reason["contribution"] for reason in sent["reasons"])
    total = sent["base_log_odds"] + listed + sent["other_contribution"]
    assert total == pytest.approx(odds, abs=1e-6)
    assert sent["grade"] == grade_of(sent["score"])
    for reason in sent["reasons"]:
        assert (reason["contribution"] > 0) == (reason["direction"] == "up")
        assert reason["contribution"] != 0
        shares = [feature["contribution"] for feature in reason["features"]]
        assert sum(shares) == pytest.approx(reason["contribution"], abs=1e-6)
        assert [abs(share) for share in shares] == sorted(map(abs, shares), reverse=True)
        assert 0 not in shares
    assert len({reason["subject"] for reason in sent["reasons"]}) == len(sent["reasons"]) or (
        sent["basis"] == "rules"
    )


RULES = read_rules()


def loud(rules: Rules) -> Rules:
    """Return rules whose points leave the range of log-odds."""
    dump = rules.model_dump(exclude_none=True)
    for part in ("fit", "behaviour"):
        for rule in dump[part].values():
            rule["points"] *= 10
    return Rules.model_validate(dump)


@pytest.mark.parametrize("rules", [RULES, loud(RULES)], ids=["default", "beyond the cap"])
@given(case=cases)
@settings(max_examples=40, deadline=None)
def test_answers_of_the_rules_add_up(rules: Rules, case: Case) -> None:
    answer = Scoring(rules, "no_model").score(case, 0.0)
    check(answer)
    assert abs(answer.log_odds) <= 20 + 1e-9
    assert (answer.basis, answer.fallback_reason) == ("rules", "no_model")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LeadModel:
    return tiny_training().load(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def by_model(model: LeadModel) -> Scoring:
    return Scoring(RULES, model, Conditions(deadline=math.inf))


@given(case=cases)
@settings(max_examples=40, deadline=None)
def test_answers_of_the_model_add_up(by_model: Scoring, case: Case) -> None:
    answer = by_model.score(case, 0.0)
    check(answer)
    assert (answer.basis, answer.fallback_reason) == ("model", None)
    assert answer.model_version == "tiny/1"


@given(case=cases, up=st.integers(0, 3), down=st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_the_parts_add_up_however_few_reasons_are_listed(
    model: LeadModel, case: Case, up: int, down: int
) -> None:
    conditions = Conditions(deadline=math.inf, listing=Listing(up=up, down=down))
    answer = Scoring(RULES, model, conditions).score(case, 0.0)
    check(answer)
    assert sum(reason.direction == "up" for reason in answer.reasons) <= up
    assert sum(reason.direction == "down" for reason in answer.reasons) <= down


def test_nothing_else_contributes_where_every_reason_is_listed() -> None:
    case = Case(Lead("L", NOW, None, {"role": "student"}), [], None, NOW_US, None)
    answer = Scoring(RULES, "no_model").score(case, 0.0)
    [reason] = answer.reasons
    assert reason.subject == "profile.role"
    assert reason.features == [
        {"feature": "profile.role", "value": "student", "contribution": reason.contribution}
    ]
    assert answer.other_contribution == 0.0


def test_each_rule_is_a_reason_of_its_own() -> None:
    events = [Event("price_page", NOW - timedelta(n)) for n in (1, 2, 3)]
    answer = Scoring(RULES, "no_model").score(Case(Lead("L", NOW), events, None, NOW_US, None), 0.0)
    prices = [reason for reason in answer.reasons if reason.subject == "event:price_page"]
    assert len(prices) == 2
    for reason in prices:
        assert [share["feature"] for share in reason.features] == ["count(price_page,30d)"]
        assert [share["value"] for share in reason.features] == [3.0]


def test_features_of_one_subject_are_one_reason(by_model: Scoring) -> None:
    events = [Event("demo_request", NOW - timedelta(1))] * 2
    case = Case(Lead("L", NOW - timedelta(9)), events, [], NOW_US, "de")
    reasons = {reason.subject: reason for reason in by_model.score(case, 0.0).reasons}
    demo = reasons["event:demo_request"]
    assert demo.text.startswith("Demo angefragt: zweimal in 7 Tagen (Chance × ")
    assert [share["feature"] for share in demo.features] == ["count(demo_request,7d)"]
    assert reasons.keys() <= {
        "event:demo_request", "event:page_view", "account.event:*", "profile.employees",
        "profile.industry", "profile_missing", "lead_age_days",
    }  # fmt: skip


def test_what_is_missing_is_told(by_model: Scoring) -> None:
    case = Case(
        Lead("L", NOW, "A", {"colour": "red"}),
        [Event("x", NOW), Event("x", NOW - timedelta(1))],
        None,
        NOW_US,
        None,
    )
    answer = by_model.score(case, 0.0)
    assert set(answer.missing) == {"employees", "industry", "account_events"}
    assert (answer.events_ignored, answer.events_incomplete) == (1, 0)
    assert answer.unknown == ["event_type:x", "profile.colour"]


def test_events_are_missing_where_none_counts(by_model: Scoring) -> None:
    for events, missing in (
        ([], True),
        ([Event("page_view", NOW)], True),
        ([Event("nobody_knows", NOW - timedelta(1))], False),
    ):
        answer = by_model.score(Case(Lead("L", NOW), events, None, NOW_US, None), 0.0)
        assert ("events" in answer.missing) == missing


def test_a_category_that_training_never_had_is_named_by_its_field(by_model: Scoring) -> None:
    for industry, unknown in (
        ("IT", []),
        (" it ", []),
        (None, []),
        ("Geheim", ["profile.industry"]),
    ):
        case = Case(Lead("L", NOW, None, {"industry": industry}), [], None, NOW_US, None)
        answer = by_model.score(case, 0.0)
        assert answer.unknown == unknown
        assert "Geheim" not in str(answer.unknown)


def test_rules_have_seen_no_categories(by_model: Scoring) -> None:
    case = Case(Lead("L", NOW, None, {"industry": "Geheim"}), [], None, NOW_US, None)
    assert Scoring(RULES, "no_model").score(case, 0.0).unknown == []


def test_of_whom_no_more_is_told_nothing_was_left_out() -> None:
    scoring = Scoring(RULES, "no_model")
    [found] = scoring.assess([Case(Lead("L", NOW), [], None, NOW_US, None)])
    answer = compose(Enquiry("L", NOW_US), found, Listing(), "en", None)
    assert (answer.events_ignored, answer.events_incomplete, answer.unknown) == (0, 0, [])
    assert "events" not in answer.missing


def test_a_probability_lies_between_none_and_one() -> None:
    bounds = Answer.model_json_schema()["properties"]["probability"]
    assert (bounds["minimum"], bounds["maximum"]) == (0, 1)
