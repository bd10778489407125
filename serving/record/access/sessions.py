"""Sessions that the record keeps, so that they outlive a restart and hold for every process."""

from sqlalchemy import ColumnElement, Connection, select, update

from serving.access.keyring import MINUTE_US
from serving.access.session import Session, Terms, digest_of, new_token
from serving.access.user import User
from serving.record.access.audits import note_audit
from serving.record.access.users import OF_USER
from serving.record.schema import user_account, user_session

_COLUMNS = user_session.c
_OF_SESSION = (_COLUMNS.number, _COLUMNS.begun, _COLUMNS.seen)


def begin_session(connection: Connection, now: int, user: User, terms: Terms) -> str:
    """Log a user in, and return the token of the session, which is known only now.

    Args:
        connection: Writing.
        now: Microseconds since 1970.
        user: Who may log in.
        terms: Sessions that ended by them are forgotten.
    """
    connection.execute(user_session.delete().where(_is_over(now, terms)))
    token = new_token()
    row = {"digest": digest_of(token), "account": user.number, "begun": now, "seen": now}
    connection.execute(user_session.insert().values(row))
    seen = update(user_account).where(user_account.c.number == user.number).values(seen=now)
    connection.execute(seen)
    note_audit(connection, now, user.actor, "logged_in", None, None)
    return token


def find_session(connection: Connection, now: int, token: str, terms: Terms) -> Session | None:
    """Return the session of a token, None where it has ended or its user may log in no more."""
    row = connection.execute(
        select(*_OF_SESSION, *OF_USER)
        .join(user_account, user_account.c.number == _COLUMNS.account)
        .where(
            _COLUMNS.digest == digest_of(token),
            ~_is_over(now, terms),
            user_account.c.disabled.is_(None),
        )
    ).first()
    return None if row is None else Session(row[0], User(*row[3:]), row[1], row[2])


def is_to_be_noted(session: Session, now: int) -> bool:
    """Tell whether a use of a session is worth a write; it is once a minute."""
    return now - session.seen >= MINUTE_US


def note_use(connection: Connection, now: int, session: Session) -> None:
    """Note that somebody is still there."""
    of_session = _COLUMNS.number == session.number
    connection.execute(update(user_session).where(of_session).values(seen=now))


def sessions_of(connection: Connection, now: int, user: User, terms: Terms) -> list[Session]:
    """Return where a user is logged in, the newest first."""
    rows = connection.execute(
        select(*_OF_SESSION)
        .where(_COLUMNS.account == user.number, ~_is_over(now, terms))
        .order_by(_COLUMNS.number.desc())
    )
    return [Session(number, user, begun, seen) for number, begun, seen in rows]


def end_session(connection: Connection, user: User, number: int) -> None:
    """End one session of a user, if it is theirs and there still is one."""
    own = (_COLUMNS.number == number) & (_COLUMNS.account == user.number)
    connection.execute(user_session.delete().where(own))


def _is_over(now: int, terms: Terms) -> ColumnElement[bool]:
    return (_COLUMNS.begun <= now - terms.whole) | (_COLUMNS.seen <= now - terms.idle)
