"""A small market told to a record in disorder: late, twice, merged, moved, taken back."""

import random
from collections.abc import Iterator

from features.contract.lead import Event, ProfileValue, moment
from serving.intake.events import Whose
from serving.intake.leads import ToldLead, take_lead
from serving.record.database.database import Database
from serving.record.identity.merges import MergeError, join_leads, undo_merge
from serving.record.leads.leads import find_lead
from serving.record.privacy.consents import NewConsent, add_consent
from tests.serving.record.telling import HOUR, NOW, did, put, told

LEADS = (
    " ", "7", "7.0", "😀", "'; DROP TABLE lead; --", "../x", "a" * 300, *(f"L{n}" for n in range(9))
)  # fmt: skip
_ACCOUNTS = ("firm", "7", "7.0", " ", None)
_TYPES = ("demo_request", "page_view", " ", "webinar")
_BEGIN = NOW - 90 * HOUR


class Market:
    """Tells a record something new each time it is asked to."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.drawn = random.Random(seed)
        self.merges: list[int] = []

    def consent(self, lead_id: str, at: int, *, given: bool) -> None:
        with self.database.writing() as connection:
            found = find_lead(connection, lead_id)
            assert found is not None
            new = NewConsent("profiling", "consent", given, "test", None, None, at)
            add_consent(connection, found.number, new, at)

    def begin(self) -> None:
        """Tell of all leads, of whom the last does not agree to profiling, and of a visitor."""
        stranger = told("cookie of a firm", _BEGIN, account_id="firm", account_told=True)
        with self.database.writing() as connection:
            take_lead(connection, stranger, _BEGIN, kind="visitor")
        did(self.database, Whose("lead_id", stranger.lead_id), *self._events(_BEGIN), at=_BEGIN)
        for lead_id in LEADS:
            account = self.drawn.choice(_ACCOUNTS)
            put(
                self.database,
                told(
                    lead_id, _BEGIN, created=_BEGIN, account_id=account, account_told=True,
                    profile=self._profile(),
                ),
            )  # fmt: skip
            if lead_id != LEADS[-1]:
                self.consent(lead_id, _BEGIN, given=True)

    def happen(self, at: int) -> None:
        """Tell of something that comes in at a moment."""
        lead_id = self.drawn.choice(LEADS)
        kind = self.drawn.random()
        if kind < 0.6:
            whose = Whose("lead_id", lead_id)
            if self.drawn.random() < 0.3:
                whose = Whose("anonymous_id", f"cookie{self.drawn.randrange(6)}")
            did(self.database, whose, *self._events(at), at=at)
        elif kind < 0.8:
            earlier = self._earlier(at)
            change = told(lead_id, earlier, created=None, profile=self._profile())
            self._put(change, at)
        elif kind < 0.87:
            cookie = {"anonymous_id": f"cookie{self.drawn.randrange(6)}"}
            self._put(told(lead_id, at, created=None, contact=cookie), at)
        elif kind < 0.92:
            account = self.drawn.choice(_ACCOUNTS)
            created = _BEGIN - self.drawn.randrange(50) * HOUR
            change = told(lead_id, at, created=created, account_id=account, account_told=True)
            self._put(change, at)
        else:
            self._merge(at)

    def _put(self, change: ToldLead, at: int) -> None:
        with self.database.writing() as connection:
            take_lead(connection, change, at)

    def _merge(self, at: int) -> None:
        try:
            with self.database.writing() as connection:
                if self.merges and self.drawn.random() < 0.5:
                    undo_merge(connection, self.merges.pop(), at)
                    return
                one, other = (find_lead(connection, i) for i in self.drawn.sample(LEADS[7:], 2))
                assert one is not None and other is not None
                merged = join_leads(connection, one.number, other.number, "test", at)
                if merged is not None:
                    self.merges.append(merged)
        except MergeError:
            pass

    def _earlier(self, at: int) -> int:
        return self.drawn.choice([at, at, at - HOUR, at - 20 * HOUR])

    def _events(self, at: int) -> Iterator[Event]:
        for _ in range(self.drawn.randint(1, 3)):
            recorded = self._earlier(at)
            occurred = recorded - self.drawn.choice([1, HOUR, 30 * HOUR])
            yield Event(
                self.drawn.choice(_TYPES), moment(occurred), moment(recorded),
                self.drawn.choice([None, 1.5, -0.0]), self.drawn.choice([None, "a", " b "]),
                self.drawn.choice([None, " ", str(self.drawn.randrange(20))]),
            )  # fmt: skip

    def _profile(self) -> dict[str, ProfileValue]:
        values: dict[str, list[ProfileValue]] = {
            "employees": [5, 7.5, "12", None, "about 50"],
            "industry": ["IT", " it ", 7, 7.0, True, None],
            "role": ["management", "student"],
        }
        chosen = self.drawn.sample(sorted(values), 2)
        return {field: self.drawn.choice(values[field]) for field in chosen}
