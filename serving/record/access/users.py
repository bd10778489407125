"""Users of the workspace."""

import hashlib
import re
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, func, select, update

from features.contract.language import Language
from serving.access.role import Role
from serving.access.user import User, UserMistakeError
from serving.record.access.audits import note_audit
from serving.record.database.database import insert_new
from serving.record.schema import user_account, user_session

_COLUMNS = user_account.c
OF_USER = tuple(_COLUMNS[field.name] for field in fields(User))
"""Columns of a user, in the order of its fields."""


def users_of(connection: Connection) -> list[User]:
    """Return all users by their names, those who are disabled too."""
    rows = connection.execute(select(*OF_USER).order_by(func.lower(_COLUMNS.name), _COLUMNS.number))
    return [User(*row) for row in rows]


def names_of(connection: Connection) -> dict[str, str]:
    """Return what users are called, by who they are in the audit."""
    return {user.actor: user.name for user in users_of(connection)}


def has_users(connection: Connection) -> bool:
    """Tell whether there is any user."""
    return connection.execute(select(_COLUMNS.number).limit(1)).first() is not None


def find_user(connection: Connection, email: str) -> User | None:
    """Return the user of a canonical address, None where there is none."""
    return _found(connection, email=email)


def found_user(connection: Connection, email: str) -> User:
    """Return the user of a canonical address.

    Raises:
        UserMistakeError: There is none.
    """
    user = find_user(connection, email)
    if user is None:
        raise UserMistakeError(
            "unknown", "there is no user with this address; see leadscore users list"
        )
    return user


def user_by_number(connection: Connection, number: int) -> User | None:
    """Return the user of a number, None where there is none."""
    return _found(connection, number=number)


def user_called(connection: Connection, actor: str) -> User | None:
    """Return the user of a name as the audit has it, such as `user 7`; None where there is none."""
    kind, _, number = actor.partition(" ")
    is_one = kind == "user" and re.fullmatch("[0-9]{1,18}", number)
    return user_by_number(connection, int(number)) if is_one else None


def user_by_subject(connection: Connection, issuer: str, subject: str) -> User | None:
    """Return the user whom a provider of OpenID Connect calls so, None where there is none."""
    return _found(connection, subject=_subject(issuer, subject))


def add_user(
    connection: Connection,
    now: int,
    by: str,
    *,
    email: str,
    name: str,
    role: Role,
    password: str | None = None,
) -> User:
    """Add a user, and return it.

    Args:
        connection: Writing.
        now: Microseconds since 1970.
        by: Who adds it, for the audit.
        email: In its canonical form.
        name: As others see it.
        role: What they are.
        password: Its hash; None for one who logs in elsewhere.

    Raises:
        UserMistakeError: There is one with the address.
    """
    row = {"email": email, "name": name, "role": role, "created": now, "password": password}
    if not insert_new(connection, user_account, [row]):
        raise UserMistakeError("known", "there is a user with this address already")
    user = found_user(connection, email)
    note_audit(connection, now, by, "user_added", None, f"{user.actor}: {role}")
    return user


def change_role(connection: Connection, now: int, by: str, user: User, role: Role) -> None:
    """Give a user another role, from their next request on."""
    if role != user.role:
        _change(connection, user, role=role)
        note_audit(connection, now, by, "role_changed", None, f"{user.actor}: {role}")


def change_password(
    connection: Connection, now: int, by: str, user: User, password: str | None
) -> None:
    """Give a user another password, as its hash; it ends all their sessions."""
    _change(connection, user, password=password)
    end_sessions(connection, user)
    note_audit(connection, now, by, "password_changed", None, user.actor)


def rehash_password(connection: Connection, user: User, password: str) -> None:
    """Keep a password that is the same as a hash of today's cost."""
    _change(connection, user, password=password)


def change_language(connection: Connection, user: User, language: Language) -> None:
    """Note which language a user chose."""
    _change(connection, user, language=language)


def link_user(connection: Connection, user: User, issuer: str, subject: str) -> None:
    """Note who a user is to a provider of OpenID Connect."""
    _change(connection, user, subject=_subject(issuer, subject))


def disable_user(connection: Connection, now: int, by: str, user: User) -> None:
    """Let a user log in no more, and end all their sessions."""
    if user.disabled is None:
        _change(connection, user, disabled=now)
        end_sessions(connection, user)
        note_audit(connection, now, by, "user_disabled", None, user.actor)


def enable_user(connection: Connection, now: int, by: str, user: User) -> None:
    """Let a user who was disabled log in again."""
    if user.disabled is not None:
        _change(connection, user, disabled=None)
        note_audit(connection, now, by, "user_enabled", None, user.actor)


def remove_user(connection: Connection, now: int, by: str, user: User) -> None:
    """Forget a user; the audit keeps their number."""
    connection.execute(user_account.delete().where(_COLUMNS.number == user.number))
    note_audit(connection, now, by, "user_removed", None, user.actor)


def end_sessions(connection: Connection, user: User) -> None:
    """End all sessions of a user."""
    connection.execute(user_session.delete().where(user_session.c.account == user.number))


def _found(connection: Connection, **wanted: object) -> User | None:
    [(name, value)] = wanted.items()
    row = connection.execute(select(*OF_USER).where(_COLUMNS[name] == value)).first()
    return None if row is None else User(*row)


def _change(connection: Connection, user: User, **values: Any) -> None:  # noqa: ANN401
    of_user = _COLUMNS.number == user.number
    connection.execute(update(user_account).where(of_user).values(**values))


def _subject(issuer: str, subject: str) -> str:
    # As a digest: a subject may be a name, and both may be long.
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
