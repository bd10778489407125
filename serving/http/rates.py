"""Requests a second of one caller: who sends more is told when to come again."""

import math
import time

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.admission import PROBES
from serving.http.errors import RefusedError
from serving.http.route import refusal

BURST_SECONDS = 10.0
"""What a caller did not use for so long may be used at once: systems send in bursts."""

_MANY_CALLERS = 10_000

_KEYS = (b"authorization", b"x-api-key")


class Rates:
    """Lets each caller ask so often, known by the key that it sends, else by its address.

    Per caller one moment is kept: when all that it asked would be over, asked at the rate. One that
    is past says nothing, and is forgotten.
    """

    def __init__(self, app: ASGIApp, rate: float) -> None:
        """Begin with nobody.

        Args:
            app: What answers.
            rate: Requests a second.
        """
        self._app = app
        self._pause = 1 / rate
        self._ahead = max(BURST_SECONDS - self._pause, 0.0)
        self._over: dict[object, float] = {}
        self._most = _MANY_CALLERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in PROBES:
            wait = self.wait_of(_caller(scope), time.monotonic())
            if wait > 0:
                message = "more requests a second than are allowed; wait as Retry-After says"
                error = RefusedError(429, "too_many", message, retry_after=math.ceil(wait))
                await refusal(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def wait_of(self, caller: object, now: float) -> float:
        """Count a request, unless its caller must wait; return how many seconds, 0 for none.

        Args:
            caller: Who asks.
            now: In seconds.
        """
        over = max(self._over.get(caller, now), now)
        wait = over - now - self._ahead
        if wait > 0:
            return wait
        self._over[caller] = over + self._pause
        if len(self._over) > self._most:
            self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        self._over = {caller: over for caller, over in self._over.items() if over > now}
        # Where most are active, looking through all of them again must not be soon.
        self._most = max(_MANY_CALLERS, 2 * len(self._over))


def _caller(scope: Scope) -> object:
    for name, value in scope["headers"]:
        if name in _KEYS:
            # Not the key itself: it should be nowhere in memory for longer than its request.
            return hash(value)
    client = scope["client"]
    return client[0] if client else None
