"""Where keys are kept: a record, or a file."""

from collections.abc import Mapping
from typing import Protocol

from serving.access.key import Key


class KeyStore(Protocol):
    """Keeps keys; whatever cannot be read or written is a `MistakeError`."""

    def read(self) -> list[Key]:
        """Return all keys, the oldest first, those that have ended too."""

    def put(self, *keys: Key) -> None:
        """Keep new keys, or until when those that are there count: all of them, or none."""

    def note_uses(self, uses: Mapping[str, int]) -> None:
        """Keep when keys were last used: microseconds since 1970, by id."""
