"""A real mail server that keeps what it is given, or refuses it."""

import email
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from serving.mail import Mail, MailServer, mail_server


class PostOffice:
    """Keeps mails; `refusal` is what it says instead, at RCPT or at DATA."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.encrypted: list[bool] = []
        self.rcpt: str | None = None
        self.data: str | None = None

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt is not None:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data is not None:
            return self.data
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.to += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"gehe:im@", handled=False)


@contextmanager
def opened(
    office: PostOffice,
    port: int = 0,
    *,
    credentials: str = "",
    starttls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Mail]:
    """Open a post office, and give how mails are sent through it."""
    controller = Controller(
        office, hostname="127.0.0.1", port=port or free_port(), tls_context=starttls,
        enable_SMTPUTF8=True, authenticator=office.authenticate if credentials else None,
        auth_require_tls=starttls is not None,
    )  # fmt: skip
    controller.start()
    try:
        yield mail_through(mail_server(f"smtp://{credentials}{host}:{controller.port}"))
    finally:
        controller.stop()


def mail_through(server: MailServer) -> Mail:
    return Mail(server, "Müller Maschinen GmbH <news@example.com>", "https://leads.example.com")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
