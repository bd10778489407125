"""Logging in and out."""

from urllib.parse import urlencode

from fastapi import APIRouter, Response

from serving.access.password import is_outdated, is_right, password_hash
from serving.access.user import User, UserMistakeError, email_of
from serving.http.pages.answers import LOGIN, go, own_path, show
from serving.http.pages.cookies import drop_cookie, is_plain, set_cookie
from serving.http.pages.route import for_anybody, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.pages.saying import say
from serving.record.access.login_attempts import Attempt, begin_attempt, forget_attempts
from serving.record.access.sessions import begin_session, end_session
from serving.record.access.users import find_user, has_users, rehash_password

ELSEWHERE = "/app/login/provider"
"""Where a login by OpenID Connect begins."""


def login_routes() -> APIRouter:
    """Return the paths of logging in by a password, and of logging out."""
    routes = page_router()

    @routes.get(LOGIN)
    @for_anybody
    def show_login(visit: Visiting, next: str = "") -> Response:
        if visit.session is not None:
            return go(visit, own_path(next))
        return login_page(visit, next)

    @routes.post(LOGIN)
    @for_anybody
    def log_in(visit: Visiting) -> Response:
        email = visit.form.get("email")
        attempt = begin_attempt(visit.database, visit.at, email, visit.address)
        wanted = visit.form.raw("next")
        if attempt is None:
            answer = login_page(visit, wanted, 429, "login.too_many")
            answer.headers["Retry-After"] = "900"
            return answer
        user = _user_of(visit, email, visit.form.raw("password"))
        if user is None:
            return login_page(visit, wanted, 401, "login.wrong")
        return _logged_in_after(visit, user, attempt, wanted)

    @routes.post("/app/logout")
    @for_anybody
    def log_out(visit: Visiting) -> Response:
        if visit.session is not None:
            with visit.database.writing() as connection:
                end_session(connection, visit.user, visit.session.number)
        answer = go(visit, LOGIN, "logged_out")
        drop_cookie(answer, visit.request, visit.state.public_url, "session")
        return answer

    return routes


def login_page(
    visit: Visit, wanted: str, status: int = 200, mistake: str | None = None
) -> Response:
    """Show the login.

    Args:
        visit: Whose.
        wanted: Path to go to afterwards.
        status: Of HTTP.
        mistake: Key of what went wrong.
    """
    with visit.database.reading() as connection:
        nobody = not has_users(connection)
    back = own_path(wanted)
    return show(
        visit,
        "login",
        status,
        next=back,
        nobody=nobody,
        email=visit.form.get("email"),
        mistake=None if mistake is None else say(visit.language, mistake),
        plain=is_plain(visit.request, visit.state.public_url),
        elsewhere=None
        if visit.state.provider is None
        else f"{ELSEWHERE}?{urlencode({'next': back})}",
    )


def logged_in(visit: Visit, token: str, wanted: str) -> Response:
    """Send somebody who has logged in to where they wanted to go.

    Args:
        visit: Whose.
        token: Of the new session; what the browser had before is worth nothing any more.
        wanted: Path.
    """
    answer = go(visit, own_path(wanted))
    set_cookie(answer, visit.request, visit.state.public_url, "session", token)
    return answer


def _user_of(visit: Visit, email: str, password: str) -> User | None:
    """Return the user who may log in so, after the same work whoever it is."""
    with visit.database.reading() as connection:
        try:
            user = find_user(connection, email_of(email))
        except UserMistakeError:
            user = None
    right = is_right(password, user.password if user else None)
    return user if user is not None and right and user.disabled is None else None


def _logged_in_after(visit: Visit, user: User, attempt: Attempt, wanted: str) -> Response:
    renewed = None
    if user.password is not None and is_outdated(user.password):
        renewed = password_hash(visit.form.raw("password"))
    with visit.database.writing() as connection:
        forget_attempts(connection, attempt)
        if renewed is not None:
            rehash_password(connection, user, renewed)
        if visit.session is not None:
            end_session(connection, visit.session.user, visit.session.number)
        token = begin_session(connection, visit.at, user, visit.state.session_terms)
    return logged_in(visit, token, wanted)
