"""Scores stay fresh: soon after something happened, and with time; on both databases."""

import math
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select

from features.contract.clock import now
from features.contract.lead import Event, moment
from serving.intake.events import Whose
from serving.pages.alerts import Reading
from serving.record.leads.leads import find_lead, touch
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.queue.webhooks import add_webhook
from serving.record.schema import current_score, outbox, score_given
from serving.record.scores.scores import current_scores
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores, given_score
from serving.work.rescoring import BATCH, CHANGED, FRESH_US, make_stale_due, rescore_due
from serving.work.worker import Worker
from tests.serving.record.telling import HOUR, NOW, did, put, told
from tests.serving.work.conftest import Receiver
from tests.serving.work.counted import Counted

READING = Reading("en", "UTC", None)
SCORING = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))


def lead(scores: StoredScores, lead_id: str, *, given: bool = True, at: int = NOW) -> None:
    number = put(scores.database, told(lead_id, at)).number
    consent(scores, number, given=given, at=at)


def consent(scores: StoredScores, number: int, *, given: bool, at: int) -> None:
    with scores.database.writing() as connection:
        new = NewConsent("profiling", "consent", given, "test", None, None, at)
        add_consent(connection, number, new, at)
        touch(connection, [number], at)


def demo(scores: StoredScores, lead_id: str, at: int) -> None:
    did(scores.database, Whose("lead_id", lead_id), Event("demo_request", moment(at - 1)), at=at)


def messages(scores: StoredScores) -> list[tuple[str, str | None, str]]:
    with scores.database.reading() as connection:
        of_scores = select(outbox.c.payload).where(outbox.c.type == CHANGED)
        found = connection.execute(of_scores.order_by(outbox.c.number)).scalars()
        data = [one["data"] for one in found]
    return [(d["lead_id"], (d["old"] or {}).get("grade"), d["new"]["grade"]) for d in data]


def current(scores: StoredScores) -> dict[int, str]:
    with scores.database.reading() as connection:
        rows = connection.execute(select(current_score.c.lead, current_score.c.grade))
        return {row[0]: row[1] for row in rows}


def test_a_lead_is_scored_once_something_happened_to_it(scores: StoredScores) -> None:
    lead(scores, "L")
    assert rescore_due(scores, SCORING, NOW + 1) == 1
    assert rescore_due(scores, SCORING, NOW + 2) == 0
    demo(scores, "L", NOW + HOUR)
    assert rescore_due(scores, SCORING, NOW + HOUR + 1) == 1
    assert messages(scores) == [("L", None, "D"), ("L", "D", "C")]
    # Nothing that changes the grade is no news.
    did(scores.database, Whose("lead_id", "L"), Event("nothing", moment(NOW)), at=NOW + 2 * HOUR)
    assert rescore_due(scores, SCORING, NOW + 2 * HOUR + 1) == 1
    assert len(messages(scores)) == 2
    with scores.database.reading() as connection:
        given = connection.execute(select(score_given.c.as_of).order_by(score_given.c.number))
        assert list(given.scalars()) == [NOW + 1, NOW + HOUR + 1, NOW + 2 * HOUR + 1]


def asked(scores: StoredScores, lead_id: str, at: int) -> None:
    """Ask for a score as a caller does, and let it be written down."""
    [answer], found = scores.score(SCORING, [lead_id], at, None)
    assert isinstance(answer, Answer)
    scores.ledger.note(given_score(found[lead_id].number, answer, at, at))
    scores.ledger.flush()


def test_a_change_that_somebody_asked_for_first_is_told_all_the_same(scores: StoredScores) -> None:
    lead(scores, "L")
    asked(scores, "L", NOW + 1)
    assert rescore_due(scores, SCORING, NOW + 2) == 1
    demo(scores, "L", NOW + HOUR)
    asked(scores, "L", NOW + HOUR + 1)
    assert rescore_due(scores, SCORING, NOW + HOUR + 2) == 1
    assert messages(scores) == [("L", None, "D"), ("L", "D", "C")]


def test_a_change_that_time_brought_is_told_once_somebody_asks(scores: StoredScores) -> None:
    lead(scores, "L")
    demo(scores, "L", NOW)
    rescore_due(scores, SCORING, NOW + HOUR)
    for weeks in (1, 60):
        asked(scores, "L", NOW + weeks * 7 * 24 * HOUR)
        rescore_due(scores, SCORING, NOW + weeks * 7 * 24 * HOUR + 1)
    assert messages(scores) == [("L", None, "C"), ("L", "C", "D")]
    [number] = current(scores)
    with scores.database.reading() as connection:
        assert current_scores(connection, [number])[number].as_of == NOW + 60 * 7 * 24 * HOUR + 1


def test_no_score_is_shown_of_whoever_may_not_be_scored_any_more(scores: StoredScores) -> None:
    lead(scores, "L")
    lead(scores, "silent", given=False)
    counted = Counted("leadscore_rescored_total")
    assert rescore_due(scores, SCORING, NOW + 1) == 2
    assert counted() == {("rules", "no_model"): 1, ("none", ""): 1}
    [number] = current(scores)
    consent(scores, number, given=False, at=NOW + HOUR)
    assert rescore_due(scores, SCORING, NOW + HOUR + 1) == 1
    assert current(scores) == {}


def test_time_alone_makes_a_score_due(scores: StoredScores) -> None:
    lead(scores, "L")
    rescore_due(scores, SCORING, NOW + 1)
    make_stale_due(scores, NOW + 1 + FRESH_US)
    assert rescore_due(scores, SCORING, NOW + 1 + FRESH_US) == 0
    make_stale_due(scores, NOW + 2 + FRESH_US)
    assert rescore_due(scores, SCORING, NOW + 2 + FRESH_US) == 1


def test_several_workers_share_the_leads(scores: StoredScores) -> None:
    names = [f"L{n}" for n in range(3 * BATCH)]
    for name in names:
        lead(scores, name)
    done: list[int] = []

    def work() -> None:
        while (count := rescore_due(scores, SCORING, NOW + HOUR)) > 0:
            done.append(count)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == len(names)
    assert sorted(told for told, _, _ in messages(scores)) == sorted(names)


def test_a_message_follows_an_event_at_once(scores: StoredScores, receiver: Receiver) -> None:
    with scores.database.writing() as connection:
        add_webhook(connection, receiver.url, ["score.changed"], now())
    lead(scores, "L", at=now())
    worker = Worker(
        scores, lambda: SCORING, local=True, mail=None, reading=lambda: READING, clock=now
    )
    worker.start()
    try:
        _until(lambda: len(receiver.heard) == 1)
        demo(scores, "L", now())
        _until(lambda: len(receiver.heard) == 2)
    finally:
        worker.stop()
    with scores.database.reading() as connection:
        assert find_lead(connection, "L") is not None


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        if time.monotonic() > deadline:
            pytest.fail("it did not come")
        time.sleep(0.02)
