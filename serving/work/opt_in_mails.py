"""E-mails that ask for consent, handed to a mail server by SMTP."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from email_validator import validate_email

from features.contract.lead import moment
from serving.mail import Mail, MailServer
from serving.metrics import count_sent, expect_sent
from serving.pages.opt_in import opt_in_letter
from serving.record.database import Database
from serving.record.opt_in_tokens import token_of
from serving.record.opt_ins import SENT, OptIn, claim_mail, settle_mail, why_void
from serving.record.outbox import DEAD, WAITING
from serving.work.backoff import next_attempt, outcome_of

RECEIVER = "mail"
"""What metrics call it."""

_TIMEOUT_SECONDS = 10
"""For each step of the exchange; all of them together end before the mail's lease does."""


class Attempt(NamedTuple):
    """How handing in ended: status or fault, and whether asking again would be of use."""

    sent: bool
    answer: str
    final: bool = False


class OptInMails:
    """Sends what is due; safe to run in several processes at once."""

    def __init__(self, database: Database, mail: Mail, clock: Callable[[], int]) -> None:
        """Take what is needed; `clock` returns microseconds since 1970."""
        self._database = database
        self._mail = mail
        self._clock = clock
        expect_sent(RECEIVER)

    def send_due(self) -> int:
        """Send one mail that is due, and return how many were.

        Raises:
            RecordAwayError: The database does not answer; what was sent may be sent again.
        """
        now = self._clock()
        with self._database.writing() as connection:
            claimed = claim_mail(connection, now)
            if claimed is None:
                return 0
            void = why_void(connection, claimed, now)
            token = token_of(connection, claimed.id)
        attempt = Attempt(False, void, final=True) if void else self._send(claimed, token)
        state, due = _settled(claimed, attempt, self._clock())
        with self._database.writing() as connection:
            settle_mail(connection, claimed, state, attempt.answer, due)
        count_sent(RECEIVER, outcome_of(state))
        return 1

    def _send(self, one: OptIn, token: str) -> Attempt:
        message = self._message(one, f"{self._mail.public_url}/opt-in?token={token}")
        try:
            server = _connected(self._mail.server)
            try:
                server.send_message(message)
            finally:
                _part(server)
        except smtplib.SMTPRecipientsRefused as error:
            [(status, _)] = error.recipients.values()
            return Attempt(False, str(status), final=status >= 500)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            return Attempt(False, str(error.smtp_code), final=error.smtp_code >= 500)
        except smtplib.SMTPResponseException as error:
            # The server does not want us, which says nothing of this mail.
            return Attempt(False, f"{type(error).__name__} {error.smtp_code}")
        except (smtplib.SMTPException, OSError) as error:
            # The words of an answer may hold addresses, or what we logged in with.
            return Attempt(False, type(error).__name__)
        return Attempt(True, "250")

    def _message(self, one: OptIn, link: str) -> EmailMessage:
        letter = opt_in_letter(one.language, one.text, link, moment(one.expires))
        message = EmailMessage(policy=SMTP_POLICY)
        message["Subject"] = letter.subject
        message["From"] = self._mail.sender
        message["To"] = _ascii(one.email)
        message["Date"] = format_datetime(moment(self._clock()))
        # The same on every attempt, so that one that came twice can be known.
        domain = parseaddr(self._mail.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{one.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = one.language
        message.set_content(letter.text, cte="quoted-printable")
        return message


class UnsafeServerError(smtplib.SMTPException):
    """A mail server that a password would be sent to for anyone to read."""


def _connected(at: MailServer) -> smtplib.SMTP:
    safe = ssl.create_default_context()
    if at.encrypted:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            at.host, at.port, timeout=_TIMEOUT_SECONDS, context=safe
        )
    else:
        server = smtplib.SMTP(at.host, at.port, timeout=_TIMEOUT_SECONDS)
    try:
        server.ehlo()
        encrypted = at.encrypted
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=safe)
            encrypted = True
        if at.user is not None:
            if not encrypted:
                raise UnsafeServerError  # noqa: TRY301
            server.login(at.user, at.password or "")
    except BaseException:
        server.close()
        raise
    return server


def _part(server: smtplib.SMTP) -> None:
    # What became of the mail is known by now, however the server says good-bye.
    with suppress(smtplib.SMTPException, OSError):
        server.quit()


def _ascii(address: str) -> str:
    """Return an address as every mail server takes it, where there is such a form."""
    return validate_email(address, check_deliverability=False).ascii_email or address


def _settled(sent: OptIn, attempt: Attempt, now: int) -> tuple[str, int]:
    """Return the state after an attempt, and when the next one is."""
    if attempt.sent:
        return SENT, now
    again = None if attempt.final else next_attempt(sent.attempts, now)
    return (DEAD, now) if again is None else (WAITING, again)
