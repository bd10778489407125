"""Other agreements tried on the leads of a record, which they do not change."""

from typing import Any

import pytest
from sqlalchemy import select

from serving.intake.events import Whose
from serving.lifecycle.agreement import Lifecycle
from serving.record.database.database import Database
from serving.record.leads.leads import find_lead
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.policy import Policy
from serving.record.schema import audit, outbox, stage_change
from serving.scoring.rules import Thresholds, read_rules
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores
from serving.stored.trial import MONTH_US, LifecycleTrial, RulesTrial, try_lifecycle, try_rules
from tests.serving.record.telling import HOUR, NOW, did, event, put, told

GOOD = {"role": "CEO", "employees": 240, "industry": "Maschinenbau"}
RULES = read_rules()


def agreed(needs: dict[str, Any], **more: object) -> Lifecycle:
    """Return a lifecycle with one rule, from lead to MAL."""
    return Lifecycle.model_validate({
        "version": "t",
        "stages": {"MAL": {}, "SAL": {}, "customer": {"end": True}},
        "transitions": [
            {"from": "lead", "to": "MAL", "by": ["rule"], "needs": needs},
            {"from": "MAL", "to": "SAL", "by": ["sales"]},
            {"from": ["lead", "SAL"], "to": "customer", "by": ["sales"]},
        ],
        **more,
    })  # fmt: skip


FITS, ALL = agreed({"fit_at_least": 0.0}), agreed({"consent": True})


@pytest.fixture
def scores(database: Database) -> StoredScores:
    """Return a record: who fits, who does not, who gave no consent, who bought."""
    leads = {"fits": GOOD, "poor": {"role": "student"}, "silent": GOOD, "bought": GOOD}
    at = NOW - 2 * MONTH_US
    for lead_id, profile in leads.items():
        number = put(database, told(lead_id, at, created=at, profile=profile)).number
        given = lead_id != "silent"
        with database.writing() as connection:
            basis = NewConsent("profiling", "consent", given, "t", None, None, at)
            add_consent(connection, number, basis, at)
            if lead_id == "bought":
                add_stages(connection, [StageEntry(number, "customer", at, "crm")], at)
    did(database, Whose("anonymous_id", "cookie"), event("page_view", at, "2"), at=at)
    return StoredScores(database, Policy(), FITS)


def tried(scores: StoredScores, other: Lifecycle) -> LifecycleTrial:
    return try_lifecycle(scores, Scoring(RULES, "no_model"), other, NOW)


def moved(scores: StoredScores, lead_id: str, stage: str, at: int, role: str) -> None:
    with scores.database.writing() as connection:
        found = find_lead(connection, lead_id)
        assert found is not None
        entry = StageEntry(found.number, stage, at, "x")._replace(role=role)  # type: ignore[arg-type]
        add_stages(connection, [entry], at)


def test_the_same_lifecycle_moves_nobody_else(scores: StoredScores) -> None:
    trial = tried(scores, FITS)
    assert (trial.leads, trial.looked, trial.unknown) == (4, 3, 0)
    assert trial.month == {("MAL", "MAL"): 1, ("lead", "lead"): 2}
    # Rules move it in any case.
    assert trial.at_once == {}


def test_a_lifecycle_that_moves_all_is_seen(scores: StoredScores) -> None:
    trial = tried(scores, ALL)
    assert trial.month == {("MAL", "MAL"): 1, ("lead", "MAL"): 1, ("lead", "lead"): 1}
    assert trial.at_once == {("lead", "MAL"): 1}
    assert trial.share == pytest.approx(1 / 3)
    with scores.database.reading() as connection:
        assert len(connection.execute(select(stage_change)).all()) == 1
        assert connection.execute(select(outbox)).all() == []
        assert connection.execute(select(audit)).all() == []


def test_moves_of_last_month_by_rule_are_made_anew(scores: StoredScores) -> None:
    other = agreed({"fit_at_least": 99.0})
    for lead_id, at, role in (
        ("fits", NOW - MONTH_US, "rule"), ("poor", NOW - HOUR, "sales"),
        ("silent", NOW - MONTH_US - 1, "rule"),
    ):  # fmt: skip
        moved(scores, lead_id, "MAL", at, role)
    # A rule may not move who gave no consent, so only what was long ago stays of it.
    assert tried(scores, other).month == {("MAL", "lead"): 1, ("MAL", "MAL"): 2}
    assert tried(scores, other).at_once == {}


def test_stages_that_only_the_old_one_knows_are_told(scores: StoredScores) -> None:
    moved(scores, "fits", "SAL", NOW - HOUR, "sales")
    other = Lifecycle.model_validate({
        "version": "t",
        "stages": {"MAL": {}, "customer": {"end": True}},
        "transitions": [
            {"from": "lead", "to": "MAL", "by": ["sales"]},
            {"from": "MAL", "to": "customer", "by": ["sales"]},
        ],
    })  # fmt: skip
    trial = tried(scores, other)
    assert trial.unknown == 1
    assert trial.month[("SAL", None)] == 1
    assert trial.share == pytest.approx(1 / 3)


def test_no_leads_are_no_share(database: Database) -> None:
    scores = StoredScores(database, Policy(), FITS)
    assert tried(scores, ALL) == LifecycleTrial(0, 0, {}, {}, 0)
    assert tried(scores, ALL).share == 0.0
    assert try_rules(scores, RULES, RULES, NOW) == RulesTrial(0, 0, {})


def test_rules_are_tried_on_who_may_be_scored(scores: StoredScores) -> None:
    same = try_rules(scores, RULES, RULES, NOW)
    assert (same.leads, same.looked, same.share) == (4, 3, 0.0)
    lowest = Thresholds(mal=1, mql=2, sql=3)
    easy = RULES.model_copy(update={"thresholds": lowest})
    trial = try_rules(scores, RULES, easy, NOW)
    changed = {grades: count for grades, count in trial.grades.items() if grades[0] != grades[1]}
    assert sum(changed.values()) == 2 and trial.share == pytest.approx(2 / 3)
    assert {there for _, there in changed} == {"A"}
