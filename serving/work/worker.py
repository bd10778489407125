"""The loop of the work: leads and promises that are due, messages, new contacts, a review."""

from collections.abc import Callable
from typing import get_args

from serving.lifecycle.alerts import Kind
from serving.mail import Mail
from serving.metrics import expect_alerts
from serving.pages.alerts import Reading
from serving.scoring.scoring import Scoring
from serving.stored.review import draw_week
from serving.stored.scoring import StoredScores
from serving.work.comparing import compare_new
from serving.work.delivery import Deliveries
from serving.work.handing_over import keep_threshold
from serving.work.loop import Loop
from serving.work.opt_in_mails import OptInMails
from serving.work.promises import look_at_promises
from serving.work.rescoring import SETTLING_US, make_stale_due, rescore_due

_STALE_EVERY_US = 60_000_000
_DRAWN_EVERY_US = 600_000_000


class Worker:
    """Works until it is stopped; several may share a PostgreSQL."""

    def __init__(
        self,
        scores: StoredScores,
        scoring: Callable[[], Scoring | None],
        *,
        local: bool,
        mail: Mail | None,
        reading: Callable[[], Reading],
        clock: Callable[[], int],
    ) -> None:
        """Take what is needed.

        Args:
            scores: Of the record.
            scoring: Returns the model and the rules, None while they are being loaded.
            local: Whether webhooks may be inside the own network.
            mail: How e-mails are sent; None sends none.
            reading: Returns how people read alerts.
            clock: Returns microseconds since 1970.
        """
        self._scores = scores
        self._scoring = scoring
        self._clock = clock
        self._deliveries = Deliveries(
            scores.database, local=local, clock=clock, mail=mail, reading=reading
        )
        self._mails = None if mail is None else OptInMails(scores.database, mail, clock)
        self._stale_at = 0
        self._drawn_at = 0
        expect_alerts(get_args(Kind))
        kinds = (self.rescore, self.alert, self.deliver, self.mail, self.compare, self.review)
        self._loops = [Loop(work) for work in kinds]

    def start(self) -> None:
        """Begin to work, beside whatever else this process does."""
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Finish what is under way, and end."""
        for loop in self._loops:
            loop.stop()
        for loop in self._loops:
            loop.join()
        self._deliveries.close()

    @property
    def alive(self) -> bool:
        """Whether every kind of work had its turn in the last five minutes."""
        return all(loop.alive for loop in self._loops)

    def rescore(self) -> int:
        """Score some of the leads that are due, and return how many."""
        scoring = self._scoring()
        if scoring is None:
            return 0
        now = self._clock()
        if abs(now - self._stale_at) > _STALE_EVERY_US:
            make_stale_due(self._scores, now)
            keep_threshold(self._scores, scoring, now)
            self._stale_at = now
        return rescore_due(self._scores, scoring, now, SETTLING_US)

    def alert(self) -> int:
        """Look at some of the promises that are due to be looked at, and return how many."""
        return look_at_promises(self._scores, self._clock())

    def deliver(self) -> int:
        """Send some of the messages that wait, and return how many."""
        return self._deliveries.send_due()

    def mail(self) -> int:
        """Send one of the e-mails that wait, and return how many."""
        return 0 if self._mails is None else self._mails.send_due()

    def compare(self) -> int:
        """Compare some of the leads whose contacts are new with others, and return how many."""
        return compare_new(self._scores.database)

    def review(self) -> int:
        """Draw this week's leads for a review, once there are any, and return how many."""
        now = self._clock()
        if abs(now - self._drawn_at) <= _DRAWN_EVERY_US:
            return 0
        self._drawn_at = now
        return draw_week(self._scores.database, self._scores.lifecycle, self._scores.policy, now)
