"""Messages sent to webhooks, after the Standard Webhooks specification, and as e-mails."""

import ipaddress
import json
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from sqlalchemy import Connection
from standardwebhooks import Webhook

from features.contract.lead import moment
from serving.mail import MAIL_TO, OWNER, TO_OWNER, Mail
from serving.metrics import count_sent, expect_sent
from serving.pages.alerts import Reading, alert_text
from serving.record.database.database import Database
from serving.record.leads.owners import users_owning
from serving.record.queue.outbox import (
    DEAD,
    DELIVERED,
    WAITING,
    Delivery,
    claim_deliveries,
    settle_delivery,
)
from serving.record.queue.webhooks import disable_webhook
from serving.work.backoff import PAUSES, SECOND_US, Attempt, next_attempt, outcome_of
from serving.work.handing_in import MAIL, hand_in, new_message, write_text
from serving.work.shapes import shaped

WEBHOOK = "webhook"
"""What metrics call whom messages are posted to."""

_GONE = str(httpx.codes.GONE.value)
_AT_ONCE = 16
_TIMEOUT_SECONDS = 20


class AddressError(ValueError):
    """A receiver that nothing may be sent to; the message says why."""


class Deliveries:
    """Sends what is due; safe to run in several processes at once."""

    def __init__(
        self,
        database: Database,
        *,
        local: bool,
        clock: Callable[[], int],
        mail: Mail | None,
        reading: Callable[[], Reading],
    ) -> None:
        """Take what is needed.

        Args:
            database: Of the record.
            local: Whether receivers may be inside the own network.
            clock: Returns microseconds since 1970.
            mail: How e-mails are sent; with None, they wait.
            reading: Returns how people read alerts.
        """
        self._database = database
        self._local = local
        self._clock = clock
        self._mail = mail
        self._reading = reading
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False)
        expect_sent(WEBHOOK)

    def send_due(self) -> int:
        """Send what is due once, and return how many messages that were.

        Raises:
            RecordAwayError: The database does not answer; what was sent may be sent again.
        """
        with self._database.writing() as connection:
            claimed = _addressed(connection, claim_deliveries(connection, self._clock(), _AT_ONCE))
        if not claimed:
            return 0
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            attempts = list(threads.map(self._send, claimed))
        now = self._clock()
        settled = [_settled(*one, now) for one in zip(claimed, attempts, strict=True)]
        with self._database.writing() as connection:
            for sent, attempt, (state, due) in zip(claimed, attempts, settled, strict=True):
                settle_delivery(connection, sent, state, attempt.answer, due)
                if sent.shape != "mail" and attempt.answer == _GONE:
                    disable_webhook(connection, sent.webhook, "the receiver is gone (410)")
        for sent, (state, _) in zip(claimed, settled, strict=True):
            count_sent(MAIL if sent.shape == "mail" else WEBHOOK, outcome_of(state))
        return len(claimed)

    def close(self) -> None:
        """Close open connections."""
        self._client.close()

    def _send(self, sent: Delivery) -> Attempt:
        return self._hand_in(sent) if sent.shape == "mail" else self._post(sent)

    def _hand_in(self, sent: Delivery) -> Attempt:
        if self._mail is None:
            return Attempt(False, "no mail server is set; see LEADSCORE_SMTP_URL")
        at = moment(self._clock())
        address, reading = sent.url.removeprefix(MAIL_TO), self._reading()
        if address == OWNER:
            return Attempt(False, "nobody who can be written to owns the lead", final=True)
        message = new_message(self._mail, address, sent.message_id, at)
        text = alert_text(sent.payload["data"], reading)
        message["Subject"] = text.title
        lines = [*text.sentences, *filter(None, [text.link])]
        write_text(message, "\n\n".join(lines) + "\n", reading.language)
        return hand_in(self._mail.server, message)

    def _post(self, sent: Delivery) -> Attempt:
        said = shaped(sent.shape, sent.payload, self._reading())
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        at = datetime.fromtimestamp(self._clock() / SECOND_US, UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": sent.message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(sent.secret).sign(sent.message_id, at, body),
        }
        try:
            url = httpx.URL(sent.url)
            # What was looked at is what is sent to, whatever the name means a moment later.
            to = url if self._local else url.copy_with(host=public_address(url))
            answer = self._client.post(
                to,
                content=body.encode(),
                headers={**headers, "host": url.netloc.decode()},
                extensions={"sni_hostname": url.host},
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Attempt(False, type(error).__name__)
        except AddressError as error:
            return Attempt(False, str(error))
        return Attempt(
            answer.is_success,
            str(answer.status_code),
            final=answer.status_code == httpx.codes.GONE,
            retry_after=_retry_after(answer, at),
        )


def public_address(url: httpx.URL) -> str:
    """Return an address of a receiver outside the own network.

    Raises:
        AddressError: It has none, or one inside.
    """
    try:
        port = url.port or (443 if url.scheme == "https" else 80)
        found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise AddressError("the receiver's name is not known") from None
    addresses = [ipaddress.ip_address(str(one[4][0])) for one in found]
    if not all(address.is_global for address in addresses):
        raise AddressError(
            "the receiver is inside the own network; LEADSCORE_WEBHOOKS_LOCAL=true allows that"
        )
    return str(addresses[0])


def _addressed(connection: Connection, claimed: Sequence[Delivery]) -> list[Delivery]:
    """Return deliveries with the addresses of those who own their leads by now."""
    leads = {sent.lead for sent in claimed if sent.url == TO_OWNER and sent.lead is not None}
    users = users_owning(connection, leads)
    return [
        sent._replace(url=MAIL_TO + users[sent.lead].email)
        if sent.url == TO_OWNER and sent.lead in users
        else sent
        for sent in claimed
    ]


def _settled(sent: Delivery, attempt: Attempt, now: int) -> tuple[str, int]:
    """Return the state after an attempt, and when the next one is."""
    if attempt.delivered:
        return DELIVERED, now
    again = None if attempt.final else next_attempt(sent.attempts, now, attempt.retry_after)
    return (DEAD, now) if again is None else (WAITING, again)


def _retry_after(answer: httpx.Response, now: datetime) -> float:
    said = answer.headers.get("retry-after", "")
    if said.isascii() and said.isdigit():
        return min(float(said), PAUSES[-1])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), PAUSES[-1])
