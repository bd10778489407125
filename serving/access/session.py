"""Sessions: a random token in the browser, of which the record keeps a digest."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import NamedTuple

from serving.access.keyring import MINUTE_US
from serving.access.user import User


class Terms(NamedTuple):
    """How long a session lasts, in microseconds.

    Attributes:
        idle: Without a request.
        whole: In all, whatever happens.
    """

    idle: int = 120 * MINUTE_US
    whole: int = 12 * 60 * MINUTE_US


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in; moments are microseconds since 1970.

    Attributes:
        number: By which it is named; no secret.
        user: Who.
        begun: When they logged in.
        seen: When they last asked for anything, to the minute.
    """

    number: int
    user: User
    begun: int
    seen: int


def new_token() -> str:
    """Return what nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return how a token is kept; it is too random to be tried out, so no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def form_token(token: str) -> str:
    """Return what forms of a page hold, which another site cannot know, from a browser's token."""
    return hmac.new(token.encode("utf-8", "replace"), b"forms", hashlib.sha256).hexdigest()


def is_form_token(sent: str, token: str) -> bool:
    """Tell whether a form came from a page that was made for a browser's token."""
    return hmac.compare_digest(sent.encode("utf-8", "replace"), form_token(token).encode())
