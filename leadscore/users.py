"""Users of the workspace: added, listed, changed, removed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.record_database import record_database

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from serving.access.user import User
    from serving.record.database.database import Database

users = typer.Typer(
    no_args_is_help=True, help="Add, list, change or remove the users of the workspace."
)

BY = "leadscore users"
"""Who did it, for the audit."""


class UserRole(StrEnum):
    """What somebody is in the workspace."""

    sales = "sales"
    marketing = "marketing"
    data = "data"
    admin = "admin"


Email = Annotated[str, typer.Argument(help="Address that the user logs in by.")]
WhichRole = Annotated[UserRole, typer.Option("--role", help="What they may do.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password, and show it once.")]


@users.command(
    epilog="Example: `leadscore users add anna@example.com --name 'Anna Beispiel' --role sales`"
)
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Name that others see.")],
    role: WhichRole,
    generate: Generate = False,
) -> None:
    """Add a user; the password is asked for, or is the first line of standard input."""
    from features.contract.clock import now
    from serving.access.user import email_of, name_of
    from serving.record.access.users import add_user

    address, shown = email_of(email), name_of(name)
    # Asked for before the record is opened: nobody else could write to it meanwhile.
    kept, made = _new_password(address, generate=generate)
    with _writing() as connection:
        add_user(connection, now(), BY, email=address, name=shown, role=role.value, password=kept)
    _show_once(made)
    typer.echo(f"{address} may log in, as {role.value}", err=True)


@users.command("list", epilog="Example: `leadscore users list`")
def list_users() -> None:
    """List all users, those who are disabled too."""
    from serving.record.access.users import users_of

    with _record() as database, database.reading() as connection:
        found = users_of(connection)
    if not found:
        typer.echo(
            "there are no users yet; add one: leadscore users add anna@example.com "
            "--name 'Anna Beispiel' --role admin"
        )
    for user in found:
        seen = "never logged in" if user.seen is None else f"last login {_minute(user.seen)}"
        state = "active" if user.disabled is None else f"disabled {_minute(user.disabled)}"
        typer.echo(f"{user.email:32}  {user.role:9}  {user.name:24}  {state}, {seen}")


@users.command(epilog="Example: `leadscore users role anna@example.com --role marketing`")
def role(email: Email, role: WhichRole) -> None:
    """Give a user another role, from their next request on."""
    from serving.record.access.users import change_role

    user = _changed(email, partial(change_role, role=role.value))
    typer.echo(f"{user.email} is {role.value}")


@users.command(epilog="Example: `leadscore users password anna@example.com`")
def password(email: Email, generate: Generate = False) -> None:
    """Give a user another password, asked for or from standard input; all their sessions end."""
    from serving.access.user import email_of
    from serving.record.access.users import change_password

    kept, made = _new_password(email_of(email), generate=generate)
    user = _changed(email, partial(change_password, password=kept))
    _show_once(made)
    typer.echo(f"{user.email} has a new password; all sessions have ended", err=True)


@users.command(epilog="Example: `leadscore users disable anna@example.com`")
def disable(email: Email) -> None:
    """Let a user log in no more; all their sessions end at once."""
    from serving.record.access.users import disable_user

    user = _changed(email, disable_user)
    typer.echo(f"{user.email} may log in no more")


@users.command(epilog="Example: `leadscore users enable anna@example.com`")
def enable(email: Email) -> None:
    """Let a user who was disabled log in again."""
    from serving.record.access.users import enable_user

    user = _changed(email, enable_user)
    typer.echo(f"{user.email} may log in again")


@users.command(epilog="Example: `leadscore users remove anna@example.com`")
def remove(email: Email) -> None:
    """Forget a user for good; the audit keeps their number."""
    from serving.record.access.users import remove_user

    user = _changed(email, remove_user)
    typer.echo(f"{user.email} is removed; in the audit they are {user.actor}")


@contextmanager
def _record() -> Iterator["Database"]:
    from serving.record.upgrade import require_upgraded

    with record_database() as database:
        require_upgraded(database)
        yield database


def _changed(email: str, change: "Callable[[Connection, int, str, User], object]") -> "User":
    """Change the user with an address, and return who it was."""
    from features.contract.clock import now
    from serving.access.user import email_of
    from serving.record.access.users import found_user

    with _writing() as connection:
        user = found_user(connection, email_of(email))
        change(connection, now(), BY, user)
    return user


@contextmanager
def _writing() -> Iterator["Connection"]:
    with _record() as database, database.writing() as connection:
        yield connection


def _new_password(email: str, *, generate: bool) -> tuple[str, str | None]:
    """Return the hash of a new password, and the password where it was made here."""
    from serving.access.password import new_password, password_hash, require_strong

    if generate:
        made = new_password()
        return password_hash(made), made
    typed = _typed_password()
    require_strong(typed, email)
    return password_hash(typed), None


def _show_once(made: str | None) -> None:
    """Show a password that was made: alone on standard output."""
    if made is not None:
        typer.echo(made)


def _typed_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _minute(at: int) -> str:
    from features.contract.lead import moment

    return f"{moment(at):%Y-%m-%d %H:%M} UTC"
