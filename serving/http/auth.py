"""Who may call a route: each says what a key must allow, and there is none that does not say."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from fastapi import Request

from serving.access.key import TOKEN, Scope
from serving.access.keyring import KeyRefusedError, KeysAwayError
from serving.http.errors import RefusedError
from serving.http.state import ServiceState

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

Way = Callable[[ServiceState, Request], Awaitable[str | None]]
"""Another way in: returns who calls, None where it was not taken, and refuses whoever may not."""

_NEED = "leadscore_need"

_caller: ContextVar[str | None] = ContextVar("caller", default=None)


class Need(NamedTuple):
    """What a caller of a route needs.

    Attributes:
        scope: Of its key; None where it needs none.
        way: Other than by a key.
        scheme: Name of that way in the OpenAPI document, where it has a word for it.
    """

    scope: Scope | None
    way: Way | None = None
    scheme: str | None = None


def needs(
    scope: Scope, *, way: Way | None = None, scheme: str | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Let a route be called by a key that allows a scope, or by another way."""
    return _marked(Need(scope, way, scheme))


def needs_nothing(endpoint: Endpoint) -> Endpoint:
    """Let a route be called by anybody."""
    return _marked(Need(None))(endpoint)


def need_of(endpoint: Callable[..., Any]) -> Need:
    """Return what a caller of a route needs.

    Raises:
        TypeError: The route does not say.
    """
    need = vars(endpoint).get(_NEED)
    if not isinstance(need, Need):
        raise TypeError(f"{endpoint.__qualname__} says neither @needs(..) nor @needs_nothing")
    return need


def caller(otherwise: str = "api") -> str:
    """Return who calls, for the audit: the name of the key, or of the other way in.

    Args:
        otherwise: Who it is where no key is needed.
    """
    return _caller.get() or otherwise


def note_caller(name: str) -> None:
    """Note who calls, where it is known in another way than by a key."""
    _caller.set(name)


async def admit(need: Need, state: ServiceState, request: Request) -> None:
    """Let a caller in, and note who it is.

    Raises:
        RefusedError: It has no key that counts, or one that does not allow this.
    """
    if need.scope is not None:
        _caller.set(await _admitted(need.scope, need.way, state, request))


async def _admitted(
    scope: Scope, way: Way | None, state: ServiceState, request: Request
) -> str | None:
    if TOKEN.search(request.scope["query_string"].decode("latin-1")):
        raise unauthorized(
            "a key in an address ends up in logs: send it as Authorization: Bearer ls_.., and "
            "replace this one with leadscore keys rotate"
        )
    by_way = None if way is None else await way(state, request)
    if by_way is not None or state.keyring.open:
        return by_way
    sent = sent_key(request)
    if sent is None:
        raise unauthorized("send a key as Authorization: Bearer ls_..; leadscore keys makes one")
    try:
        key = state.keyring.key_of(sent)
    except KeyRefusedError as error:
        raise unauthorized(str(error)) from None
    except KeysAwayError as error:
        raise RefusedError(503, "keys_away", str(error)) from None
    if not key.allows(scope):
        message = f"the key '{key.name}' does not allow this; it takes one with scope {scope}"
        raise RefusedError(403, "forbidden", message)
    return key.name


def sent_key(request: Request) -> str | None:
    """Return the key of a request as it was sent, None where there is none."""
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key")


def unauthorized(message: str) -> RefusedError:
    """Return the refusal of a caller that is not known."""
    return RefusedError(401, "unauthorized", message)


def _marked(need: Need) -> Callable[[Endpoint], Endpoint]:
    def mark(endpoint: Endpoint) -> Endpoint:
        vars(endpoint)[_NEED] = need
        return endpoint

    return mark
