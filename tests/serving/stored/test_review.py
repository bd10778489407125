"""Leads of low grades drawn from a record each week, on either database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection

from features.contract.duration import DAY_US
from serving.lifecycle.agreement import Lifecycle
from serving.model.reference import Grade
from serving.record.database.database import Database
from serving.record.identity.merges import join_leads
from serving.record.leads.leads import find_lead
from serving.record.lifecycle.review_sample import sampled
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.erasure import erase_lead
from serving.record.privacy.policy import Policy
from serving.record.schema import review_week
from serving.record.scores.feedback import NewFeedback, add_feedback
from serving.record.scores.scores import GivenScore, give_scores
from serving.stored.disagreement import disagreement_of
from serving.stored.review import draw_week, eligible
from tests.serving.lifecycle.agreements import agreement
from tests.serving.record.telling import HOUR, NOW, put, told

WEEK = "2026-W39"


def lead(
    database: Database, lead_id: str, grade: Grade = "D", stage: str | None = None,
    *, consent: bool = True,
) -> int:  # fmt: skip
    number = put(database, told(lead_id)).number
    with database.writing() as connection:
        basis = NewConsent("profiling", "consent", consent, "t", None, None, NOW - HOUR)
        add_consent(connection, number, basis, NOW)
        if stage is not None:
            entry = StageEntry(number, stage, NOW - HOUR, "u-1", role="sales", grade=grade)
            add_stages(connection, [entry], NOW)
        score(connection, number, grade)
    return number


def score(connection: Connection, number: int, grade: Grade) -> None:
    given = GivenScore(
        number, NOW - 2 * HOUR, NOW - 2 * HOUR, 0.1, 5, grade, "model", None, "m/1", None, -2.0,
        -2.0, {},
    )  # fmt: skip
    give_scores(connection, [given])


def reviewing(**terms: object) -> Lifecycle:
    return agreement(review={"leads_per_week": 3, **terms})


def test_only_those_are_drawn_whom_sales_does_not_see(database: Database) -> None:
    fine = {
        lead(database, "lead"), lead(database, "MAL", stage="MAL"),
        lead(database, "recycled", stage="recycled"),
    }  # fmt: skip
    for stage in ("MQL", "SAL", "SQL", "customer", "disqualified", "Opportunity"):
        lead(database, stage, stage=stage)
    lead(database, "good", grade="C")
    lead(database, "silent", consent=False)
    put(database, told("not scored"))
    with database.reading() as connection:
        assert {*eligible(connection, reviewing(), Policy(), NOW)} == fine
        c_too = eligible(connection, reviewing(grades=["C", "D"]), Policy(), NOW)
        assert sorted(c_too.values()) == ["C", "D", "D", "D"]


def test_a_week_is_drawn_once(database: Database) -> None:
    assert draw_week(database, reviewing(), Policy(), NOW) == 0
    numbers = [lead(database, f"L-{place}") for place in range(5)]
    assert draw_week(database, agreement(review=None), Policy(), NOW) == 0
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: draw_week(database, reviewing(), Policy(), NOW), range(4)))
    assert sorted(counts) == [0, 0, 0, 3]
    with database.reading() as connection:
        found = sampled(connection, WEEK)
        [week] = connection.execute(review_week.select()).all()
    assert (week.eligible, week.sampled) == (5, 3)
    assert len(found) == 3 and {*found} <= {*numbers}
    assert {(one.grade, one.probability, one.week) for one in found.values()} == {("D", 0.6, WEEK)}
    assert draw_week(database, reviewing(), Policy(), NOW + 7 * DAY_US) == 3


def test_who_was_drawn_is_the_person_and_goes_with_it(database: Database) -> None:
    kept = lead(database, "kept", grade="A")
    joined = lead(database, "joined")
    assert draw_week(database, reviewing(), Policy(), NOW) == 1
    with database.writing() as connection:
        join_leads(connection, kept, joined, "u-1", NOW)
        [one] = sampled(connection, WEEK).values()
        assert (one.root, one.lead_id) == (kept, "kept")
        found = find_lead(connection, "kept")
        assert found is not None
        erase_lead(connection, found, "u-1", NOW)
        assert sampled(connection, WEEK) == {}


def test_what_people_say_is_held_against_the_grade_of_then(database: Database) -> None:
    best, worst = lead(database, "best", grade="A"), lead(database, "worst")
    moved = lead(database, "moved", stage="recycled", grade="A")
    with database.writing() as connection:
        for number, kind, reason, subject in (
            (best, "rejected", "no budget", None), (worst, "accepted", None, None),
            (moved, "accepted", None, None), (best, "wrong_reason", None, "profile.role"),
            (worst, "wrong_reason", None, "profile.role"), (worst, "wrong_reason", None, "webinar"),
        ):  # fmt: skip
            new = NewFeedback(number, kind, reason, subject, "u-1", NOW - HOUR, "a note")
            assert add_feedback(connection, new, NOW)
            assert not add_feedback(connection, new, NOW)
    with database.reading() as connection:
        found = disagreement_of(connection, reviewing(), NOW - DAY_US, NOW, NOW)
        later = disagreement_of(connection, reviewing(), NOW, NOW + DAY_US, NOW)
    assert {(one.lead, one.verdict) for one in found.against} == {
        (best, "rejected"), (worst, "accepted"), (moved, "rejected"),
    }  # fmt: skip
    assert found.by_grade["A"].numerator == 2
    assert {name: one.numerator for name, one in found.wrong_reasons.items()} == {
        "profile.role": 2, "webinar": 1,
    }  # fmt: skip
    assert later.against == () and later.wrong_reasons == {}


@pytest.mark.parametrize(("stage", "reached"), [("SAL", 1), (None, 0)])
def test_a_review_tells_what_was_hidden(
    database: Database, stage: str | None, reached: int
) -> None:
    number = lead(database, "hidden")
    draw_week(database, reviewing(), Policy(), NOW)
    if stage is not None:
        with database.writing() as connection:
            entry = StageEntry(number, stage, NOW + HOUR, "u-1", role="sales", grade="D")
            add_stages(connection, [entry], NOW + HOUR)
    later = NOW + 90 * DAY_US
    with database.reading() as connection:
        found = disagreement_of(connection, reviewing(), NOW, later, later)
        early = disagreement_of(connection, reviewing(), NOW, later, later - 1)
    assert (found.accepted.numerator, found.accepted.denominator) == (reached, 1)
    assert found.qualified.numerator == 0
    assert early.accepted.waiting == 1
