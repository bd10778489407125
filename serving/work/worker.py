"""The loop of the work: leads that are due, messages that wait, contacts that are new."""

import logging
import threading
from collections.abc import Callable

from serving.mail import Mail
from serving.record.database import RecordError
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores
from serving.work.comparing import compare_new
from serving.work.delivery import Deliveries
from serving.work.opt_in_mails import OptInMails
from serving.work.rescoring import SETTLING_US, make_stale_due, rescore_due

_IDLE_SECONDS = 0.25
_AWAY_SECONDS = 5.0
_STALE_EVERY_US = 60_000_000

_log = logging.getLogger(__name__)


class Worker:
    """Works until it is stopped; several may share a PostgreSQL."""

    def __init__(
        self,
        scores: StoredScores,
        scoring: Callable[[], Scoring | None],
        *,
        local: bool,
        mail: Mail | None,
        clock: Callable[[], int],
    ) -> None:
        """Take what is needed.

        Args:
            scores: Of the record.
            scoring: Returns the model and the rules, None while they are being loaded.
            local: Whether webhooks may be inside the own network.
            mail: How e-mails are sent; None sends none.
            clock: Returns microseconds since 1970.
        """
        self._scores = scores
        self._scoring = scoring
        self._clock = clock
        self._deliveries = Deliveries(scores.database, local=local, clock=clock)
        self._mails = None if mail is None else OptInMails(scores.database, mail, clock)
        self._stopped = threading.Event()
        self._stale_at = 0
        self._threads = [
            threading.Thread(target=self._loop, args=(work,), name=work.__name__, daemon=True)
            for work in (self.rescore, self.deliver, self.mail, self.compare)
        ]

    def start(self) -> None:
        """Begin to work, beside whatever else this process does."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._deliveries.close()

    def rescore(self) -> int:
        """Score some of the leads that are due, and return how many."""
        scoring = self._scoring()
        if scoring is None:
            return 0
        now = self._clock()
        if abs(now - self._stale_at) > _STALE_EVERY_US:
            make_stale_due(self._scores, now)
            self._stale_at = now
        return rescore_due(self._scores, scoring, now, SETTLING_US)

    def deliver(self) -> int:
        """Send some of the messages that wait, and return how many."""
        return self._deliveries.send_due()

    def mail(self) -> int:
        """Send one of the e-mails that wait, and return how many."""
        return 0 if self._mails is None else self._mails.send_due()

    def compare(self) -> int:
        """Compare some of the leads whose contacts are new with others, and return how many."""
        return compare_new(self._scores.database)

    def _loop(self, work: Callable[[], int]) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            try:
                pause = 0.0 if work() else _IDLE_SECONDS
            except RecordError as error:
                _log.warning("%s waits: %s", work.__name__, error)
                pause = _AWAY_SECONDS
            except Exception as error:
                # A message of an exception may hold data of a lead.
                _log.error("%s failed with %s", work.__name__, type(error).__name__)
                pause = _AWAY_SECONDS
