"""Keys of the API: shown once, kept as a digest."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, replace
from typing import Literal, get_args

from features.contract.lead import moment
from features.contract.mistake import MistakeError
from features.contract.text import LONGEST_NAME

Scope = Literal["score", "write", "read", "admin"]
"""What a key allows; `admin` allows all."""

SCOPES: tuple[Scope, ...] = get_args(Scope)

TOKEN = re.compile(r"ls_([0-9a-f]{12})_([0-9a-f]{64})")
"""How a key is written: its id, by which it is found, and its secret."""

NAME = rf"^\w[\w .:-]{{0,{LONGEST_NAME - 1}}}$"
"""What a name may be: it will be in the audit, so no address is one."""


class KeyMistakeError(MistakeError):
    """A key that cannot be made or found; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret; moments are microseconds since 1970.

    Attributes:
        id: By which it is found; no secret.
        name: Of the system that calls by it; becomes the actor of the audit.
        scopes: What it allows.
        digest: SHA-256 of its secret, as hexadecimal digits. The secret has 256 random bits, which
            nobody can try out, so it needs no slow hash as passwords do.
        created: When it was made.
        expires: When it ends by itself; None where it does not.
        revoked: When it was revoked; None where it was not.
        used: When it was last used, to the minute; None where it never was, or nobody notes it.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    digest: str
    created: int
    expires: int | None = None
    revoked: int | None = None
    used: int | None = None

    def is_of(self, secret: str) -> bool:
        """Tell whether a secret is that of the key, in the same time whatever is wrong with it."""
        return hmac.compare_digest(_digest(secret), self.digest)

    def ended(self, now: int) -> str | None:
        """Say since when the key does not count any more; None while it does."""
        if self.revoked is not None:
            return f"was revoked on {_day(self.revoked)}"
        if self.expires is not None and self.expires <= now:
            return f"expired on {_day(self.expires)}"
        return None

    def allows(self, scope: Scope) -> bool:
        """Tell whether it allows what a scope stands for."""
        return scope in self.scopes or "admin" in self.scopes


def new_key(
    name: str, scopes: frozenset[Scope], now: int, expires: int | None = None
) -> tuple[Key, str]:
    """Make a key; return it, and how it is written, which is known only now.

    Args:
        name: Of the system that will call by it; letters, digits, spaces and `._:-`.
        scopes: What it allows; at least one.
        now: Microseconds since 1970.
        expires: When it ends by itself.

    Raises:
        KeyMistakeError: The name cannot be one.
    """
    if re.fullmatch(NAME, name) is None:
        raise KeyMistakeError(
            f"a name has 1 to {LONGEST_NAME} letters, digits, spaces or .:-_ and begins with a "
            "letter or digit; it names a system, no person"
        )
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    return Key(key_id, name, scopes, _digest(secret), now, expires), f"ls_{key_id}_{secret}"


def successor(key: Key, now: int, overlap: int) -> tuple[Key, Key, str]:
    """Make a key that takes another's place.

    Args:
        key: That is replaced; the new one has its name, its scopes, and lives as long as it did.
        now: Microseconds since 1970.
        overlap: Microseconds for which both count.

    Returns:
        The old key, which now ends; the new one; and how the new one is written.

    Raises:
        KeyMistakeError: The old one has ended already.
    """
    if ended := key.ended(now):
        raise KeyMistakeError(f"key {key.id} ({key.name}) {ended}; make a new one")
    ends = now + overlap if key.expires is None else min(now + overlap, key.expires)
    lives_until = None if key.expires is None else now + key.expires - key.created
    new, token = new_key(key.name, key.scopes, now, lives_until)
    return replace(key, expires=ends), new, token


def found_key(keys: list[Key], wanted: str, now: int) -> Key:
    """Return the key of an id, or the one of a name that still counts.

    Raises:
        KeyMistakeError: There is none, or several have the name.
    """
    found = [key for key in keys if key.id == wanted]
    found = found or [key for key in keys if key.name == wanted and key.ended(now) is None]
    if not found:
        raise KeyMistakeError(f"there is no key '{wanted}' that counts; see leadscore keys list")
    if len(found) > 1:
        ids = ", ".join(key.id for key in found)
        raise KeyMistakeError(f"several keys have the name '{wanted}'; name one by its id: {ids}")
    return found[0]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _day(at: int) -> str:
    return moment(at).date().isoformat()
