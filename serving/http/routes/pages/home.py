"""Where the workspace begins, what it loads, and what is said where nothing is."""

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from serving.http.auth import needs_nothing
from serving.http.errors import RefusedError
from serving.http.pages.answers import go, own_path
from serving.http.pages.cookies import set_cookie
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_anybody, for_users, page_router
from serving.http.pages.visit import Visiting, language_named
from serving.http.route import GuardedRoute
from serving.http.routes.pages.profile import PROFILE
from serving.pages.assets import ASSETS, PATH
from serving.pages.frame import HOME
from serving.record.access.users import change_language

_YEAR_SECONDS = 365 * 24 * 3600
_EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def home_routes() -> APIRouter:
    """Return the paths that belong to no page in particular."""
    routes = page_router()

    @routes.get(HOME)
    @for_users
    def show_home(visit: Visiting) -> Response:
        # What somebody sees who has just logged in; everybody has a profile.
        return go(visit, next((each.path for each in visit.frame.navigation), PROFILE))

    @routes.post("/app/language")
    @for_anybody
    def choose_language(visit: Visiting) -> Response:
        language = language_named(visit.form.get("language"))
        if language is None:
            raise PageError(400, "invalid")
        answer = go(visit, own_path(visit.form.get("back")), "language_changed")
        set_cookie(
            answer, visit.request, visit.state.public_url, "language", language, _YEAR_SECONDS
        )
        if visit.session is not None:
            with visit.database.writing() as connection:
                change_language(connection, visit.user, language)
        return answer

    return routes


def asset_routes() -> APIRouter:
    """Return the paths of what pages load."""
    routes = APIRouter(route_class=GuardedRoute, include_in_schema=False)

    @routes.get("/app")
    @needs_nothing
    async def go_home() -> Response:
        return RedirectResponse(HOME)

    @routes.get(PATH + "{name}")
    @needs_nothing
    async def get_asset(name: str) -> Response:
        found = ASSETS.get(name)
        if found is None:
            raise RefusedError(404, "not_found", "there is no such file")
        kept = {
            "Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable",
            "Content-Security-Policy": "default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(found.content, media_type=found.kind, headers=kept)

    return routes


def missing_routes() -> APIRouter:
    """Return what answers for every other path of the workspace; it comes last."""
    routes = page_router()

    @routes.api_route("/app/{rest:path}", methods=_EVERY_METHOD)
    @for_anybody
    def show_missing(visit: Visiting) -> Response:
        raise PageError(404, "not_found")

    return routes
