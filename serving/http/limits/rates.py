"""Requests a second of one caller: who sends more is told when to come again."""

import math
import time
from ipaddress import ip_address

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.access.keyring import KeyRefusedError, KeysAwayError
from serving.http.auth import sent_key
from serving.http.errors import RefusedError
from serving.http.limits.admission import PROBES
from serving.http.limits.buckets import Buckets
from serving.http.route import refusal
from serving.http.state import ServiceState


class Rates:
    """Lets each caller ask so often, known by its key, else by its address.

    Only a key that counts makes a caller known: who guesses keys is one caller, and takes nothing
    from those whose keys they are.
    """

    def __init__(self, app: ASGIApp, state: ServiceState, rate: float) -> None:
        """Begin with nobody.

        Args:
            app: What answers.
            state: Knows the keys.
            rate: Requests a second.
        """
        self._app = app
        self._state = state
        self._of_keys, self._of_places = Buckets(rate), Buckets(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in PROBES:
            wait = self._wait_of(scope)
            if wait > 0:
                message = "more requests a second than are allowed; wait as Retry-After says"
                error = RefusedError(429, "too_many", message, retry_after=math.ceil(wait))
                await refusal(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _wait_of(self, scope: Scope) -> float:
        key_id, now = self._key_id(scope), time.monotonic()
        if key_id is not None:
            return self._of_keys.wait_of(hash(key_id), now)
        return self._of_places.wait_of(_place(scope), now)

    def _key_id(self, scope: Scope) -> str | None:
        sent = sent_key(Request(scope))
        if sent is None or self._state.keyring.open:
            return None
        try:
            return self._state.keyring.key_of(sent).id
        except (KeyRefusedError, KeysAwayError):
            return None


def _place(scope: Scope) -> int:
    """Return where a request comes from, as a number that tells nobody the address.

    A gateway that is trusted may pass on anything as the address; whatever is none is one place.
    """
    host: str = scope["client"][0] if scope["client"] else ""
    try:
        address = ip_address(host)
    except ValueError:
        return hash("")
    address = getattr(address, "ipv4_mapped", None) or address
    # Whoever has one address of version 6 has all of its half.
    return hash(str(address) if address.version == 4 else f"{int(address) >> 64:x}")
