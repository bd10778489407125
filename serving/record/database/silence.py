"""Whether a database keeps all waiting in vain: then one asks, and the others are told at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from serving.record.database.absence import is_silence


class StillSilentError(Exception):
    """It was silent, and whether it is still is being asked."""


class Silence:
    """Keeps callers from waiting all at once, which would hold every thread and every request."""

    def __init__(self) -> None:
        """Begin with a database that answers."""
        self._silent = False
        self._one = threading.Lock()

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Ask the database.

        Raises:
            StillSilentError: Somebody else waits for it in vain.
        """
        alone = self._silent
        if alone and not self._one.acquire(blocking=False):
            raise StillSilentError
        try:
            yield
            self._silent = False
        except DBAPIError as error:
            self._silent = is_silence(error)
            raise
        finally:
            if alone:
                self._one.release()
