"""What was said and looked at, written down a moment later: no caller waits for the disk."""

import logging
import threading
from collections import deque

from features.contract.clock import now
from serving.record.access.audits import Look, note_looks
from serving.record.database.database import Database, RecordError
from serving.record.scores.scores import GivenScore, give_asked

_SECONDS = 0.2
_MOST = 100_000

_log = logging.getLogger(__name__)


class Ledger:
    """Writes scores and looks in batches; while the database is away, it keeps them for later."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing to write."""
        self._database = database
        self._scores: deque[GivenScore] = deque(maxlen=_MOST)
        self._looks: deque[Look] = deque(maxlen=_MOST)
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
        self._scores.append(score)

    def note_look(self, look: Look) -> None:
        """Take that somebody looked at a lead."""
        self._looks.append(look)

    def flush(self) -> None:
        """Write what waits; what cannot be written goes on waiting."""
        scores = [self._scores.popleft() for _ in range(len(self._scores))]
        looks = [self._looks.popleft() for _ in range(len(self._looks))]
        if not scores and not looks:
            return
        try:
            with self._database.writing() as connection:
                give_asked(connection, scores, now())
                note_looks(connection, looks)
        except RecordError as error:
            waiting = len(scores) + len(looks)
            _log.warning("%d scores and looks wait to be written down: %s", waiting, error)
            self._scores.extendleft(reversed(scores))
            self._looks.extendleft(reversed(looks))

    def _run(self) -> None:
        while not self._stopped.wait(_SECONDS):
            self.flush()
