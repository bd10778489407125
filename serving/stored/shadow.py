"""A challenger in the shadow: it scores what was answered, for the record and nobody else."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from sqlalchemy import Connection

from features.contract.clock import now
from features.contract.language import Language
from serving.record.database.database import Database, RecordError
from serving.record.leads.leads import StoredLead, leads_by_number
from serving.record.scores.challenges import Challenge, add_challenges
from serving.scoring.answer import Answer
from serving.scoring.scoring import Scoring
from serving.watch import Watch

Outcomes = Callable[
    [Connection, Scoring, Sequence[StoredLead], int, Language | None], Sequence[object]
]
"""Scores stored leads as of a moment: an answer for each that may be scored."""

MOST = 10_000
"""Answers that wait for the challenger; those beyond are dropped and counted."""

_AT_A_TIME = 25
_IDLE_SECONDS = 0.2
_RESTS = 3

_log = logging.getLogger(__name__)


class _Answered(NamedTuple):
    """A lead by its number, and the moment of an answer about it."""

    number: int
    as_of: int


class Shadow:
    """Scores after the answer was given, by what the record knew at its moment; nobody waits.

    It rests three times as long as it works, so that answers have the processor.

    Attributes:
        challenger: The model.
        scored: Answers that it has scored, too.
        dropped: Answers that it has not: too many waited, the record did not answer, or the
            challenger could not.
    """

    def __init__(self, database: Database, outcomes: Outcomes, challenger: Watch) -> None:
        """Begin with nothing to score."""
        self.challenger = challenger
        self.scored = 0
        self.dropped = 0
        self._database = database
        self._outcomes = outcomes
        self._waiting: deque[_Answered] = deque()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)

    def start(self) -> None:
        """Begin to load the challenger, and to score."""
        self.challenger.start()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and leave the rest."""
        self.challenger.stop()
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def note(self, number: int, as_of: int) -> None:
        """Take a lead that was scored.

        Args:
            number: Of the lead.
            as_of: Moment of the answer, microseconds since 1970.
        """
        with self._lock:
            if len(self._waiting) < MOST:
                self._waiting.append(_Answered(number, as_of))
            else:
                self.dropped += 1

    def score_some(self) -> int:
        """Score some of the leads that wait, all of one moment, and return how many they were."""
        scoring = self.challenger.scoring
        if scoring is None or scoring.unavailable is not None or not self._waiting:
            return 0
        some = self._taken()
        scored = 0
        try:
            scored = self._challenge(scoring, [one.number for one in some], some[0].as_of)
        except RecordError as error:
            _log.warning("%d answers are not scored by the challenger: %s", len(some), error)
        finally:
            with self._lock:
                self.scored += scored
                self.dropped += len(some) - scored
        return len(some)

    def _taken(self) -> list[_Answered]:
        with self._lock:
            as_of = self._waiting[0].as_of
            same = takewhile(lambda one: one.as_of == as_of, self._waiting)
            some = list(islice(same, _AT_A_TIME))
            for _ in some:
                self._waiting.popleft()
        return some

    def _challenge(self, scoring: Scoring, numbers: list[int], as_of: int) -> int:
        with self._database.reading() as connection:
            leads = leads_by_number(connection, numbers)
            outcomes = self._outcomes(connection, scoring, leads, as_of, None)
        challenges = [
            Challenge(lead.number, as_of, now(), said.probability, said.model_version)
            for lead, said in zip(leads, outcomes, strict=True)
            if isinstance(said, Answer) and said.model_version is not None
        ]
        with self._database.writing() as connection:
            add_challenges(connection, challenges)
        return len(challenges)

    def _run(self) -> None:
        pause = _IDLE_SECONDS
        while not self._stopped.wait(pause):
            began = time.monotonic()
            try:
                worked = self.score_some()
            except Exception as error:
                # A message of an exception may hold data of a lead.
                _log.error("the challenger failed with %s", type(error).__name__)
                worked = 0
            pause = _RESTS * (time.monotonic() - began) if worked else _IDLE_SECONDS
