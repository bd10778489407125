"""The page on oneself: language, password, sessions."""

from collections.abc import Mapping

from fastapi import APIRouter, Response

from serving.access.password import WeakPasswordError, is_right, password_hash, require_strong
from serving.access.user import LANGUAGES
from serving.http.pages.answers import go, show
from serving.http.pages.cookies import set_cookie
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_users, page_router
from serving.http.pages.visit import Number, Visit, Visiting
from serving.pages.saying import say
from serving.record.access.login_attempts import begin_attempt, forget_attempts
from serving.record.access.sessions import begin_session, end_session, sessions_of
from serving.record.access.users import change_password

PROFILE = "/app/profile"


def profile_routes() -> APIRouter:
    """Return the paths of the page."""
    routes = page_router()

    @routes.get(PROFILE)
    @for_users
    def show_profile(visit: Visiting) -> Response:
        return _profile(visit)

    @routes.post(PROFILE)
    @for_users
    def change_own_password(visit: Visiting) -> Response:
        if visit.user.password is None:
            raise PageError(409, "conflict")
        if mistakes := _mistakes(visit, visit.user.password):
            return _profile(visit, 422, mistakes)
        kept = password_hash(visit.form.raw("new"))
        terms = visit.state.session_terms
        with visit.database.writing() as connection:
            change_password(connection, visit.at, visit.user.actor, visit.user, kept)
            token = begin_session(connection, visit.at, visit.user, terms)
        answer = go(visit, PROFILE, "password_changed")
        set_cookie(answer, visit.request, visit.state.public_url, "session", token)
        return answer

    @routes.post(PROFILE + "/sessions/{number}/end")
    @for_users
    def end_own_session(visit: Visiting, number: Number) -> Response:
        with visit.database.writing() as connection:
            end_session(connection, visit.user, number)
        return go(visit, PROFILE, "session_ended")

    return routes


def _profile(
    visit: Visit, status: int = 200, mistakes: Mapping[str, str] | None = None
) -> Response:
    with visit.database.reading() as connection:
        sessions = sessions_of(connection, visit.at, visit.user, visit.state.session_terms)
    return show(
        visit,
        "profile",
        status,
        languages=[(each, say(each, "frame.language")) for each in LANGUAGES],
        sessions=sessions,
        current=visit.session.number if visit.session else None,
        mistakes=mistakes or {},
    )


def _mistakes(visit: Visit, kept: str) -> dict[str, str]:
    """Return what is wrong with the form, by field."""
    new = visit.form.raw("new")
    # Whoever sits at another's browser may not guess for ever either.
    attempt = begin_attempt(visit.database, visit.at, visit.user.email, visit.address)
    if attempt is None:
        return {"current": say(visit.language, "login.too_many")}
    if not is_right(visit.form.raw("current"), kept):
        return {"current": say(visit.language, "password.wrong")}
    with visit.database.writing() as connection:
        forget_attempts(connection, attempt)
    try:
        require_strong(new, visit.user.email)
    except WeakPasswordError as error:
        return {"new": say(visit.language, f"password.{error.kind}")}
    if new != visit.form.raw("again"):
        return {"again": say(visit.language, "password.different")}
    return {}
