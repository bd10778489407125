"""One kind of work in the background, done again and again."""

import logging
import threading
import time
from collections.abc import Callable

from serving.metrics import WorkMetrics
from serving.record.database.database import RecordError

STILL_SECONDS = 300.0
"""After so long without a turn, the work stands still: no turn takes that long."""

_IDLE_SECONDS = 0.25
_AWAY_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Loop:
    """Does work in a thread of its own until it is stopped; whatever fails is tried again."""

    def __init__(
        self, work: Callable[[], int], *, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what is needed.

        Args:
            work: Does some of what there is to do and returns how much that was.
            elapsed: Seconds since any moment.
        """
        self._work = work
        self._name = work.__name__
        self._elapsed = elapsed
        self._turn = elapsed()
        self._metrics = WorkMetrics(self._name)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)

    @property
    def alive(self) -> bool:
        """Whether it had a turn in the last five minutes, or failed in one."""
        return self._elapsed() - self._turn < STILL_SECONDS

    def start(self) -> None:
        """Begin to work."""
        self._had_turn()
        self._thread.start()

    def stop(self) -> None:
        """Take no further turn."""
        self._stopped.set()

    def join(self) -> None:
        """Wait until what is under way is finished."""
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            pause = self._take_turn()
            self._had_turn()

    def _had_turn(self) -> None:
        self._turn = self._elapsed()
        self._metrics.had_turn()

    def _take_turn(self) -> float:
        """Do some work, and return for how many seconds to pause."""
        try:
            return 0.0 if self._work() else _IDLE_SECONDS
        except RecordError as error:
            _log.warning("%s waits: %s", self._name, error)
        except Exception as error:
            # A message of an exception may hold data of a lead.
            _log.error("%s failed with %s", self._name, type(error).__name__)
        self._metrics.failed()
        return _AWAY_SECONDS
