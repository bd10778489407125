"""E-mails handed to a mail server by SMTP."""

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr

from email_validator import validate_email

from features.contract.language import Language
from serving.mail import Mail, MailServer
from serving.work.backoff import Attempt

MAIL = "mail"
"""What metrics call whom e-mails are for."""

_TIMEOUT_SECONDS = 10
"""For each step of the exchange; all of them together end before the mail's lease does."""


class UnsafeServerError(smtplib.SMTPException):
    """A mail server that a password would be sent to for anyone to read."""


def new_message(mail: Mail, to: str, message_id: str, at: datetime) -> EmailMessage:
    """Return an e-mail without subject and text.

    Args:
        mail: How it is sent.
        to: Address of its reader.
        message_id: The same on every attempt, so that one that came twice can be known.
        at: When it is sent.
    """
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = mail.sender
    message["To"] = _ascii(to)
    message["Date"] = format_datetime(at)
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    message["Message-ID"] = f"<{message_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def write_text(message: EmailMessage, text: str, language: Language) -> None:
    """Give an e-mail its text."""
    message.set_content(text, cte="quoted-printable")
    # A text that is set takes away what was said of one before.
    message["Content-Language"] = language


def hand_in(at: MailServer, message: EmailMessage) -> Attempt:
    """Hand an e-mail to a mail server."""
    try:
        server = _connected(at)
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
