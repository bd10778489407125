"""The threshold of the handover, kept by the service; on both databases."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from features.contract.duration import DAY_US
from features.contract.lead import Event, moment
from serving.intake.events import Whose
from serving.lifecycle.lists import WEEK_US, week_of
from serving.record.access.audits import operator_audits
from serving.record.leads.leads import leads_by_number, touch
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.lifecycle.thresholds import threshold_in_force
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.schema import handover_threshold, lead, stage_change
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.handover import bring_best_into_force, handover_of
from serving.stored.scoring import StoredScores
from serving.stored.standing import standings
from serving.work.handing_over import keep_threshold
from serving.work.rescoring import rescore_due
from tests.serving.lifecycle.agreements import agreement
from tests.serving.record.telling import HOUR, NOW, did, put, told

SCORING = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
TERMS = {
    "calls_per_week": 2, "value_of_conversion": 1_000, "cost_of_call": 50, "currency": "EUR",
    "apply": "automatic",
}  # fmt: skip
GOOD = {"role": "CEO", "employees": 240, "industry": "Maschinenbau"}
MONDAY = week_of(NOW)
LATER = NOW + 2 * HOUR


@pytest.fixture
def scores(scores: StoredScores) -> StoredScores:
    scores.lifecycle = agreement(handover=TERMS)
    return scores


def add(scores: StoredScores, lead_id: str, *events: str, at: int = NOW, **more: Any) -> int:  # noqa: ANN401
    """Tell of a lead that fits, and of what it did; each event makes it more promising."""
    contact = {"email": f"{lead_id}@example.com"}
    new = told(lead_id, at, **{"profile": GOOD, "contact": contact, "created": at, **more})
    number = put(scores.database, new).number
    with scores.database.writing() as connection:
        given = NewConsent("profiling", "consent", True, "t", None, None, at)
        add_consent(connection, number, given, at)
    for kind in events:
        did(scores.database, Whose("lead_id", lead_id), Event(kind, moment(at - 1)), at=at)
    return number


def rescore(scores: StoredScores, now: int) -> None:
    while rescore_due(scores, SCORING, now):
        pass


def stages(scores: StoredScores, now: int = NOW) -> dict[str, str | None]:
    with scores.database.reading() as connection:
        leads = leads_by_number(
            connection, connection.execute(select(lead.c.number)).scalars().all()
        )
        here = standings(
            connection, scores.lifecycle, scores.policy, [(one, None) for one in leads], now
        )
        return {one.lead.lead_id: one.facts.position.stage for one in here}


def entries(scores: StoredScores) -> list[tuple[float, str]]:
    columns = handover_threshold.c
    with scores.database.reading() as connection:
        rows = connection.execute(select(columns.threshold, columns.by).order_by(columns.number))
        return [tuple(row) for row in rows]


def chance(scores: StoredScores, lead_id: str, now: int = NOW) -> float:
    [answer], _ = scores.score(SCORING, [lead_id], now, None)
    return answer.probability  # type: ignore[union-attr]


def world(scores: StoredScores) -> None:
    """Tell of four leads that fit, the first the most promising, and of one that does not."""
    add(scores, "a", "demo_request", "price_page")
    add(scores, "b", "demo_request")
    add(scores, "c", "webinar")
    add(scores, "d")
    add(scores, "e", "demo_request", profile={"role": "student"})


def settle(scores: StoredScores) -> None:
    """Score all, and let nobody be handed over yet."""
    scores.lifecycle = agreement(handover={**TERMS, "calls_per_week": 0})
    assert keep_threshold(scores, SCORING, NOW)
    rescore(scores, NOW + HOUR)
    assert set(stages(scores).values()) <= {"lead", "MAL"}
    scores.lifecycle = agreement(handover=TERMS)


def test_as_many_are_handed_over_as_there_are_calls(scores: StoredScores) -> None:
    world(scores)
    settle(scores)
    assert keep_threshold(scores, SCORING, LATER + 1)
    assert entries(scores)[-1] == (chance(scores, "b", NOW + HOUR), "rule")
    rescore(scores, LATER + 2)
    # The criteria of the agreement, grade B and interest, are not asked beside the threshold.
    assert stages(scores) == {"a": "MQL", "b": "MQL", "c": "MAL", "d": "MAL", "e": "lead"}
    with scores.database.reading() as connection:
        found = threshold_in_force(connection)
        [*_, noted] = operator_audits(connection)
    assert found is not None and found.agreement == scores.lifecycle.name
    expected = chance(scores, "a") + chance(scores, "b")
    assert (found.leads, found.called) == (2, 2)
    assert found.conversions == pytest.approx(expected)
    assert found.value == pytest.approx(1_000 * expected - 100)
    assert (noted.actor, noted.action) == ("rule", "threshold")
    assert noted.detail == f"handover: 1 -> {found.threshold:.4g}"


def test_a_threshold_holds_for_a_week(scores: StoredScores) -> None:
    world(scores)
    settle(scores)
    sunday, monday = MONDAY + WEEK_US - 1, MONDAY + WEEK_US
    assert keep_threshold(scores, SCORING, LATER + 1)
    rescore(scores, LATER + 2)
    assert not keep_threshold(scores, SCORING, LATER + 3)
    assert not keep_threshold(scores, SCORING, sunday)
    assert keep_threshold(scores, SCORING, monday)
    assert not keep_threshold(scores, SCORING, monday + 1)
    # Those that were handed over lately still take up the calls.
    assert entries(scores)[-1] == entries(scores)[-2]
    later = monday + 2 * WEEK_US
    assert keep_threshold(scores, SCORING, later)
    rescore(scores, later + 1)
    assert stages(scores)["c"] == "MQL" and stages(scores)["d"] == "MQL"


def test_where_many_come_at_once_the_threshold_rises(scores: StoredScores) -> None:
    assert keep_threshold(scores, SCORING, NOW)
    assert entries(scores) == [(0.05, "rule")]
    for place in range(4):
        add(scores, f"l{place}", *["demo_request", "price_page", "webinar"][:place], at=NOW + 1)
    rescore(scores, LATER)
    assert keep_threshold(scores, SCORING, LATER + 1)
    assert entries(scores)[-1] == (chance(scores, "l2", LATER), "rule")
    assert not keep_threshold(scores, SCORING, LATER + 2)


def test_of_two_workers_one_decides(scores: StoredScores) -> None:
    world(scores)
    with ThreadPoolExecutor(4) as pool:
        did_it = list(pool.map(lambda n: keep_threshold(scores, SCORING, NOW + n), range(4)))
    assert sum(did_it) == len(entries(scores)) >= 1
    assert not keep_threshold(scores, SCORING, LATER + 9)


def test_what_somebody_decides_holds_until_monday(scores: StoredScores) -> None:
    world(scores)
    settle(scores)
    with scores.database.reading() as connection:
        found = handover_of(connection, scores.lifecycle, scores.policy, SCORING, LATER + 1)
    with scores.database.writing() as connection:
        assert bring_best_into_force(connection, scores.lifecycle, found, "command")
    assert not keep_threshold(scores, SCORING, LATER + 2)
    assert entries(scores)[-1][1] == "command"
    assert keep_threshold(scores, SCORING, MONDAY + WEEK_US)


def test_another_agreement_finds_its_own_and_so_does_the_one_before(scores: StoredScores) -> None:
    world(scores)
    settle(scores)
    first = scores.lifecycle
    assert keep_threshold(scores, SCORING, LATER + 1)
    scores.lifecycle = agreement(handover={**TERMS, "calls_per_week": 1})
    assert keep_threshold(scores, SCORING, LATER + 2)
    assert entries(scores)[-1][0] > entries(scores)[-2][0]
    scores.lifecycle = first
    assert keep_threshold(scores, SCORING, LATER + 3)
    assert entries(scores)[-1] == entries(scores)[-3]


@pytest.mark.parametrize("handover", [None, {**TERMS, "apply": "propose"}])
def test_nothing_is_decided_where_that_was_not_agreed(
    scores: StoredScores, handover: dict[str, object] | None
) -> None:
    world(scores)
    scores.lifecycle = agreement(handover=handover)
    assert not keep_threshold(scores, SCORING, NOW)
    rescore(scores, LATER)
    assert entries(scores) == []
    assert stages(scores)["a"] == "MQL"


def test_who_waits_is_who_could_be_handed_over(scores: StoredScores) -> None:
    world(scores)
    hot = ("demo_request", "price_page", "webinar")
    add(scores, "silent", *hot, contact={})
    withdrawn = add(scores, "withdrawn", *hot)
    back = add(scores, "back", *hot)
    settle(scores)
    with scores.database.writing() as connection:
        no = NewConsent("profiling", "consent", False, "t", None, None, LATER + 1)
        add_consent(connection, withdrawn, no, LATER + 1)
        # Sales had it, and moved it back: no rule hands it over again.
        told_stages = [("SAL", LATER + 1), ("MAL", LATER + 2)]
        add_stages(connection, [StageEntry(back, s, at, "crm") for s, at in told_stages], LATER + 2)
        touch(connection, [withdrawn, back], LATER + 2)
        found = handover_of(connection, scores.lifecycle, scores.policy, SCORING, LATER + 3)
    waiting = {one.number: one.probability for one in found.waiting}
    with scores.database.reading() as connection:
        named = {one.lead_id for one in leads_by_number(connection, list(waiting))}
    assert named == {"a", "b", "c", "d"}
    assert list(waiting.values()) == sorted(waiting.values(), reverse=True)
    assert found.candidates is not None
    # Whoever came to sales takes up a call, also where a CRM told so: by what was said before.
    assert len(found.candidates.ranked) == 5
    assert found.lists[0].leads == 1 and found.lists[0].unknown == 0


def test_lists_tell_what_was_to_come_and_came(scores: StoredScores) -> None:
    begin = MONDAY - 6 * WEEK_US
    for place, lead_id in enumerate(("x", "y", "z")):
        number = add(scores, lead_id, at=begin)
        moves = [StageEntry(number, "MQL", begin + DAY_US, "t", "sales", probability=0.25)]
        if place:
            moves.append(StageEntry(number, "SQL", begin + (30 + place) * DAY_US, "crm"))
        with scores.database.writing() as connection:
            add_stages(connection, moves, NOW)
    straight = add(scores, "straight", at=begin)
    with scores.database.writing() as connection:
        add_stages(connection, [StageEntry(straight, "won", begin + 2, "crm")], NOW)
        found = handover_of(connection, scores.lifecycle, scores.policy, SCORING, NOW)
    [of_week] = [one for one in found.lists if one.leads]
    assert of_week == (begin, 3, 0, 0.75, 0, 2, 1, True)


def test_moves_keep_the_file_that_allowed_them(scores: StoredScores) -> None:
    world(scores)
    settle(scores)
    keep_threshold(scores, SCORING, LATER + 1)
    rescore(scores, LATER + 2)
    columns = stage_change.c
    with scores.database.reading() as connection:
        rows = connection.execute(select(columns.agreement).where(columns.stage == "MQL"))
        assert {row[0] for row in rows} == {scores.lifecycle.name}
