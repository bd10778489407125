"""All that the sources of a project know, as canonical tables in a temporary DuckDB database.

The memory of the database is limited: what does not fit goes to a temporary folder, so the number
of events is not limited.
"""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.history.event_table import create_events, stage_events
from features.history.lead_table import (
    LeadCounts,
    Leads,
    create_leads,
    created_when_seen,
    fetch_leads,
)
from features.history.macros import define_macros
from features.history.misreading import HistoryError
from features.history.profile_history import ProfileHistory
from features.history.relation import Relation
from features.history.report import EventTypeSummary, HistoryReport, SourceEnd
from features.history.sources import ProfileFields, Source, Sources
from features.history.sql import literal
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

_MEMORY = "512MB"
# About as many fit into that memory, and take 300 MB as columns; beyond it, looking through all of
# them is slow.
_CLUSTERED_FROM = 7_000_000


class History:
    """Leads, events, stages and profiles of a project; a context manager.

    Attributes:
        connection: The database, with the tables `leads`, `events` and `stages`.
        events: The table `events` as columns in memory; None if there are too many.
        profile: Profile values by lead and moment.
        report: What was read, and what was left out.
        now: Microseconds since 1970; nothing in it happened later.
    """

    report: HistoryReport
    events: pa.Table | None
    _leads: Leads

    def __init__(self, sources: Sources, profile: ProfileFields, folder: Path, now: int) -> None:
        """Create an empty database; `History.open` is the way in."""
        self._sources = sources
        self.now = now
        self._folder = folder
        self._temporary = tempfile.TemporaryDirectory(prefix="leadscore-")
        self.connection = duckdb.connect()
        self.connection.execute(f"SET memory_limit = '{_MEMORY}'")
        self.connection.execute(f"SET temp_directory = {literal(self._temporary.name)}")
        self.connection.execute("SET TimeZone = 'UTC'")
        define_macros(self.connection)
        self.profile = ProfileHistory(profile)

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
        history = cls(sources, profile, folder, now)
        try:
            history._read(profile, carried or {}, on_step)
        except BaseException:
            history.close()
            raise
        return history

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

    def leads(self) -> Leads:
        """Return all leads; a lead's code is its position there."""
        return self._leads

    def stage_changes(self) -> StageChanges:
        """Return lead codes, stages and moments of all stage changes, sorted by lead and moment."""
        return fetch_stages(self.connection)

    def event_times(self, event_type: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return lead codes and moments of all events of a type, sorted by lead and moment."""
        table = self.connection.sql(f"""
            SELECT lead::BIGINT AS lead, occurred FROM events
            WHERE type = {literal(event_type)} AND lead >= 0 ORDER BY lead, occurred
        """).to_arrow_table()
        return table["lead"].to_numpy(), table["occurred"].to_numpy()

    def event_moments(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return lead codes and, for each event of a lead, the first moment at which it counts."""
        table = self.connection.sql("""
            SELECT lead::BIGINT AS lead, greatest(occurred + 1, recorded) AS visible
            FROM events WHERE lead >= 0
        """).to_arrow_table()
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
            self.connection.register("looked_at", pa.table({"lead": leads}))
            visible += " AND lead IN (SELECT lead FROM looked_at)"
        rows = self.connection.execute(f"""
            SELECT type, count(*), count(DISTINCT lead) FILTER (lead >= 0),
                   count(value) / count(*), count(*) FILTER (item >= 0) / count(*),
                   min(recorded - occurred)
            FROM events WHERE {visible} GROUP BY type ORDER BY count(*) DESC, type
        """).fetchall()
        self.connection.unregister("looked_at")
        return [EventTypeSummary(*row) for row in rows]

    def names(self) -> tuple[set[str], set[str]]:
        """Return the event types and the stages that occur."""
        types = self.connection.execute("SELECT DISTINCT type FROM events").fetchall()
        stages = self.connection.execute("SELECT DISTINCT stage FROM stages").fetchall()
        return {str(name) for (name,) in types}, {str(name) for (name,) in stages}

    def accounts_tell_more(self) -> bool:
        """Tell whether any account has several leads, or events of its own."""
        [(tell_more,)] = self.connection.execute("""
            SELECT (SELECT count(*) > count(DISTINCT account) FROM leads)
                OR EXISTS (SELECT 1 FROM events WHERE lead < 0)
        """).fetchall()
        return bool(tell_more)

    def eventful(self, as_of: int) -> NDArray[np.bool_]:
        """Return of which leads an event counts at a moment, bool [leads]."""
        found = self.connection.execute(f"""
            SELECT DISTINCT lead FROM events
            WHERE lead >= 0 AND occurred < {as_of} AND recorded <= {as_of}
        """).fetchnumpy()
        eventful = np.zeros(len(self._leads), dtype=np.bool_)
        eventful[found["lead"]] = True
        return eventful

    def last_moment(self) -> int:
        """Return the latest moment seen in any source, microseconds since 1970."""
        [(latest,)] = self.connection.execute(f"""
            SELECT greatest((SELECT max(created) FROM leads WHERE created <= {self.now}),
                            (SELECT max(moment) FROM stages),
                            (SELECT max(greatest(occurred, recorded)) FROM events), 0)
        """).fetchall()
        return min(int(latest), self.now)

    def complete_until(self) -> int:
        """Return up to when all sources of leads and events reach, microseconds since 1970.

        A source that holds nothing says nothing; if none says anything, it is `now`.
        """
        return min((e.end for e in self.report.ends if e.end is not None), default=self.now)

    def crowded_until(self) -> int:
        """Return when 999 of 1,000 events and stage changes had occurred, as `last_moment`."""
        [(moment,)] = self.connection.execute("""
            SELECT coalesce(quantile_disc(moment, 0.999), 0) FROM (
                SELECT moment FROM stages UNION ALL SELECT occurred FROM events
            )
        """).fetchall()
        return int(moment)

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
        ends = self._end_of_leads()
        with_ids = any(source.columns.event_id for source in sources.events)
        staging = Staging(self.connection, with_ids=with_ids, most_held=_CLUSTERED_FROM)
        for number, events in enumerate(sources.events):
            on_step(f"Reading events {number + 1} of {len(sources.events)}")
            relation = self._open(events, f"sources.events.{number}")
            first = len(staging)
            stage_events(self.connection, relation, events, sources.leads.columns, staging)
            ends.append(SourceEnd(relation.section, staging.newest(first, self.now)))
        on_step("Arranging events")
        counts, self.events = create_events(
            self.connection,
            staging,
            now=self.now,
            with_ids=with_ids,
            clustered_from=_CLUSTERED_FROM,
        )
        # Arrow keeps what reading took for the next array, and the history has come to its end.
        pa.default_memory_pool().release_unused()
        never_seen = 0
        if sources.leads.created == "first_seen":
            self._leads, never_seen = created_when_seen(self.connection, self._leads)
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
            ends=tuple(ends),
        )

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

    def _open(self, source: Source, section: str) -> Relation:
        return Relation(self.connection, source, section, self._folder)
