"""Consent asked for by e-mail: requests, and their confirmation by whoever reads that mail."""

import secrets
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select, update

from features.contract.language import Language
from features.contract.lead import moment
from serving.record.access.audits import note_audit
from serving.record.identity.contacts import newest_contact, reachable_at
from serving.record.leads.leads import StoredLead, parts_of, touch
from serving.record.privacy.consents import NewConsent, add_consent, withdrawn_since
from serving.record.queue.outbox import DEAD, LEASE_US, WAITING
from serving.record.schema import lead, opt_in

AGAIN_US = 600 * 1_000_000
"""Whoever asks the same again within this time gets the same request."""

SENT = "sent"
"""State of a mail that the mail server took; others are those of a delivery."""

Void = Literal["expired", "outdated", "withdrawn"]


class NewOptIn(NamedTuple):
    """What consent is asked for.

    Attributes:
        purpose: As of a consent.
        wording: Version of the text.
        text: What is agreed to.
        language: Of the text.
        source: Where the person asked for it.
    """

    purpose: str
    wording: str
    text: str
    language: Language
    source: str


class OptIn(NamedTuple):
    """A request for consent; moments are microseconds since 1970.

    Attributes:
        id: Random.
        lead: Number of the lead.
        email: Where the mail goes.
        asked: When it was requested.
        expires: The last moment at which it can be confirmed.
        confirmed: When it was.
        state: Of the mail: `WAITING`, `SENT` or `DEAD`.
        attempts: To send it.
        answer: Of the mail server, or the fault; of the newest attempt.
    """

    id: str
    lead: int
    purpose: str
    wording: str
    text: str
    language: Language
    source: str
    email: str
    asked: int
    expires: int
    confirmed: int | None
    state: str
    attempts: int
    answer: str | None


_FIELDS = [opt_in.c[name] for name in OptIn._fields]


class NoAddressError(Exception):
    """A lead that no mail can be sent to."""


def ask(connection: Connection, found: StoredLead, new: NewOptIn, now: int, expires: int) -> OptIn:
    """Ask a lead for consent; asked again within minutes, the request that is open is returned.

    Raises:
        NoAddressError: The lead has no e-mail address.
    """
    # Who asks at the same time takes turns.
    connection.execute(select(lead.c.number).where(lead.c.number == found.number).with_for_update())
    numbers = list(parts_of(connection, [found.number]))
    email = newest_contact(connection, numbers, "email")
    if email is None:
        raise NoAddressError
    there = connection.execute(
        select(*_FIELDS)
        .where(
            opt_in.c.lead.in_(numbers),
            opt_in.c.purpose == new.purpose,
            opt_in.c.email == email,
            opt_in.c.confirmed.is_(None),
            opt_in.c.state != DEAD,
            opt_in.c.asked > now - AGAIN_US,
            opt_in.c.expires >= now,
        )
        .order_by(opt_in.c.asked.desc())
        .limit(1)
    ).one_or_none()
    if there is not None and why_void(connection, OptIn(*there), now) is None:
        return OptIn(*there)
    one = OptIn(
        id=secrets.token_urlsafe(18), lead=found.number, **new._asdict(), email=email, asked=now,
        expires=expires, confirmed=None, state=WAITING, attempts=0, answer=None,
    )  # fmt: skip
    connection.execute(opt_in.insert().values(**one._asdict(), due=now))
    note_audit(connection, now, new.source, "opt_in_requested", found.number, one.id)
    return one


def find_opt_in(connection: Connection, opt_in_id: str, *, lock: bool = False) -> OptIn | None:
    """Return a request, None where it is not there (any more)."""
    statement = select(*_FIELDS).where(opt_in.c.id == opt_in_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else OptIn(*row)


def why_void(connection: Connection, one: OptIn, now: int) -> Void | None:
    """Return why a request cannot be confirmed (any more), None where it can."""
    parts = list(parts_of(connection, [root_of(connection, one)]))
    if withdrawn_since(connection, parts, one.purpose, one.asked):
        return "withdrawn"
    if one.confirmed is not None:
        return None
    if one.email not in reachable_at(connection, parts, "email"):
        # A mistyped address is somebody else's, who must not consent for the lead.
        return "outdated"
    return "expired" if now > one.expires else None


def confirm(connection: Connection, one: OptIn, now: int) -> None:
    """Note the consent that a request asked for; again, nothing changes.

    Args:
        connection: Writing; holds the request's lock.
        one: Is not void.
        now: Microseconds since 1970.
    """
    if one.confirmed is not None:
        return
    values = {"confirmed": now, "state": SENT}
    connection.execute(update(opt_in).where(opt_in.c.id == one.id).values(values))
    proof = f"opt-in {one.id}, requested {moment(one.asked).isoformat()}, confirmed by its mail"
    given = NewConsent(one.purpose, "consent", True, one.source, one.wording, proof, now)
    add_consent(connection, one.lead, given, now)
    touch(connection, [root_of(connection, one)], now)
    note_audit(connection, now, "opt-in page", "opt_in_confirmed", one.lead, one.id)


def root_of(connection: Connection, one: OptIn) -> int:
    """Return the number of the lead that stands for whoever was asked."""
    return int(
        connection.execute(select(lead.c.root).where(lead.c.number == one.lead)).scalar_one()
    )


def claim_mail(connection: Connection, now: int) -> OptIn | None:
    """Take a mail that is due, so that nobody else sends it for a while."""
    row = connection.execute(
        select(*_FIELDS)
        .where(opt_in.c.state == WAITING, opt_in.c.due <= now)
        .order_by(opt_in.c.due)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    one = OptIn(*row)
    taken = one._replace(attempts=one.attempts + 1)
    values = {"due": now + LEASE_US, "attempts": taken.attempts}
    connection.execute(update(opt_in).where(opt_in.c.id == one.id).values(values))
    return taken


def settle_mail(connection: Connection, sent: OptIn, state: str, answer: str, due: int) -> None:
    """Note how an attempt to send ended; one that came too late changes nothing."""
    mine = (
        opt_in.c.id == sent.id,
        opt_in.c.state == WAITING,
        opt_in.c.attempts == sent.attempts,
    )
    values = {"state": state, "answer": answer, "due": due}
    connection.execute(update(opt_in).where(*mine).values(values))
