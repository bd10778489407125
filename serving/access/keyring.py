"""The keys that count now, known without asking anybody: no request waits for a database."""

import logging
import threading
import time
from collections.abc import Callable

from features.contract.clock import now
from features.contract.mistake import MistakeError
from serving.access.key import TOKEN, Key
from serving.access.store import KeyStore

READ_SECONDS = 2.0
"""How often keys are read: a new one counts, and a revoked one does not, after so long."""

MINUTE_US = 60_000_000
"""How exactly the last use of a key is known: no oftener is it written."""

TRUSTED_SECONDS = 3600
"""How long keys count that could not be read again, as while a database is away."""

_log = logging.getLogger(__name__)


class KeyRefusedError(MistakeError):
    """A key that does not count; the message says why, and never holds it."""


class KeysAwayError(MistakeError):
    """Keys could not be read yet, or for so long that none is trusted any more."""


class Keyring:
    """Knows which keys count; safe to call from several threads.

    A service is open, so that it asks nobody for a key, as long as no key was ever made. Once one
    was seen, it is never open again, whatever becomes of the keys.
    """

    def __init__(
        self,
        store: KeyStore | None = None,
        *,
        clock: Callable[[], int] = now,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with no key.

        Args:
            store: Where keys are kept; None where none can be.
            clock: Microseconds since 1970.
            elapsed: Seconds since any moment.
        """
        self._store = store
        self._clock = clock
        self._elapsed = elapsed
        self._keys: dict[str, Key] = {}
        self._uses: dict[str, int] = {}
        self._read_at = elapsed()
        self._needed = False
        self._unread = False
        self._away = False
        self._stopped = threading.Event()
        # A writer may have to wait for others, for long; whoever reads must not wait for it.
        self._threads = [
            threading.Thread(target=self._again, args=(each,), name="keys", daemon=True)
            for each in (self._try_to_read, self.note_uses)
        ]

    @property
    def open(self) -> bool:
        """Whether no key is needed; as long as nobody knows, one is."""
        return not (self._needed or self._unread)

    def close_for_good(self) -> None:
        """Need a key from now on, even if there is none."""
        self._needed = True

    def read_later(self) -> None:
        """Let nobody in until keys were read: where they are kept is away, and may hold some."""
        self._unread = True

    def start(self) -> None:
        """Begin to read keys again and again."""
        if self._store is not None:
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Note the last uses, and end."""
        self._stopped.set()
        self.note_uses()

    def read(self) -> None:
        """Read the keys.

        Raises:
            MistakeError: They cannot be read; those that were read before stay.
        """
        if self._store is None:
            return
        self._keys = {key.id: key for key in self._store.read()}
        self._needed = self._needed or bool(self._keys)
        self._unread = False
        self._read_at = self._elapsed()

    def require_read(self) -> None:
        """See that it is known which keys there are.

        Raises:
            KeysAwayError: Keys were never read, or not for an hour.
        """
        if self._unread:
            raise KeysAwayError("keys could not be read yet; see the service's log")
        if self._elapsed() - self._read_at > TRUSTED_SECONDS:
            raise KeysAwayError("keys could not be read for an hour; see the service's log")

    def key_of(self, token: str) -> Key:
        """Return the key that a text is.

        Raises:
            KeyRefusedError: It is none, or one that does not count (any more).
            KeysAwayError: Keys were never read, or not for an hour.
        """
        parts = TOKEN.fullmatch(token)
        if parts is None:
            raise KeyRefusedError("what was sent is no key; a whole one begins with ls_")
        self.require_read()
        key, at = self._keys.get(parts[1]), self._clock()
        if key is None or not key.is_of(parts[2]):
            raise KeyRefusedError(
                f"this key is not known here; a new one counts after {READ_SECONDS:g} seconds"
            )
        if ended := key.ended(at):
            raise KeyRefusedError(f"the key '{key.name}' {ended}; send its successor")
        if key.used is None or at - key.used >= MINUTE_US:
            self._uses[key.id] = at
        return key

    def note_uses(self) -> None:
        """Write down when keys were last used."""
        uses, self._uses = self._uses, {}
        if self._store is None or not uses:
            return
        try:
            self._store.note_uses(uses.copy())
        except Exception as error:
            _log.warning("the last use of %d keys was not noted: %s", len(uses), _said(error))

    def _try_to_read(self) -> None:
        try:
            self.read()
        except Exception as error:
            # Whatever it is, the thread must go on: a revoked key would count for ever.
            if not self._away:
                _log.warning("keys cannot be read, those known still count: %s", _said(error))
            self._away = True
        else:
            self._away = False

    def _again(self, act: Callable[[], None]) -> None:
        while not self._stopped.wait(READ_SECONDS):
            act()


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, MistakeError) else type(error).__name__
