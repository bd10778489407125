"""A simulated sales team: it takes up some leads, gives others back, and finds out who buys.

It works off the leads that were handed over, the most probable first. Whether it accepts one
follows from what is true of the lead, which people who talk to it sense, and not from its score.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection

from experiments.simulator import Truth
from features.contract.duration import DAY_US
from features.contract.lead import ProfileValue, moment
from serving.lifecycle.bant import Report, Subject
from serving.lifecycle.moves import Wish, has_way
from serving.lifecycle.stages import Role, Stage
from serving.record.leads.leads import StoredLead, parts_of
from serving.record.leads.profiles import NewValues, add_values
from serving.record.lifecycle.bant import add_report
from serving.record.lifecycle.stages import StageEntry, stages_of
from serving.scoring.scoring import Scoring
from serving.stored.moving import Asked, move
from serving.stored.scoring import StoredScores
from serving.stored.standing import stands
from serving.stored.told_stages import ToldStage, tell_stages

PEOPLE = ("user 2", "user 3")

_MINUTE_US = 60_000_000
_OPENS_US = 7 * 3_600_000_000
_HORIZON_US = 30 * DAY_US
_BUYS_A_DAY = 0.03
_NEVER: Mapping[ProfileValue, str] = {"student": "student", "competitor": "competitor"}
_NOT_NOW = ("no_time", "no_answer", "no_budget", "wrong_person", "not_interested_yet")
_NEEDS = ("replace_legacy", "more_capacity", "new_plant", "audit")


class Ending(NamedTuple):
    """What truly became of a lead.

    Attributes:
        stage: `SQL` or `disqualified`.
        at: Microseconds since 1970.
    """

    stage: Stage
    at: int


class SalesTeam:
    """Works on a record, day by day."""

    def __init__(
        self,
        scores: StoredScores,
        scoring: Scoring,
        truth: Truth,
        endings: Mapping[str, Ending],
        roles: Mapping[str, ProfileValue],
        seed: int,
        calls_a_day: int,
    ) -> None:
        """Take what the team works with.

        Args:
            scores: Of the record.
            scoring: The model and the rules.
            truth: About the leads.
            endings: What truly became of some of them, by id.
            roles: Their positions, by id.
            seed: Of all chance.
            calls_a_day: For how many leads it has time.
        """
        self._scores = scores
        self._scoring = scoring
        self._truth = truth
        self._endings = endings
        self._roles = roles
        self._random = random.Random(seed)
        self._calls_a_day = calls_a_day

    def tell_what_was(
        self, connection: Connection, leads: Sequence[StoredLead], until: int
    ) -> None:
        """Tell what became of leads up to a moment, as the CRM of earlier days knows it."""
        endings = [(lead.number, self._endings.get(lead.lead_id)) for lead in leads]
        told = [
            ToldStage(number, ending.stage, ending.at, "crm", again=False)
            for number, ending in endings
            if ending is not None and ending.at <= until
        ]
        tell_stages(connection, self._scores.lifecycle, told, "crm", until)

    def work(self, connection: Connection, leads: Sequence[StoredLead], midnight: int) -> None:
        """Do what a day brings.

        Args:
            connection: Writing.
            leads: All that stand for themselves.
            midnight: When the day begins, microseconds since 1970.
        """
        if moment(midnight).weekday() > 4:
            return
        clock = self._clock(midnight)
        histories = stages_of(connection, parts_of(connection, [lead.number for lead in leads]))
        handed_over: list[tuple[float, StoredLead]] = []
        for lead in leads:
            history = histories.get(lead.number, [])
            stage = stands(self._scores.lifecycle, lead, history).stage
            ending = self._endings.get(lead.lead_id)
            if ending is not None and ending.at < midnight + DAY_US:
                self._end(connection, lead, stage, ending, clock)
            elif stage == "MQL":
                handed_over.append((history[-1].probability or 0.0, lead))
        handed_over.sort(key=lambda one: -one[0])
        for _, lead in handed_over[: self._calls_a_day]:
            self._call(connection, lead, next(clock))

    def _clock(self, midnight: int) -> Iterator[int]:
        at = midnight + _OPENS_US
        while True:
            at += self._random.randint(5, 40) * _MINUTE_US
            yield at

    def _call(self, connection: Connection, lead: StoredLead, at: int) -> None:
        """Talk to a lead that was handed over, and take it up or give it back."""
        never = _NEVER.get(self._roles[lead.lead_id])
        if never is not None:
            self._move(connection, lead, "MQL", "disqualified", at, never)
            return
        [true] = self._truth.probability([lead.lead_id], np.array([at]), _HORIZON_US)
        if self._random.random() < 0.3 + 2.0 * true:
            self._move(connection, lead, "MQL", "SAL", at)
            self._find_out(connection, lead, at, self._random.randint(0, 3))
        else:
            self._move(connection, lead, "MQL", "recycled", at, self._random.choice(_NOT_NOW))

    def _end(
        self,
        connection: Connection,
        lead: StoredLead,
        stage: Stage | None,
        ending: Ending,
        clock: Iterator[int],
    ) -> None:
        """Let a lead come to what truly became of it; what has no way is the CRM's to tell."""
        if stage in ("customer", "disqualified"):
            return
        if stage == "SQL":
            if self._random.random() < _BUYS_A_DAY:
                self._close(connection, lead, next(clock))
            return
        if ending.stage == "SQL":
            self._qualify(connection, lead, stage, clock)
        elif self._has_way(stage, "disqualified"):
            self._move(connection, lead, stage, "disqualified", next(clock), "no_need")

    def _qualify(
        self, connection: Connection, lead: StoredLead, stage: Stage | None, clock: Iterator[int]
    ) -> None:
        if stage != "SAL" and self._has_way(stage, "SAL"):
            self._move(connection, lead, stage, "SAL", next(clock))
            stage = "SAL"
        at = next(clock)
        self._find_out(connection, lead, at, 4)
        if stage == "SAL":
            self._move(connection, lead, "SAL", "SQL", next(clock))
        else:
            told = ToldStage(lead.number, "SQL", at, "crm", again=False)
            tell_stages(connection, self._scores.lifecycle, [told], "crm", at)

    def _close(self, connection: Connection, lead: StoredLead, at: int) -> None:
        """Sell to a lead, for as much as it takes."""
        worth = {"deal_value": 1_000.0 * self._random.randint(4, 60)}
        add_values(connection, [NewValues(lead.number, worth, at, at, at, "sales")])
        self._move(connection, lead, "SQL", "customer", at)

    def _has_way(self, stage: Stage | None, to: Stage) -> bool:
        return has_way(self._scores.lifecycle, stage, to, "sales")

    def _move(
        self,
        connection: Connection,
        lead: StoredLead,
        stage: Stage | None,
        to: Stage,
        at: int,
        reason: str | None = None,
    ) -> StageEntry:
        assert stage is not None
        role: Role = "sales"
        asked = Asked(Wish(to, role, reason), stage, self._random.choice(PEOPLE), None)
        return move(connection, self._scores, self._scoring, lead, asked, at)

    def _find_out(self, connection: Connection, lead: StoredLead, at: int, subjects: int) -> None:
        """Note what a call brought of some of the four."""
        if not subjects:
            return
        found: dict[Subject, dict[str, object]] = {
            "need": {"code": self._random.choice(_NEEDS)},
            "authority": {"part": self._random.choice(("decides", "approves", "recommends"))},
            "budget": {"at_least": 5_000.0 * self._random.randint(1, 12), "currency": "EUR"},
            "timeline": {"day": moment(at + 90 * DAY_US).date().isoformat()},
        }
        said = dict(list(found.items())[:subjects])
        by = self._random.choice(PEOPLE)
        add_report(connection, lead.number, Report(said, "call", 0.8, at, by), at)
