"""What is under way at once: whatever is more is refused before memory grows."""

from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.body import LARGEST_BODY, MIB, largest_body
from serving.http.errors import RefusedError
from serving.http.limits.shares import Shares
from serving.http.route import refusal

PROBES = frozenset({"/healthz", "/readyz"})
"""What watches the service is always answered, or it would be taken for dead."""

_ALONE = frozenset({"/v1/score", "/v1/score/batch", "/v1/model"})
"""What needs no record, so that it need not wait where all others wait for that."""

_SMALL = 64 * 1024
"""Bytes of a body that the server holds anyway; the limit of requests bounds those."""

_RETRY_SECONDS = 1


class Limits(NamedTuple):
    """What one process takes on.

    Attributes:
        requests: Most that are under way at once.
        held: Most bytes of their bodies, without small ones.
        rate: Most requests a second of one caller; None leaves them free.
    """

    requests: int = 500
    held: int = 96 * MIB
    rate: float | None = None


class Admission:
    """Counts requests and the bytes of their bodies while they are under way.

    Working on a body may take sixteen times its size: large ones are held until it is their turn.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        """Begin with nothing under way."""
        self._app = app
        self._limits = limits
        self._requests = 0
        self._held = 0
        self._shares = Shares(LARGEST_BODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._requests >= self._most(scope["path"]) and scope["path"] not in PROBES:
            await refusal(_busy())(scope, receive, send)
        else:
            self._requests += 1
            try:
                await self._admitted(scope, receive, send)
            finally:
                self._requests -= 1

    async def _admitted(self, scope: Scope, receive: Receive, send: Send) -> None:
        expected = _expected(scope)
        if expected is not None and expected <= _SMALL:
            await self._app(scope, receive, send)
            return
        body = _Body(self, receive, expected or 0)
        try:
            await self._app(scope, body.receive, send)
        finally:
            body.let_go()

    def _most(self, path: str) -> int:
        most = self._limits.requests
        return most if path in _ALONE else max(most * 4 // 5, 1)

    def hold(self, size: int) -> None:
        """Make room for bytes.

        Raises:
            RefusedError: There is none.
        """
        if self._held + size > self._limits.held:
            raise _busy()
        self._held += size

    def let_go(self, size: int) -> None:
        """Give room back."""
        self._held -= size

    @property
    def shares(self) -> Shares:
        """Of bodies to be worked on."""
        return self._shares


class _Body:
    """A body on its way in; its room is asked for when it is, which a refused caller never does."""

    def __init__(self, admission: Admission, receive: Receive, expected: int) -> None:
        self._admission = admission
        self._receive = receive
        self._expected = expected
        self._held = 0
        self._came = 0
        self._worked = 0

    async def receive(self) -> Message:
        self._hold(self._expected)
        message = await self._receive()
        if message["type"] == "http.request":
            self._came += len(message.get("body", b""))
            self._hold(self._came)
            if not message.get("more_body", False):
                await self._take_turn()
        return message

    def let_go(self) -> None:
        self._admission.let_go(self._held)
        self._admission.shares.give(self._worked)

    def _hold(self, size: int) -> None:
        if size > self._held:
            self._admission.hold(size - self._held)
            self._held = size

    async def _take_turn(self) -> None:
        # What is larger than any body may be is refused, not worked on.
        if not self._worked and self._came <= LARGEST_BODY:
            size = min(self._held, LARGEST_BODY)
            await self._admission.shares.take(size)
            self._worked = size


def _expected(scope: Scope) -> int | None:
    """Return the size that a body will have, as its sender says; None if it comes without saying.

    What is packed may become as large as its endpoint takes; where chunks come, no size counts.
    """
    sent = dict(scope["headers"])
    if b"content-encoding" in sent:
        return largest_body(scope["path"])
    if b"transfer-encoding" in sent:
        return None
    return int(sent.get(b"content-length", 0))


def _busy() -> RefusedError:
    message = "too much is under way; send it again in a second, or fewer at once"
    return RefusedError(503, "busy", message, retry_after=_RETRY_SECONDS)
