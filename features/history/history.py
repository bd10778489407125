"""All that the sources of a project know, as canonical tables in a temporary DuckDB database.

The memory of the database is limited: what does not fit goes to a temporary folder, so the number
of events is not limited.
"""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.contract.duration import DAY_US
from features.history.event_table import EventCounts, create_events, stage_events
from features.history.lead_table import (
    LeadCounts,
    create_leads,
    created_when_seen,
    fetch_leads,
)
from features.history.lots import LOT_SQL, LOTS
from features.history.misreading import HistoryError
from features.history.part import HistoryPart
from features.history.profile_history import ProfileHistory
from features.history.relation import Relation
from features.history.report import EventTypeSummary, HistoryReport, SourceEnd
from features.history.scratch import let_rest, open_scratch
from features.history.sources import ProfileFields, Source, Sources
from features.history.stage_table import (
    StageChanges,
    create_staged_changes,
    create_stages,
    fetch_stages,
    stage_changes,
)
from features.history.staging import Staging

__all__ = ["EventTypeSummary", "History", "HistoryError", "HistoryReport", "SourceEnd"]

END_OF_TIME = int(np.iinfo(np.int64).max)
"""A `now` that nothing is dated after."""

# About as many fit into that memory, and take 300 MB as columns; beyond it, looking through all of
# them is slow.
_CLUSTERED_FROM = 7_000_000


