"""Routes whose path is always the same are looked up; all others are found by the router."""

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.errors import RefusedError
from serving.http.route import GuardedRoute, refusal


class Shortcut:
    """Answers by the route of a path at once: to find it, the router takes a part of a score.

    Attributes:
        routes: By method and path.
    """

    def __init__(self, app: ASGIApp, *, api: FastAPI, routers: Iterable[APIRouter]) -> None:
        """Gather the routes that need nothing but their request.

        Args:
            app: Answers all other requests.
            api: What endpoints know as the application.
            routers: Hold the routes.
        """
        self._app = app
        self._api = api
        self.routes = {
            (method, route.path): route
            for router in routers
            for route in router.routes
            if isinstance(route, GuardedRoute) and route.alone and not route.param_convertors
            for method in route.methods or ()
        }
        self._answers = {
            key: (route, route.get_route_handler()) for key, route in self.routes.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        found = self._answers.get((scope.get("method", ""), scope.get("path", "")))
        if found is None or scope.get("root_path"):
            await self._app(scope, receive, send)
            return
        scope["route"], answer = found
        scope["app"] = self._api
        try:
            response = await answer(Request(scope, receive, send))
        except RefusedError as error:
            response = refusal(error)
        await response(scope, receive, send)
