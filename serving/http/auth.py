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

AWAY_SECONDS = 5
"""After which a request may be sent again that needed a database which does not answer."""

_NEED = "leadscore_need"

_caller: ContextVar[str | None] = ContextVar("caller", default=None)
_scopes: ContextVar[frozenset[Scope] | None] = ContextVar("scopes", default=None)


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


def may(scope: Scope) -> bool:
    """Tell whether whoever calls may do what a scope stands for; where no key is needed, all."""
    scopes = _scopes.get()
    return scopes is None or scope in scopes or "admin" in scopes


def note_caller(name: str) -> None:
    """Note who calls, where it is known in another way than by a key."""
    _caller.set(name)


async def admit(need: Need, state: ServiceState, request: Request) -> None:
    """Let a caller in, and note who it is.

    Raises:
        RefusedError: It has no key that counts, or one that does not allow this.
    """
    if need.scope is not None:
        name, scopes = await _admitted(need.scope, need.way, state, request)
        _caller.set(name)
        _scopes.set(scopes)


async def _admitted(
    scope: Scope, way: Way | None, state: ServiceState, request: Request
) -> tuple[str | None, frozenset[Scope] | None]:
    """Return the name of a caller and what its key allows; None where no key was needed."""
    if TOKEN.search(request.scope["query_string"].decode("latin-1")):
        raise unauthorized(
            "a key in an address ends up in logs: send it as Authorization: Bearer ls_.., and "
            "replace this one with leadscore keys rotate"
        )
    by_way = None if way is None else await way(state, request)
    if by_way is not None:
        return by_way, None
    if state.keyring.open:
        _require_known_host(state, request)
        return None, None
    sent = sent_key(request)
    try:
        state.keyring.require_read()
        if sent is None:
            raise unauthorized(
                "send a key as Authorization: Bearer ls_..; leadscore keys makes one"
            )
        key = state.keyring.key_of(sent)
    except KeyRefusedError as error:
        raise unauthorized(str(error)) from None
    except KeysAwayError as error:
        raise RefusedError(503, "keys_away", str(error), retry_after=AWAY_SECONDS) from None
    if not key.allows(scope):
        message = f"the key '{key.name}' does not allow this; it takes one with scope {scope}"
        raise RefusedError(403, "forbidden", message)
    return key.name, key.scopes


def sent_key(request: Request) -> str | None:
    """Return the key of a request as it was sent, None where there is none."""
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key")


def _require_known_host(state: ServiceState, request: Request) -> None:
    if state.hosts is None:
        return
    origin = request.headers.get("origin")
    if not state.hosts.knows(request.headers.get("host", "")):
        where = "the header Host names another one; call it as 127.0.0.1 or localhost"
    elif origin is not None and not state.hosts.knows(origin.partition("://")[2]):
        where = "the header Origin names another one"
    else:
        return
    message = f"without keys, only this machine and its pages may ask, and {where}"
    raise RefusedError(403, "foreign_host", f"{message}, or list the name in LEADSCORE_HOSTS")


def unauthorized(message: str) -> RefusedError:
    """Return the refusal of a caller that is not known."""
    return RefusedError(401, "unauthorized", message)


def _marked(need: Need) -> Callable[[Endpoint], Endpoint]:
    def mark(endpoint: Endpoint) -> Endpoint:
        vars(endpoint)[_NEED] = need
        return endpoint

    return mark
