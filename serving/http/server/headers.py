"""What every answer says beside its body: to browsers, and to connections once it is time to go."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.state import ServiceState

_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    # Nearly every answer holds leads.
    (b"cache-control", b"no-store"),
    # An answer is data; whatever a browser takes it for, nothing in it may run or be framed.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]

_OF_DOCUMENTATION = [
    (b"x-content-type-options", b"nosniff"),
    # These pages load their script from the internet.
    (b"content-security-policy", b"frame-ancestors 'none'"),
]

_DOCUMENTATION = frozenset({"/docs", "/docs/oauth2-redirect", "/redoc"})

_OWN = b"content-security-policy"

_CLOSE = (b"connection", b"close")


class Headers:
    """Adds headers to every answer; a page that has a policy of its own keeps it."""

    def __init__(self, app: ASGIApp, state: ServiceState) -> None:
        """Look at a state for whether the service stops."""
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(scope["path"], message["headers"])
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _completed(
        self, path: str, headers: list[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        added = _OF_DOCUMENTATION if path in _DOCUMENTATION else _SAFE
        if any(name == _OWN for name, _ in headers):
            added = []
        # Told so, the caller opens a new connection, to a service that stays.
        return [*headers, *added, _CLOSE] if self._state.stopping else [*headers, *added]
