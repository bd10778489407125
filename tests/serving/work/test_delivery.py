"""Webhooks as the Standard Webhooks specification has them; on both databases."""

import json
import threading
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest
from standardwebhooks import Webhook

from features.contract.lead import moment
from serving.pages.alerts import Reading
from serving.record.queue.outbox import Message, add_messages, replay
from serving.record.queue.webhooks import add_webhook, list_webhooks, remove_webhook
from serving.stored.scoring import StoredScores
from serving.work.backoff import PAUSES, SECOND_US
from serving.work.delivery import AddressError, Deliveries, public_address
from tests.serving.record.telling import NOW
from tests.serving.work.conftest import Receiver
from tests.serving.work.counted import Counted

PAYLOAD = {"type": "score.changed", "data": {"lead_id": "ä"}}


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


def sender(scores: StoredScores, clock: Clock, *, local: bool) -> Deliveries:
    reading = Reading("en", "UTC", None)
    return Deliveries(scores.database, local=local, clock=clock, mail=None, reading=lambda: reading)


def told(scores: StoredScores, url: str, messages: int = 1) -> tuple[int, str]:
    with scores.database.writing() as connection:
        number, secret = add_webhook(connection, url, ["score.changed"], NOW)
        other = Message("other", None, {})
        wanted = [Message("score.changed", None, {**PAYLOAD, "n": n}) for n in range(messages)]
        add_messages(connection, [other, *wanted], NOW)
    return number, secret


def state(scores: StoredScores) -> tuple[str | None, int, int]:
    with scores.database.reading() as connection:
        [one] = list_webhooks(connection)
    return one.disabled, one.waiting, one.dead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deliveries(scores: StoredScores, clock: Clock) -> Deliveries:
    return sender(scores, clock, local=True)


def test_a_message_is_signed_and_sent_once(
    scores: StoredScores,
    deliveries: Deliveries,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, secret = told(scores, receiver.url)
    assert deliveries.send_due() == 1
    assert deliveries.send_due() == 0
    [(headers, body)] = receiver.heard
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Now)
    assert Webhook(secret).verify(body, headers) == {**PAYLOAD, "n": 0}
    assert state(scores) == (None, 0, 0)


class Now:
    """The moment of the test's clock, where the library asks for the present one."""

    @staticmethod
    def now(tz: object) -> datetime:
        assert tz is UTC
        return moment(NOW)

    @staticmethod
    def fromtimestamp(stamp: float, tz: object) -> datetime:
        assert tz is UTC
        return moment(round(stamp * SECOND_US))


def test_a_receiver_that_fails_is_asked_again_ever_later_and_given_up(
    scores: StoredScores, deliveries: Deliveries, receiver: Receiver, clock: Clock
) -> None:
    number, _ = told(scores, receiver.url)
    counted = Counted("leadscore_sent_total")
    receiver.status = 500
    for pause in PAUSES:
        assert deliveries.send_due() == 1
        clock.now += pause * SECOND_US - 1
        assert deliveries.send_due() == 0
        clock.now += 1
    assert state(scores) == (None, 1, 0)
    assert deliveries.send_due() == 1
    assert state(scores) == (None, 0, 1)
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1
    receiver.status = 204
    with scores.database.writing() as connection:
        assert replay(connection, number, NOW + 1, clock.now) == 0
        assert replay(connection, number, NOW, clock.now) == 1
    assert deliveries.send_due() == 1
    assert state(scores) == (None, 0, 0)
    assert counted() == {
        ("webhook", "failed"): len(PAUSES), ("webhook", "dead"): 1, ("webhook", "delivered"): 1,
    }  # fmt: skip


LATER = format_datetime(moment(NOW + 4_000 * SECOND_US), usegmt=True)


@pytest.mark.parametrize("said", ["4000", LATER])
def test_a_receiver_may_ask_to_wait(
    scores: StoredScores, deliveries: Deliveries, receiver: Receiver, clock: Clock, said: str
) -> None:
    told(scores, receiver.url)
    receiver.status, receiver.headers = 429, {"Retry-After": said}
    deliveries.send_due()
    clock.now += 3_999 * SECOND_US
    assert deliveries.send_due() == 0
    clock.now += SECOND_US
    assert deliveries.send_due() == 1


def test_a_receiver_that_is_gone_is_asked_no_more(
    scores: StoredScores, deliveries: Deliveries, receiver: Receiver
) -> None:
    number, _ = told(scores, receiver.url, messages=3)
    receiver.status = 410
    counted = Counted("leadscore_sent_total")
    deliveries.send_due()
    assert counted() == {("webhook", "dead"): 3}
    disabled, waiting, dead = state(scores)
    assert disabled == "the receiver is gone (410)"
    assert (waiting, dead) == (0, 3)
    with scores.database.writing() as connection:
        add_messages(connection, [Message("score.changed", None, PAYLOAD)], NOW)
        assert remove_webhook(connection, number)
        assert not remove_webhook(connection, number)
    assert deliveries.send_due() == 0


def test_a_receiver_that_is_away_is_asked_again(scores: StoredScores, clock: Clock) -> None:
    deliveries = sender(scores, clock, local=True)
    told(scores, "http://127.0.0.1:9/")
    assert deliveries.send_due() == 1
    assert state(scores) == (None, 1, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]"])
def test_nothing_is_sent_into_the_own_network(
    scores: StoredScores, receiver: Receiver, host: str, clock: Clock
) -> None:
    url = receiver.url.replace("127.0.0.1", host)
    with pytest.raises(AddressError, match="LEADSCORE_WEBHOOKS_LOCAL"):
        public_address(httpx.URL(url))
    told(scores, url)
    sender(scores, clock, local=False).send_due()
    assert receiver.heard == []
    assert state(scores) == (None, 1, 0)


def test_several_senders_share_the_messages(scores: StoredScores, receiver: Receiver) -> None:
    told(scores, receiver.url, messages=120)
    clock = Clock()

    def send() -> None:
        deliveries = sender(scores, clock, local=True)
        while deliveries.send_due():
            pass

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = sorted(json.loads(body)["n"] for _, body in receiver.heard)
    assert sent == list(range(120))
