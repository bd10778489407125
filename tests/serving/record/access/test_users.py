"""Users and sessions that the record keeps; on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from serving.access.session import Terms
from serving.access.user import User, UserMistakeError
from serving.record.access.login_attempts import begin_attempt, forget_attempts
from serving.record.access.sessions import begin_session, end_session, find_session, sessions_of
from serving.record.access.users import (
    add_user,
    change_password,
    change_role,
    disable_user,
    enable_user,
    find_user,
    link_user,
    remove_user,
    user_by_number,
    user_by_subject,
    users_of,
)
from serving.record.backup import restore_backup, write_backup
from serving.record.database.database import Database
from serving.record.schema import login_attempt, user_session

NOW = 1_780_000_000_000_000
TERMS = Terms(idle=100, whole=1_000)


def add(database: Database, name: str = "anna") -> User:
    with database.writing() as connection:
        return add_user(
            connection, NOW, "test", email=f"{name}@example.com", name=name.title(), role="sales"
        )


def sessions(database: Database) -> int:
    with database.reading() as connection:
        statement = select(func.count()).select_from(user_session)
        count: int = connection.execute(statement).scalar_one()
        return count


def test_users_are_kept_as_they_were_told(database: Database) -> None:
    anna, zoe = add(database), add(database, "Zoe")
    with database.writing() as connection:
        change_role(connection, NOW, "test", anna, "admin")
        change_password(connection, NOW, "test", anna, "hash")
        link_user(connection, anna, "https://issuer", "subject")
        found = user_by_number(connection, anna.number)
        assert found == user_by_subject(connection, "https://issuer", "subject")
        assert user_by_subject(connection, "https://issuer", "another") is None
        assert found is not None and (found.role, found.password) == ("admin", "hash")
        assert [user.name for user in users_of(connection)] == ["Anna", "Zoe"]
        disable_user(connection, NOW, "test", zoe)
        disabled = user_by_number(connection, zoe.number)
        assert disabled is not None and disabled.disabled == NOW
        enable_user(connection, NOW, "test", disabled)
        assert user_by_number(connection, zoe.number) == zoe
    with pytest.raises(UserMistakeError, match="already"):
        add(database)


def test_a_number_is_given_once(database: Database) -> None:
    anna = add(database)
    with database.writing() as connection:
        begin_session(connection, NOW, anna, TERMS)
        remove_user(connection, NOW, "test", anna)
        assert find_user(connection, anna.email) is None
    assert sessions(database) == 0
    assert add(database).number > anna.number


def test_a_session_lasts_as_long_as_the_terms_say(database: Database) -> None:
    anna = add(database)
    with database.writing() as connection:
        token = begin_session(connection, NOW, anna, TERMS)
        for at, there in ((NOW, True), (NOW + 99, True), (NOW + 100, False)):
            assert (find_session(connection, at, token, TERMS) is not None) is there
        assert find_session(connection, NOW + 99, token, Terms(100, 99)) is None
        assert find_session(connection, NOW, token + "x", TERMS) is None
        # Those that are over go with the next one that begins.
        begin_session(connection, NOW + 100, anna, TERMS)
    assert sessions(database) == 1


def test_a_session_is_ended_by_its_user_alone(database: Database) -> None:
    anna, ben = add(database), add(database, "ben")
    with database.writing() as connection:
        begin_session(connection, NOW, anna, TERMS)
        [session] = sessions_of(connection, NOW, anna, TERMS)
        end_session(connection, ben, session.number)
        assert sessions_of(connection, NOW, anna, TERMS) == [session]
        end_session(connection, anna, session.number)
        assert sessions_of(connection, NOW, anna, TERMS) == []


def test_attempts_are_forgotten_where_they_succeeded(database: Database) -> None:
    one = begin_attempt(database, NOW, "anna@example.com", "10.0.0.1")
    other = begin_attempt(database, NOW, "ANNA@example.com", "10.0.0.2")
    assert one is not None and other is not None and one.email == other.email
    with database.writing() as connection:
        forget_attempts(connection, one)
        kept = connection.execute(select(login_attempt.c.number)).scalars().all()
    assert kept == [other.number]


def test_a_backup_brings_back_users_where_there_are_none_and_never_sessions(
    database: Database, tmp_path: Path
) -> None:
    anna = add(database)
    with database.writing() as connection:
        begin_session(connection, NOW, anna, TERMS)
    write_backup(database, tmp_path / "record.zip", lambda _: None)

    def restored() -> list[int]:
        restore_backup(database, tmp_path / "record.zip", lambda _: None, replace=True)
        with database.reading() as connection:
            return [user.number for user in users_of(connection)]

    with database.writing() as connection:
        disable_user(connection, NOW, "test", anna)
    ben = add(database, "ben")
    with database.writing() as connection:
        begin_session(connection, NOW, ben, TERMS)
    assert restored() == [anna.number, ben.number]
    assert sessions(database) == 1
    with database.writing() as connection:
        kept = user_by_number(connection, anna.number)
        assert kept is not None and kept.disabled == NOW
        remove_user(connection, NOW, "test", anna)
    assert restored() == [ben.number]
    with database.writing() as connection:
        remove_user(connection, NOW, "test", ben)
    assert restored() == [anna.number]
    assert sessions(database) == 0
    assert add(database, "cem").number > anna.number
