"""What the `type` of an error leads to: its code explained."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from serving.http.auth import needs_nothing
from serving.http.document.errors import UNKNOWN_CODE
from serving.http.errors import RefusedError
from serving.http.problems import EXPLAINED_AT, KINDS
from serving.http.route import GuardedRoute


def problem_routes() -> APIRouter:
    """Return the path that explains."""
    routes = APIRouter(tags=["operation"], route_class=GuardedRoute)
    explained: dict[str, str] = {
        code: f"{kind.title}\n{kind.advice}\n" for code, kind in KINDS.items()
    }

    @routes.get(EXPLAINED_AT + "{code}", response_class=PlainTextResponse, responses=UNKNOWN_CODE)
    @needs_nothing
    async def get_problem(code: str) -> Response:
        """Explain the code of an error, for a person."""
        text = explained.get(code)
        if text is None:
            raise RefusedError(404, "not_found", "no error has such a code")
        return PlainTextResponse(text)

    return routes
