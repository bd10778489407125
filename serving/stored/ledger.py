"""Scores that were asked for, written down a moment later, so that no caller waits for the disk."""

import logging
import threading
from collections import deque

from serving.record.database import Database, RecordError
from serving.record.scores import GivenScore, give_scores

_SECONDS = 0.2
_MOST = 100_000

_log = logging.getLogger(__name__)


class Ledger:
    """Notes given scores in batches; while the database is away, it keeps them and tries again."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing to write."""
        self._database = database
        self._waiting: deque[GivenScore] = deque(maxlen=_MOST)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, and end."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        self.flush()

    def note(self, score: GivenScore) -> None:
        """Take a score that was given."""
        self._waiting.append(score)

    def flush(self) -> None:
        """Write what waits; what cannot be written goes on waiting."""
        scores = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not scores:
            return
        try:
            with self._database.writing() as connection:
                give_scores(connection, scores)
        except RecordError as error:
            _log.warning("%d scores wait to be written down: %s", len(scores), error)
            self._waiting.extendleft(reversed(scores))

    def _run(self) -> None:
        while not self._stopped.wait(_SECONDS):
            self.flush()
