"""Where e-mails are handed in, who sends them, and where their readers come back to."""

from email.utils import parseaddr
from typing import Annotated, NamedTuple
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, SecretStr
from pydantic_core import PydanticCustomError


class MailServer(NamedTuple):
    """Where e-mails are handed in; `encrypted` from the start, else once the server offers it."""

    host: str
    port: int
    user: str | None
    password: str | None
    encrypted: bool

    def __repr__(self) -> str:
        """Show all but the password."""
        return f"MailServer({self.host}:{self.port})"


class Mail(NamedTuple):
    """How e-mails are sent, and where their readers reach the service."""

    server: MailServer
    sender: str
    public_url: str


MAIL_TO = "mailto:"
"""How the address of somebody begins who gets e-mails where others are posted to."""


OWNER = "owner"
"""The target of alerts that reach whoever owns the lead."""

TO_OWNER = MAIL_TO + OWNER
"""The receiver that is, each time, the user who owns the lead."""


def mail_to(url: str) -> str:
    """Return a `mailto:` address in its canonical form.

    Raises:
        ValueError: It is none.
    """
    try:
        found = validate_email(unquote(url.removeprefix(MAIL_TO)), check_deliverability=False)
    except EmailNotValidError:
        raise PydanticCustomError(
            "mail_to", "must be one address, as mailto:anna@example.com"
        ) from None
    return MAIL_TO + found.normalized


_PORTS = {"smtp": 587, "smtps": 465}


def mail_server(url: str) -> MailServer:
    """Read the address of a mail server.

    Raises:
        ValueError: It is none; the message does not show it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        host, port = None, None
    if host is None or port is None or parts.scheme not in _PORTS or parts.path.strip("/"):
        raise PydanticCustomError(
            "smtp_url", "must be smtp://user:password@host:587 or smtps://user:password@host:465, "
            "with %40 for @ and the like in user and password"
        )  # fmt: skip
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return MailServer(host, port, user, password, encrypted=parts.scheme == "smtps")


def _of_mail_server(url: SecretStr) -> SecretStr:
    mail_server(url.get_secret_value())
    return url


def _sender(text: str) -> str:
    try:
        # A line break would begin another header.
        address = parseaddr(text)[1] if text.isprintable() else ""
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise PydanticCustomError(
            "mail_from", "must be an address such as Example GmbH <news@example.com>"
        ) from None
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise PydanticCustomError(
            "public_url", "must be an address such as https://leads.example.com"
        )
    return text


SmtpUrl = Annotated[SecretStr, AfterValidator(_of_mail_server)]
Sender = Annotated[str, AfterValidator(_sender)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
