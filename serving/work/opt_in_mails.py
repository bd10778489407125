"""E-mails that ask for consent, handed to a mail server by SMTP."""

from collections.abc import Callable
from email.message import EmailMessage

from features.contract.lead import moment
from serving.mail import Mail
from serving.metrics import count_sent, expect_sent
from serving.pages.opt_in import opt_in_letter
from serving.record.database.database import Database
from serving.record.privacy.opt_in_tokens import token_of
from serving.record.privacy.opt_ins import SENT, OptIn, claim_mail, settle_mail, why_void
from serving.record.queue.outbox import DEAD, WAITING
from serving.work.backoff import Attempt, next_attempt, outcome_of
from serving.work.handing_in import MAIL, hand_in, new_message, write_text


class OptInMails:
    """Sends what is due; safe to run in several processes at once."""

    def __init__(self, database: Database, mail: Mail, clock: Callable[[], int]) -> None:
        """Take what is needed; `clock` returns microseconds since 1970."""
        self._database = database
        self._mail = mail
        self._clock = clock
        expect_sent(MAIL)

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
        if void:
            attempt = Attempt(False, void, final=True)
        else:
            link = f"{self._mail.public_url}/opt-in?token={token}"
            attempt = hand_in(self._mail.server, self._message(claimed, link))
        state, due = _settled(claimed, attempt, self._clock())
        with self._database.writing() as connection:
            settle_mail(connection, claimed, state, attempt.answer, due)
        count_sent(MAIL, outcome_of(state))
        return 1

    def _message(self, one: OptIn, link: str) -> EmailMessage:
        letter = opt_in_letter(one.language, one.text, link, moment(one.expires))
        message = new_message(self._mail, one.email, one.id, moment(self._clock()))
        message["Subject"] = letter.subject
        write_text(message, letter.text, one.language)
        return message


def _settled(sent: OptIn, attempt: Attempt, now: int) -> tuple[str, int]:
    """Return the state after an attempt, and when the next one is."""
    if attempt.delivered:
        return SENT, now
    again = None if attempt.final else next_attempt(sent.attempts, now)
    return (DEAD, now) if again is None else (WAITING, again)