class History(HistoryPart):
    """Leads, events, stages and profiles of a project; a context manager.

    Attributes:
        connection: The database, with the tables `leads`, `events` and `stages`.
        profile: Profile values by lead and moment.
        report: What was read, and what was left out.
        now: Microseconds since 1970; nothing in it happened later.
    """

    report: HistoryReport

    def __init__(self, sources: Sources, profile: ProfileFields, folder: Path, now: int) -> None:
        """Create an empty database; `History.open` is the way in."""
        self._sources = sources
        self.now = now
        self._folder = folder
        self._temporary = tempfile.TemporaryDirectory(prefix="leadscore-")
        super().__init__(open_scratch(self._temporary.name), ProfileHistory(profile))

    @classmethod
    def open(
        cls,
        sources: Sources,
        profile: ProfileFields,
        folder: Path,
        *,
        now: int = END_OF_TIME,
        carried: Mapping[str, str] | None = None,
        on_step: Callable[[str], None] = lambda step: None,
    ) -> Self:
        """Read all sources.

        Args:
            sources: Where they are.
            profile: Which columns of the leads are features.
            folder: What relative paths are relative to.
            now: Microseconds since 1970; events and stage changes dated later are planned, and
                left out: taken as seen, they would make every outcome before them look settled.
            carried: Further columns of the leads source by name, kept as text.
            on_step: Called with what is about to be done.

        Raises:
            HistoryError: A source cannot be read.
        """
        return cls(sources, profile, folder, now)._filled(profile, carried or {}, on_step)

    def _filled(
        self, profile: ProfileFields, carried: Mapping[str, str], on_step: Callable[[str], None]
    ) -> Self:
        """Return the history once all is read; where that fails, nothing is left of it."""
        try:
            self._read(profile, carried, on_step)
        except BaseException:
            self.close()
            raise
        return self

    def __enter__(self) -> Self:
        """Use the history in a with statement."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Remove the database."""
        self.connection.close()
        self._temporary.cleanup()

    def stage_changes(self) -> StageChanges:
        """Return lead codes, stages and moments of all stage changes, sorted by lead and moment."""
        return fetch_stages(self.connection)

    def event_times(self, event_type: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return lead codes and moments of all events of a type, sorted by lead and moment."""
        table = self.of_events(
            """
            SELECT CAST(lead AS BIGINT) AS lead, occurred FROM events
            WHERE type = ? AND lead >= 0 ORDER BY lead, occurred
            """,
            event_type,
        )
        return table["lead"].to_numpy(), table["occurred"].to_numpy()

    def event_moments(self, lot: int = LOTS) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return lead codes and, for each event of a lead, the first moment at which it counts.

        Args:
            lot: Below which leads are looked at; all, if left out.
        """
        drawn = f"AND {LOT_SQL} < {lot}" if lot < LOTS else ""
        table = self.of_events(f"""
            SELECT CAST(lead AS BIGINT) AS lead, greatest(occurred + 1, recorded) AS visible
            FROM events WHERE lead >= 0 {drawn}
        """)
        return table["lead"].to_numpy(), table["visible"].to_numpy()

    def event_types(
        self, before: int | None = None, leads: NDArray[np.int64] | None = None
    ) -> list[EventTypeSummary]:
        """Summarise the event types, most frequent first.

        Args:
            before: Microseconds; only what occurred before and was recorded by then is looked at.
            leads: Codes of those whose events are looked at; None means all.
        """
        visible = "true" if before is None else f"occurred < {before} AND recorded <= {before}"
        if leads is not None:
            self.lay_beside_events("looked_at", pa.table({"lead": leads}))
            visible += " AND lead IN (SELECT lead FROM looked_at)"
        found = self.of_events(f"""
            SELECT type, count(*) AS events,
                   count(DISTINCT CASE WHEN lead >= 0 THEN lead END) AS leads,
                   count(value) / count(*) AS value_share,
                   count(CASE WHEN item >= 0 THEN item END) / count(*) AS item_share,
                   min(recorded - occurred) AS shortest_lag
            FROM events WHERE {visible} GROUP BY type ORDER BY events DESC, type
        """)
        return [EventTypeSummary(*row.values()) for row in found.to_pylist()]

    def names(self) -> tuple[set[str], set[str]]:
        """Return the event types and the stages that occur."""
        types = self.of_events("SELECT DISTINCT type FROM events")["type"].to_pylist()
        stages = self.connection.execute("SELECT DISTINCT stage FROM stages").fetchall()
        return {*types}, {str(name) for (name,) in stages}

    def accounts_tell_more(self) -> bool:
        """Tell whether any account has several leads, or events of its own."""
        account = self._leads.account
        if len(np.unique(account)) < len(account):
            return True
        return len(self.of_events("SELECT lead FROM events WHERE lead < 0 LIMIT 1")) > 0

    def last_moment(self) -> int:
        """Return the latest moment seen in any source, microseconds since 1970."""
        created = self._leads.created[self._leads.created <= self.now]
        found = self.of_events("SELECT max(greatest(occurred, recorded)) AS latest FROM events")
        [latest_event] = found["latest"].to_pylist()
        latest = max(created.max(initial=0), self._stage_moments().max(initial=0))
        return min(max(int(latest), latest_event or 0), self.now)

    def complete_until(self) -> int:
        """Return up to when all sources of leads and events reach, microseconds since 1970.

        A source that holds nothing says nothing; if none says anything, it is `now`.
        """
        return min((e.end for e in self.report.ends if e.end is not None), default=self.now)

    def crowded_until(self) -> int:
        """Return when 999 of 1,000 events and stage changes had occurred, as `last_moment`."""
        stages = self._stage_moments()
        by_day = self.of_events(f"""
            SELECT occurred - occurred % {DAY_US} AS day, count(*) AS events
            FROM events GROUP BY occurred - occurred % {DAY_US}
        """)
        days = np.concatenate([by_day["day"].to_numpy(), stages - stages % DAY_US])
        counts = np.concatenate([by_day["events"].to_numpy(), np.ones(len(stages), np.int64)])
        if len(days) == 0:
            return 0
        order = np.argsort(days, kind="stable")
        reached = np.cumsum(counts[order])
        rank = int(reached[-1] - reached[-1] // 1000)
        day = int(days[order][np.searchsorted(reached, rank)])
        before = int(counts[days < day].sum())
        within = f"occurred >= {day} AND occurred < {day + DAY_US}"
        events = self.of_events(f"SELECT occurred FROM events WHERE {within}")
        of_day = stages[(stages >= day) & (stages < day + DAY_US)]
        moments = np.sort(np.concatenate([events["occurred"].to_numpy(), of_day]))
        return int(moments[rank - before - 1])

    def _stage_moments(self) -> NDArray[np.int64]:
        moments = self.connection.sql("SELECT moment FROM stages").to_arrow_table()["moment"]
        found: NDArray[np.int64] = moments.to_numpy()
        return found

    def _read(
        self, profile: ProfileFields, carried: Mapping[str, str], on_step: Callable[[str], None]
    ) -> None:
        sources = self._sources
        on_step("Reading leads")
        lead_counts, fields = self._read_leads(profile, carried)
        for number, source in enumerate(sources.profiles):
            on_step(f"Reading profiles {number + 1} of {len(sources.profiles)}")
            relation = self._open(source, f"sources.profiles.{number}")
            self.profile.take_recorded(self.connection, relation, source)
        create_staged_changes(self.connection)
        for number, stages in enumerate(sources.stages):
            on_step(f"Reading stages {number + 1} of {len(sources.stages)}")
            relation = self._open(stages, f"sources.stages.{number}")
            stage_changes(relation, stages)
        stage_counts = create_stages(self.connection, now=self.now)
        counts, ends = self._read_events(on_step)
        never_seen = 0
        if sources.leads.created == "first_seen":
            self._leads, never_seen = created_when_seen(self._leads, *self._seen())
        self.report = HistoryReport(
            leads=len(self._leads),
            events=counts.kept,
            duplicate_leads=lead_counts.duplicates,
            leads_before_1970=lead_counts.before_1970,
            events_of_unknown_leads=counts.of_unknown_leads,
            duplicate_events=counts.duplicates,
            events_before_1970=counts.before_1970,
            stages_of_unknown_leads=stage_counts.of_unknown_leads,
            events_in_future=counts.in_future,
            stages_in_future=stage_counts.in_future,
            profile_is_todays=bool(fields),
            leads_never_seen=never_seen,
            ends=(*self._end_of_leads(), *ends),
        )

    def _read_events(self, on_step: Callable[[str], None]) -> tuple[EventCounts, list[SourceEnd]]:
        """Read the events of all sources; the leads are known."""
        let_rest(self.connection)
        with_ids = any(source.columns.event_id for source in self._sources.events)
        staging = Staging(self.connection, with_ids=with_ids, most_held=_CLUSTERED_FROM)
        ends = []
        for number, events in enumerate(self._sources.events):
            on_step(f"Reading events {number + 1} of {len(self._sources.events)}")
            relation = self._open(events, f"sources.events.{number}")
            first = len(staging)
            leads = self._sources.leads.columns
            stage_events(self.connection, relation, events, leads, staging)
            ends.append(SourceEnd(relation.section, staging.newest(first, self.now)))
        on_step("Arranging events")
        counts, self.events = create_events(
            self.connection,
            staging,
            now=self.now,
            with_ids=with_ids,
            clustered_from=_CLUSTERED_FROM,
        )
        # Both keep what reading took for what comes next, and the history has come to its end.
        pa.default_memory_pool().release_unused()
        let_rest(self.connection)
        return counts, ends

    def _read_leads(
        self, profile: ProfileFields, carried: Mapping[str, str]
    ) -> tuple[LeadCounts, tuple[str, ...]]:
        recorded = {field for source in self._sources.profiles for field in source.fields}
        fields = tuple(f for f in (*profile.numeric, *profile.categorical) if f not in recorded)
        relation = self._open(self._sources.leads, "sources.leads")
        kept = {name: f"carried.{name}" for name in carried}
        further = self.profile.expressions(relation, fields)
        further |= {kept[name]: relation.text(column) for name, column in carried.items()}
        counts = create_leads(self.connection, relation, self._sources.leads, further)
        self._leads = fetch_leads(self.connection, self._sources.leads, kept)
        self.profile.take_todays(self.connection, relation.section, fields)
        return counts, fields

    def _end_of_leads(self) -> list[SourceEnd]:
        """Return where the leads end, if they have dates: when the newest was created."""
        if not self._leads.dated:
            return []
        by_now = self._leads.created[self._leads.created <= self.now]
        return [SourceEnd("sources.leads", int(by_now.max()) if len(by_now) else None)]

    def _seen(self) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        """Return lead codes and moments at which leads were seen, and the first moment of all."""
        events = self.of_events("""
            SELECT CAST(lead AS BIGINT) AS lead, min(greatest(occurred + 1, recorded)) AS moment
            FROM events WHERE lead >= 0 AND occurred > 0 GROUP BY lead
        """)
        [first] = self.of_events("SELECT min(occurred) AS first FROM events WHERE occurred > 0")[
            "first"
        ].to_pylist()
        stages = self.connection.sql(
            "SELECT lead, moment FROM stages WHERE moment > 0"
        ).to_arrow_table()
        lead, moment = (
            np.concatenate([events[name].to_numpy(), stages[name].to_numpy()])
            for name in ("lead", "moment")
        )
        of_stages = stages["moment"].to_numpy().min(initial=END_OF_TIME)
        first = min(END_OF_TIME if first is None else first, int(of_stages))
        return lead, moment, 0 if first == END_OF_TIME else first

    def _open(self, source: Source, section: str) -> Relation:
        return Relation(self.connection, source, section, self._folder)
