"""The file of a SQLite: always the same one, and one writer of this process at a time."""

import threading
from pathlib import Path
from types import TracebackType


class MovedError(Exception):
    """Another file is in the place of the one that was opened, or none; the end of a sentence."""


class NoTurnError(Exception):
    """Others wrote for too long."""


class OneFile:
    """Sees that a path still means the file that was opened first.

    SQLite would go on writing to one that was moved away or replaced, where nobody looks for it,
    and begin an empty one where none is.
    """

    def __init__(self, path: str | None) -> None:
        """Look at a path; the file need not be there yet. None is a database in memory."""
        self._path = None if path in (None, "", ":memory:") else Path(path or "")
        self._opened: tuple[int, int] | None = None

    def note(self) -> None:
        """Take the file that was just opened for the one to keep to, if it is the first."""
        if self._opened is None:
            self._opened = self._there()

    def require(self) -> None:
        """See that it is still the same.

        Raises:
            MovedError: It is not.
        """
        if self._opened is None:
            return
        there = self._there()
        if there is None:
            raise MovedError("is not there any more; put it back in its place")
        if there != self._opened:
            raise MovedError("is another file than before; start the service again to use it")

    def _there(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


class Turn:
    """A lock that is not waited for for ever."""

    def __init__(self, patience: float) -> None:
        """Wait at most so many seconds."""
        self._lock = threading.Lock()
        self._patience = patience

    def __enter__(self) -> None:
        """Wait for one's turn.

        Raises:
            NoTurnError: It does not come.
        """
        if not self._lock.acquire(timeout=self._patience):
            raise NoTurnError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the next one in."""
        self._lock.release()
