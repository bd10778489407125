"""The page on users: who there is, added, given a role, disabled."""

from collections.abc import Callable, Mapping
from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from serving.access.password import new_password, password_hash
from serving.access.role import ROLES, Role
from serving.access.user import User, UserMistakeError, email_of, name_of
from serving.http.pages.answers import go, show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Number, Visit, Visiting
from serving.pages.saying import say
from serving.record.access.users import (
    add_user,
    change_role,
    disable_user,
    enable_user,
    user_by_number,
    users_of,
)

USERS = "/app/users"

_FIELDS = {"no_address": "email", "known": "email", "no_name": "name", "no_role": "role"}
"""Which field a mistake stands beside."""


def user_routes() -> APIRouter:
    """Return the paths of the page."""
    routes = page_router()

    @routes.get(USERS)
    @for_permission("users")
    def show_users(visit: Visiting) -> Response:
        return _users(visit)

    @routes.post(USERS)
    @for_permission("users")
    def add_one(visit: Visiting) -> Response:
        password = new_password()
        try:
            added = _add(visit, password)
        except UserMistakeError as error:
            said = say(visit.language, f"users.mistake.{error.kind}")
            return _users(visit, 422, mistakes={_FIELDS[error.kind]: said})
        return _users(visit, added=added, password=password)

    @routes.post(USERS + "/{number}/role")
    @for_permission("users")
    def give_role(visit: Visiting, number: Number) -> Response:
        role = _role(visit.form.get("role"))
        if role is None:
            raise PageError(400, "invalid")
        return _changed(visit, number, partial(change_role, role=role), "role_changed")

    @routes.post(USERS + "/{number}/disable")
    @for_permission("users")
    def disable(visit: Visiting, number: Number) -> Response:
        return _changed(visit, number, disable_user, "user_disabled")

    @routes.post(USERS + "/{number}/enable")
    @for_permission("users")
    def enable(visit: Visiting, number: Number) -> Response:
        return _changed(visit, number, enable_user, "user_enabled")

    return routes


def _users(
    visit: Visit,
    status: int = 200,
    *,
    mistakes: Mapping[str, str] | None = None,
    added: User | None = None,
    password: str | None = None,
) -> Response:
    with visit.database.reading() as connection:
        users = users_of(connection)
    names = ("email", "name", "role")
    typed = {name: "" if added else visit.form.get(name) for name in names}
    return show(
        visit,
        "users",
        status,
        users=users,
        roles=[(role, say(visit.language, f"role.{role}")) for role in ROLES],
        mistakes=mistakes or {},
        typed=typed,
        added=added,
        password=password,
    )


def _add(visit: Visit, password: str) -> User:
    email, name = email_of(visit.form.get("email")), name_of(visit.form.get("name"))
    role = _role(visit.form.get("role"))
    if role is None:
        raise UserMistakeError("no_role", "choose a role")
    kept = password_hash(password)
    with visit.database.writing() as connection:
        by = visit.user.actor
        return add_user(connection, visit.at, by, email=email, name=name, role=role, password=kept)


def _changed(
    visit: Visit, number: int, change: Callable[[Connection, int, str, User], None], done: str
) -> Response:
    """Change another user; nobody shuts themselves out."""
    if number == visit.user.number:
        raise PageError(409, "conflict")
    with visit.database.writing() as connection:
        user = user_by_number(connection, number)
        if user is None:
            raise PageError(404, "not_found")
        change(connection, visit.at, visit.user.actor, user)
    return go(visit, USERS, done)


def _role(name: str) -> Role | None:
    return name if name in ROLES else None
