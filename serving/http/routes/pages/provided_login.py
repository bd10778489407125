"""Logging in at a provider of OpenID Connect."""

import hmac
import logging
from urllib.parse import quote, unquote

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from serving.access.provider import BACK, Begun, Provider, ProviderError
from serving.http.pages.answers import own_path
from serving.http.pages.cookies import drop_cookie, read_cookie, set_cookie
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_anybody, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.routes.pages.login import ELSEWHERE, logged_in, login_page
from serving.pages.frame import HEADERS
from serving.record.access.provided_users import UnwelcomeError, provided_user
from serving.record.access.sessions import begin_session, end_session

_MINUTES = 10

_log = logging.getLogger(__name__)


def provided_login_routes() -> APIRouter:
    """Return the paths of logging in elsewhere."""
    routes = page_router()

    @routes.get(ELSEWHERE)
    @for_anybody
    def leave_for_provider(visit: Visiting, next: str = "") -> Response:
        try:
            url, begun = _provider(visit).begin()
        except ProviderError as error:
            return _away(visit, error)
        answer = RedirectResponse(url, 303, HEADERS)
        _keep(answer, visit, begun, own_path(next))
        return answer

    @routes.get(BACK)
    @for_anybody
    def come_back(visit: Visiting, state: str = "", code: str = "") -> Response:
        answer = _came_back(visit, state, code)
        drop_cookie(answer, visit.request, visit.state.public_url, "login")
        return answer

    return routes


def _came_back(visit: Visit, state: str, code: str) -> Response:
    provider = _provider(visit)
    begun, wanted = _kept(visit)
    if begun is None or not hmac.compare_digest(begun.state.encode(), state.encode()):
        return login_page(visit, wanted, 400, "login.provider.stale")
    if not code:
        return login_page(visit, wanted, 401, "login.provider.denied")
    try:
        identity = provider.finish(code, begun)
        with visit.database.writing() as connection:
            user = provided_user(connection, visit.at, identity, provider.terms)
            if visit.session is not None:
                end_session(connection, visit.session.user, visit.session.number)
            token = begin_session(connection, visit.at, user, visit.state.session_terms)
    except ProviderError as error:
        return _away(visit, error)
    except UnwelcomeError as error:
        return login_page(visit, wanted, 403, f"login.provider.{error.why}")
    return logged_in(visit, token, wanted)


def _provider(visit: Visit) -> Provider:
    if visit.state.provider is None:
        raise PageError(404, "not_found")
    return visit.state.provider


def _away(visit: Visit, error: ProviderError) -> Response:
    _log.warning("nobody can log in by OpenID Connect: %s", error)
    return login_page(visit, "", 503, "login.provider.away")


def _keep(answer: Response, visit: Visit, begun: Begun, wanted: str) -> None:
    value = ":".join([*begun, quote(wanted, safe="")])
    set_cookie(answer, visit.request, visit.state.public_url, "login", value, _MINUTES * 60)


def _kept(visit: Visit) -> tuple[Begun | None, str]:
    kept = read_cookie(visit.request, visit.state.public_url, "login") or ""
    parts = kept.split(":")
    if len(parts) != len(Begun._fields) + 1 or not all(parts):
        return None, ""
    return Begun(*parts[:-1]), unquote(parts[-1])
