"""Passwords: which are taken, and how they are kept, as a slow hash that costs memory."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from features.contract.mistake import MistakeError

SHORTEST = 12
LONGEST = 1024
"""Characters; nobody types more, and all of them are hashed."""

_COMMON = frozenset({
    "123456789012", "1234567890123", "12345678901234", "123456123456", "1234567890qwerty",
    "1q2w3e4r5t6y", "1qaz2wsx3edc", "abc123abc123", "abcdefghijkl", "abcdefghijklm",
    "administrator", "changeme1234", "changemechangeme", "iloveyou1234", "letmeinletmein",
    "leadscore123", "leadscore1234", "leadscoreleadscore", "motdepasse123", "passwort1234",
    "passwort12345", "passwort123456", "passwortpasswort", "password1234", "password12345",
    "password123456", "passwordpassword", "qwertyuiop12", "qwertyuiop123", "qwertyqwerty",
    "qwertzuiop12", "qwertzuiop123", "qwertzqwertz", "geheimgeheim", "hallohallohallo",
    "sommer2024sommer", "unbelievable", "welcome12345", "willkommen12", "willkommen123",
})  # fmt: skip
"""The first that anybody tries among those that are long enough."""

# As OWASP advises for Argon2id; two at once are what a small machine has cores and memory for.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)

_NOBODYS = _HASHER.hash(secrets.token_hex(16))


class WeakPasswordError(MistakeError):
    """A password that is not taken.

    Attributes:
        kind: `short`, `long`, `common` or `own`.
    """

    def __init__(self, kind: str, message: str) -> None:
        """Say why."""
        super().__init__(message)
        self.kind = kind


def require_strong(password: str, email: str) -> None:
    """Refuse a new password that is easily guessed.

    Args:
        password: As typed.
        email: Of its user.

    Raises:
        WeakPasswordError: It is too short or long, the user's address, or one of the first that
            anybody tries.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError("short", f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise WeakPasswordError("long", f"a password has at most {LONGEST} characters")
    plain = password.casefold()
    if plain in _COMMON or len(set(plain)) < 4:
        raise WeakPasswordError("common", "this password is among the first that anybody tries")
    if plain == email:
        raise WeakPasswordError("own", "the own e-mail address is no password")


def password_hash(password: str) -> str:
    """Return how a password is kept."""
    with _AT_ONCE:
        return _HASHER.hash(_as_bytes(password))


def new_password() -> str:
    """Return a password that nobody can guess."""
    return secrets.token_urlsafe(15)


def is_right(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one that is kept; as slowly where none is.

    Args:
        password: As typed.
        kept: Its hash; None for a user without one, or nobody.
    """
    with _AT_ONCE:
        try:
            right = _HASHER.verify(kept or _NOBODYS, _as_bytes(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether a hash costs less than new ones do."""
    return _HASHER.check_needs_rehash(kept)


def _as_bytes(password: str) -> bytes:
    # A form, or a terminal, may hold half a character.
    return password.encode("utf-8", "surrogatepass")
