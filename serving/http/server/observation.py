"""Every request seen from outside: its id, how long it took, what became of it."""

import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.route import failed
from serving.logs.lines import FIELDS
from serving.logs.request_id import HEADER, current_request, request_id_of
from serving.metrics import UNDER_WAY, request_seconds

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = logging.getLogger(__name__)


class Observed:
    """Gives every request an id, times it, and answers what nothing else has answered."""

    def __init__(self, app: ASGIApp, *, log_requests: bool) -> None:
        """Observe an application.

        Args:
            app: What answers.
            log_requests: Whether each request is a line of the log.
        """
        self._app = app
        self._log_requests = log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        identity = request_id_of(_sent(scope))
        outside = current_request.set(identity)
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, identity.encode())]
            await send(message)

        UNDER_WAY.inc()
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            response = failed(error, route_of(scope))
            # An answer that was begun cannot be another one; the server closes its connection.
            if status == 0:
                await response(scope, receive, answer)
            status = 500
        finally:
            UNDER_WAY.dec()
            self._note(scope, status, perf_counter() - begun)
            current_request.reset(outside)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = method_of(scope), route_of(scope)
        request_seconds(method, route, status).observe(seconds)
        if self._log_requests:
            ms = round(seconds * 1000, 1)
            fields = {"method": method, "route": route, "status": status, "ms": ms}
            _log.info("%s %s %d %.1f ms", method, route, status, ms, extra={FIELDS: fields})


def _sent(scope: Scope) -> bytes | None:
    # Every request comes by here: what looks headers up for everybody takes some microseconds.
    for name, value in scope["headers"]:
        if name == HEADER:
            found: bytes = value
            return found
    return None


def method_of(scope: Scope) -> str:
    """Return the method of a request; callers can think of any number of others."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def route_of(scope: Scope) -> str:
    """Return the template of a request's path, which holds no id; ``none`` without a route."""
    route: str = getattr(scope.get("route"), "path_format", "none")
    return route
