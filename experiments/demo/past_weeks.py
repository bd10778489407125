"""A record in which leads have come in, were scored and worked on for some weeks, day by day."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from experiments.demo.people import person
from experiments.demo.sales_team import Ending, SalesTeam
from experiments.demo.spending import costs_of
from experiments.simulator import Simulation
from features.contract.duration import DAY_US
from serving.intake.events import ToldEvent, Whose, take_events
from serving.intake.leads import ToldLead, take_leads
from serving.record.leads.leads import StoredLead, leads_by_number, own_leads
from serving.record.lifecycle.costs import keep_costs
from serving.record.privacy.consents import PROFILING, NewConsent, add_consents
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import make_stale_due, rescore_due
from training.progress import Progress

DAYS = 8 * 7
"""For so long scores are given and leads are worked on."""

_OLDEST_US = 120 * DAY_US
_LEADS_A_CALL = 120
"""The team has time for one call a day for so many leads: less than are handed over."""

_SOURCE = "demo"
_FIELDS = (
    "channel", "industry", "employees", "role", "country", "bundesland", "has_phone", "newsletter",
)  # fmt: skip
_REFUSES = 25
"""Of so many leads one has not agreed to be scored."""


class PastWeeks:
    """Some weeks of a simulated market, to be lived on a record."""

    def __init__(
        self, scores: StoredScores, scoring: Scoring, simulation: Simulation, until: int, seed: int
    ) -> None:
        """Read the market.

        Args:
            scores: Of the record, which is empty.
            scoring: The model and the rules.
            simulation: A market that reaches up to `until`.
            until: The present, microseconds since 1970.
            seed: Of what the team does by chance.
        """
        self._scores = scores
        self._scoring = scoring
        self._until = until
        leads = _table(simulation, "leads")
        leads = leads[leads["created_at"] >= until - _OLDEST_US].sort_values("created_at")
        events = _table(simulation, "events").sort_values("recorded_at")
        stages = _table(simulation, "stages")
        self._leads = [_told_lead(row) for row in _rows(leads)]
        self._events = [
            _told_event(row) for row in _rows(events[events["lead_id"].isin(leads["lead_id"])])
        ]
        roles = {lead.lead_id: lead.profile["role"] for lead in self._leads}
        endings = {row["lead_id"]: _ending(row) for row in _rows(stages) if row["stage"] in _ENDS}
        calls = math.ceil(len(self._leads) / _LEADS_A_CALL)
        self._team = SalesTeam(scores, scoring, simulation.truth, endings, roles, seed, calls)

    def live(self, progress: Progress) -> None:
        """Let it all happen up to the present."""
        midnight = self._until // DAY_US * DAY_US
        before = 0
        with progress.bar(f"Letting a sales team work on {len(self._leads):,} leads", DAYS) as bar:
            for day in range(DAYS):
                at = midnight - (DAYS - day) * DAY_US
                self._tell(before, at)
                if day == 0:
                    with self._scores.database.writing() as connection:
                        self._team.tell_what_was(connection, self._stored(connection, at), at)
                self._score(at, all_of_them=day % 7 == 0)
                with self._scores.database.writing() as connection:
                    self._team.work(connection, self._stored(connection, at), at)
                before = at
                bar(1)
            with self._scores.database.writing() as connection:
                keep_costs(connection, costs_of(self._leads), self._until)
            self._tell(before, self._until)
            self._score(self._until, all_of_them=True)

    def _tell(self, after: int, until: int) -> None:
        """Tell the record who came in and what was done after one moment and up to another."""
        new = [one for one in self._leads if after < one.recorded <= until]
        done = [one for one in self._events if after < one.recorded <= until]
        with self._scores.database.writing() as connection:
            leads = take_leads(connection, new, until)
            agreed = [lead for lead in leads if lead.number % _REFUSES]
            add_consents(connection, [(lead.number, _consent(lead)) for lead in agreed], until)
            take_events(connection, done, until, _SOURCE)

    def _score(self, at: int, *, all_of_them: bool) -> None:
        if all_of_them:
            make_stale_due(self._scores, at)
        while rescore_due(self._scores, self._scoring, at):
            pass

    def _stored(self, connection: Connection, at: int) -> list[StoredLead]:
        told = [one.lead_id for one in self._leads if one.recorded <= at]
        own = own_leads(connection, told)
        return leads_by_number(connection, [lead.number for lead in own.values()])


_ENDS: Mapping[str, Callable[[int], Ending]] = {
    "SQL": lambda at: Ending("SQL", at),
    "DISQUALIFIED": lambda at: Ending("disqualified", at),
}


def _ending(row: Mapping[str, Any]) -> Ending:
    return _ENDS[row["stage"]](row["at"])


def _told_lead(row: Mapping[str, Any]) -> ToldLead:
    who = person(int(row["lead_id"][1:]), row["account_id"], row["industry"])
    contact = {"name": who.name, "email": who.email, "company": who.company}
    if row["has_phone"]:
        contact["phone"] = who.phone
    return ToldLead(
        lead_id=row["lead_id"],
        created=row["created_at"],
        account_id=row["account_id"],
        account_told=True,
        profile={field: row[field] for field in _FIELDS},
        contact=contact,
        occurred=row["created_at"],
        recorded=row["created_at"],
        source=_SOURCE,
    )


def _told_event(row: Mapping[str, Any]) -> ToldEvent:
    return ToldEvent(
        Whose("lead_id", row["lead_id"]),
        row["event_type"],
        row["event_id"],
        row["occurred_at"],
        row["recorded_at"],
        row["value"],
        row["item"],
    )


def _consent(lead: StoredLead) -> NewConsent:
    return NewConsent(PROFILING, "consent", True, "form:demo", None, None, lead.created)


def _table(simulation: Simulation, name: str) -> pd.DataFrame:
    """Return a table of a market, with its moments as microseconds since 1970."""
    table = pd.read_parquet(simulation.folder / f"{name}.parquet")
    for column in table.select_dtypes("datetimetz"):
        table[column] = table[column].astype("int64")
    return table


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Return rows as plain values, None for what is missing."""
    plain = table.astype(object).where(table.notna(), None)
    names = table.columns.tolist()
    return (dict(zip(names, row, strict=True)) for row in plain.itertuples(index=False))
