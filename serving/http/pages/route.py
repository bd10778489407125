"""How every page is asked for: by whom it may be, with a form of ours, and with errors as pages."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from serving.access.role import Permission
from serving.http.auth import note_caller
from serving.http.errors import RefusedError
from serving.http.pages.answers import go_to_login, show_error
from serving.http.pages.form import read_form
from serving.http.pages.mistakes import LoginNeededError, PageError, kind_of
from serving.http.pages.origin import SAFE, require_own_form
from serving.http.pages.visit import Visit
from serving.http.route import note_defect
from serving.record.database.database import RecordAwayError

Page = TypeVar("Page", bound=Callable[..., Response])

_FOR = "leadscore_for"
_ANYBODY = "anybody"
_USERS = "users"


def for_permission(permission: Permission) -> Callable[[Page], Page]:
    """Show a page to users whose role allows something."""
    return _marked((_USERS, permission))


def for_users(shown: Page) -> Page:
    """Show a page to all who are logged in."""
    return _marked((_USERS, None))(shown)


def for_anybody(shown: Page) -> Page:
    """Show a page to all."""
    return _marked((_ANYBODY, None))(shown)


class PageRoute(APIRoute):
    """A page, which is in no OpenAPI document."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **documented: Any) -> None:  # noqa: ANN401
        """Make the route of a page.

        Raises:
            TypeError: The page does not say for whom it is.
        """
        readers = vars(endpoint).get(_FOR)
        if readers is None:
            raise TypeError(f"{endpoint.__qualname__} does not say for whom it is: @for_..")
        self._who, self._permission = readers
        super().__init__(path, endpoint, **{**documented, "include_in_schema": False})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            visit = Visit.of(request)
            try:
                visit = await run_in_threadpool(visit.recognised)
                return await self._answer(visit, handle)
            except Exception as error:
                return await run_in_threadpool(self._failed, visit, error)

        return answer

    async def _answer(
        self, visit: Visit, handle: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        request = visit.request
        if request.method not in SAFE:
            visit = replace(visit, form=await read_form(request))
            require_own_form(visit)
        if self._who == _USERS:
            note_caller(visit.user.actor)
            if self._permission is not None and not visit.user.may(self._permission):
                raise PageError(403, "forbidden")
        request.state.visit = visit
        return await handle(request)

    def _failed(self, visit: Visit, error: Exception) -> Response:
        if isinstance(error, LoginNeededError):
            return go_to_login(visit)
        told = _told(error)
        if told is None:
            note_defect(error, self.path)
            told = PageError(500, "failed")
        return show_error(visit, told.status, told.kind)


def _told(error: Exception) -> PageError | None:
    """Return what is told of an error; None where it is a defect of ours."""
    match error:
        case PageError():
            told = error
        case RecordAwayError():
            told = PageError(503, "away")
        case RequestValidationError():
            told = PageError(404, "not_found")
        case RefusedError(problem=problem) if problem.code == "no_record":
            told = PageError(503, "no_record")
        case RefusedError(status=status) | HTTPException(status_code=status):
            told = PageError(status, kind_of(status))
        case _:
            return None
    return told


def page_router() -> APIRouter:
    """Return a router of pages."""
    return APIRouter(route_class=PageRoute)


def _marked(readers: tuple[str, Permission | None]) -> Callable[[Page], Page]:
    def mark(shown: Page) -> Page:
        vars(shown)[_FOR] = readers
        return shown

    return mark
