"""Mails handed to real mail servers: one that refuses, is away, asks for a password, encrypts."""

import logging
import ssl
import subprocess
from pathlib import Path

import pytest

from serving.mail import Mail, mail_server
from serving.record.database.database import Database
from serving.record.privacy.opt_ins import SENT, NewOptIn, OptIn, ask, find_opt_in
from serving.record.queue.outbox import DEAD, LEASE_US, WAITING
from serving.stored.scoring import StoredScores
from serving.work.backoff import PAUSES, SECOND_US
from serving.work.opt_in_mails import OptInMails
from tests.serving.post_office import PostOffice, free_port, mail_through, opened
from tests.serving.record.telling import HOUR, NOW, put, told
from tests.serving.work.counted import Counted

ASKED = NewOptIn("newsletter", "w-1", "Ja, gerne.", "en", "form:x")
WEEK = 7 * 24 * HOUR


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def database(scores: StoredScores) -> Database:
    return scores.database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


def requested(database: Database, expires: int = NOW + WEEK, email: str = "a@b.de") -> str:
    lead = put(database, told("L", contact={"email": email}))
    with database.writing() as connection:
        return ask(connection, lead, ASKED, NOW, expires).id


def found(database: Database, opt_in_id: str) -> OptIn:
    with database.reading() as connection:
        one = find_opt_in(connection, opt_in_id)
    assert one is not None
    return one


def outcome(database: Database, opt_in_id: str) -> tuple[str, int, str | None]:
    one = found(database, opt_in_id)
    return one.state, one.attempts, one.answer


@pytest.mark.parametrize("refusal", ["550 no such user a@b.de", "553 5.1.3 bad"])
def test_a_mail_refused_for_good_is_dead(
    database: Database, office: PostOffice, clock: Clock, refusal: str
) -> None:
    for stage in ("rcpt", "data"):
        setattr(office, stage, refusal)
        asked = requested(database)
        with opened(office) as mail:
            mails = OptInMails(database, mail, clock)
            assert (mails.send_due(), mails.send_due()) == (1, 0)
        assert outcome(database, asked) == (DEAD, 1, refusal[:3])
        office.rcpt = None
    assert office.mails == []


def test_a_mail_refused_for_now_is_tried_ever_later_and_given_up(
    database: Database, office: PostOffice, clock: Clock
) -> None:
    office.rcpt = "451 greylisted"
    asked = requested(database)
    with opened(office) as mail:
        mails = OptInMails(database, mail, clock)
        for attempt, pause in enumerate(PAUSES, start=1):
            assert mails.send_due() == 1
            assert outcome(database, asked) == (WAITING, attempt, "451")
            clock.now += pause * SECOND_US - 1
            assert mails.send_due() == 0
            clock.now += 1
        assert mails.send_due() == 1
    assert outcome(database, asked) == (DEAD, len(PAUSES) + 1, "451")


def test_a_server_that_is_away_gets_the_mail_when_it_comes_back(
    database: Database, office: PostOffice, clock: Clock
) -> None:
    port = free_port()
    mail = mail_through(mail_server(f"smtp://127.0.0.1:{port}"))
    mails = OptInMails(database, mail, clock)
    asked, counted = requested(database), Counted("leadscore_sent_total")
    assert mails.send_due() == 1
    assert outcome(database, asked) == (WAITING, 1, "ConnectionRefusedError")
    clock.now += PAUSES[0] * SECOND_US
    with opened(office, port):
        assert mails.send_due() == 1
    assert outcome(database, asked) == (SENT, 2, "250")
    assert counted() == {("mail", "failed"): 1, ("mail", "delivered"): 1}
    [message] = office.mails
    assert message["Message-ID"] == f"<{asked}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"] == "a@b.de"
    assert message["Content-Language"] == "en"


def test_what_expired_before_it_could_be_sent_is_not_sent(
    database: Database, office: PostOffice, clock: Clock
) -> None:
    asked = requested(database, expires=NOW)
    clock.now += 1
    with opened(office) as mail:
        assert OptInMails(database, mail, clock).send_due() == 1
    assert office.mails == []
    assert outcome(database, asked) == (DEAD, 1, "expired")


def test_a_mail_whose_sender_died_is_sent_after_its_lease(
    database: Database, office: PostOffice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = requested(database)
    with opened(office) as mail:
        mails = OptInMails(database, mail, clock)
        with monkeypatch.context() as patched:
            patched.setattr("serving.work.handing_in._connected", _dies)
            with pytest.raises(KeyboardInterrupt):
                mails.send_due()
        clock.now += LEASE_US - 1
        assert mails.send_due() == 0
        clock.now += 1
        assert mails.send_due() == 1
    assert outcome(database, asked) == (SENT, 2, "250")


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def test_a_password_goes_over_an_encrypted_connection_alone(
    database: Database,
    office: PostOffice,
    clock: Clock,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = requested(database)
    with opened(office, credentials="crm:gehe%3Aim%40@", host="localhost") as mail:
        assert send(database, mail, clock) == 1
    assert outcome(database, asked) == (WAITING, 1, "UnsafeServerError")
    assert office.logins == []

    secure = tls(certificate)
    with opened(office, credentials="crm:x@", starttls=secure, host="localhost") as mail:
        # The certificate is of nobody we trust.
        assert send(database, mail, clock) == 1
        assert outcome(database, asked) == (WAITING, 2, "SSLCertVerificationError")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
        # A wrong password says nothing of the mail.
        assert send(database, mail, clock) == 1
        assert outcome(database, asked) == (WAITING, 3, "SMTPAuthenticationError 535")

    with opened(office, credentials="crm:gehe%3Aim%40@", starttls=secure, host="localhost") as mail:
        assert send(database, mail, clock) == 1
    assert outcome(database, asked) == (SENT, 4, "250")
    assert office.logins[-1] == (b"crm", b"gehe:im@")
    assert office.encrypted == [True]
    said = " ".join(record.getMessage() for record in caplog.records if "serving" in record.name)
    assert "gehe" not in said + repr(mail)


def send(database: Database, mail: Mail, clock: Clock) -> int:
    """Send what is due when the longest pause is over; tokens hold a week."""
    clock.now += PAUSES[3] * SECOND_US
    return OptInMails(database, mail, clock).send_due()


@pytest.mark.parametrize(
    ("email", "to"),
    [
        ("jürgen@müller.de", "jürgen@müller.de"),
        ("o'neil+x=y@müller.de", "o'neil+x=y@xn--mller-kva.de"),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.de", f"{'a' * 64}@{'b' * 60}.{'c' * 60}.de"),
    ],
)
def test_unusual_addresses_get_their_mail(
    database: Database, office: PostOffice, clock: Clock, email: str, to: str
) -> None:
    asked = requested(database, email=email)
    with opened(office) as mail:
        assert OptInMails(database, mail, clock).send_due() == 1
    assert outcome(database, asked) == (SENT, 1, "250")
    assert office.to == [to]
