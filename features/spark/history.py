"""A history whose events lie in Spark; leads, stages and profiles are read as they are locally."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import reduce
from pathlib import Path
from typing import Literal, Self

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that it has everywhere

from features.history.event_source import KEYS
from features.history.event_table import EventCounts
from features.history.history import END_OF_TIME, History
from features.history.report import SourceEnd
from features.history.sources import ProfileFields, Sources
from features.spark.buckets import Buckets
from features.spark.error import mended, told
from features.spark.once import EVENTS, SCHEMA, each_once
from features.spark.reading import PIECE_BYTES, EventPieces, tell_mistake
from features.spark.session import open_session

_LEADS_AT_ONCE = 20_000


class SparkHistory(History):
    """A history whose events lie in Spark, by buckets of accounts.

    Attributes:
        session: Of Spark; its view `events` are the events.
        buckets: Which leads one task works on.
    """

    engine: Literal["local", "spark"] = "spark"
    session: SparkSession
    buckets: Buckets
    _master: str | None

    def __init__(self, sources: Sources, profile: ProfileFields, folder: Path, now: int) -> None:
        """Create an empty history; `SparkHistory.open_at` is the way in."""
        super().__init__(sources, profile, folder, now)
        self._opened = ExitStack()

    @classmethod
    def open_at(
        cls,
        master: str | None,
        sources: Sources,
        profile: ProfileFields,
        folder: Path,
        *,
        now: int = END_OF_TIME,
        carried: Mapping[str, str] | None = None,
        on_step: Callable[[str], None] = lambda step: None,
    ) -> Self:
        """Read all sources as `History.open`, the events in Spark.

        Args:
            master: As `open_session`.
            sources: Where they are.
            profile: Which columns of the leads are features.
            folder: What relative paths are relative to; every executor must see it there.
            now: As `History.open`.
            carried: As `History.open`.
            on_step: Called with what is about to be done.

        Raises:
            HistoryError: A source cannot be read.
            SparkError: Spark cannot go on.
        """
        history = cls(sources, profile, folder, now)
        history._master = master
        return history._filled(profile, carried or {}, on_step)

    def close(self) -> None:
        """Remove the database, forget the events, and stop Spark if it was started for them."""
        super().close()
        self._opened.close()

    def of_events(self, query: str, *values: str) -> pa.Table:
        """Return what a query of the view `events` finds, as `HistoryPart.of_events`."""
        with told():
            return self.session.sql(query, args=list(values)).toArrow()

    def lay_beside_events(self, name: str, table: pa.Table) -> None:
        """Let queries look into another table as well, as `HistoryPart.lay_beside_events`."""
        with told():
            self.session.createDataFrame(table).createOrReplaceTempView(name)

    def _read(
        self, profile: ProfileFields, carried: Mapping[str, str], on_step: Callable[[str], None]
    ) -> None:
        on_step("Starting Spark")
        self.session = self._opened.enter_context(open_session(self._master))
        with told():
            super()._read(profile, carried, on_step)

    def _read_events(self, on_step: Callable[[str], None]) -> tuple[EventCounts, list[SourceEnd]]:
        on_step("Reading events in Spark")
        leads = self._sources.leads.columns
        sections = [f"sources.events.{number}" for number in range(len(self._sources.events))]
        readings = [
            EventPieces.plan(source, section, self._folder, leads)
            for section, source in zip(sections, self._sources.events, strict=True)
        ]
        self.buckets = Buckets(self._leads, self._bucket_count(readings))
        staged = self._hold(self._staged(readings))
        try:
            figures = _figures(staged, self.now)
        except (PySparkException, Py4JError) as error:
            if mended(error) is not None:
                raise
            # What it is about is looked for here, where it can be said as it always is.
            for section, source in zip(sections, self._sources.events, strict=True):
                tell_mistake(source, section, self._folder, leads)
            raise
        on_step("Arranging events in Spark")
        found, kept = sum(row.found for row in figures.values()), self._arrange(staged)
        counts = EventCounts(
            kept=kept,
            of_unknown_leads=sum(row.of_unknown_leads for row in figures.values()),
            duplicates=found - kept,
            before_1970=sum(row.before_1970 for row in figures.values()),
            in_future=sum(row.in_future for row in figures.values()),
        )
        ends = [
            SourceEnd(section, figures[number].end if number in figures else None)
            for number, section in enumerate(sections)
        ]
        return counts, ends

    def _bucket_count(self, readings: Sequence[EventPieces]) -> int:
        """Return into how many parts the work is divided, so that each fits a task."""
        size = sum(reading.size for reading in readings)
        wanted = max(
            2 * self.session.sparkContext.defaultParallelism,
            size // PIECE_BYTES,
            len(self._leads) // _LEADS_AT_ONCE,
        )
        return max(1, min(wanted, len(self._leads)))

    def _staged(self, readings: Sequence[EventPieces]) -> DataFrame:
        """Return the events of all sources with their leads, those of a bucket in one place."""
        if not readings:
            return self.session.createDataFrame([], f"{SCHEMA}, id BIGINT, source INT")
        keys = {reading.key_name: self._keys(reading.key_name) for reading in readings}
        parts = [
            reading.frame(self.session)
            .withColumn("source", F.lit(number))
            .join(keys[reading.key_name], "key", "left")
            for number, reading in enumerate(readings)
        ]
        # Events of unknown leads are counted, and lie anywhere.
        anywhere = F.pmod(F.hash("occurred"), F.lit(self.buckets.count))
        return (
            reduce(DataFrame.unionByName, parts)
            .withColumn("bucket", F.coalesce("bucket", anywhere))
            .withColumn("first_for_account", F.coalesce("first_for_account", F.lit(True)))
            .select(*EVENTS, "bucket", "id", "source")
            .repartition(self.buckets.count, "bucket")
        )

    def _keys(self, name: str) -> DataFrame:
        keys = self.connection.sql(f"""
            SELECT key, lead::INTEGER AS lead, account::INTEGER AS account, first_for_account,
                   bucket
            FROM ({KEYS[name]}) JOIN ({self.buckets.sql}) USING (account)
        """)
        return self.session.createDataFrame(keys.to_arrow_table())

    def _arrange(self, staged: DataFrame) -> int:
        """Make the view `events`, each of them once, and return how many there are."""
        known = staged.where(f"account IS NOT NULL AND occurred BETWEEN 0 AND {self.now}")
        if not any(source.columns.event_id for source in self._sources.events):
            return _view(known)
        once = each_once(known, self.now).repartition(self.buckets.count, "bucket")
        count = _view(self._hold(once))
        # All of them are held a second time now.
        staged.unpersist()
        return count

    def _hold(self, frame: DataFrame) -> DataFrame:
        """Keep what was computed of a frame on disk until the history is closed.

        Of 20 million events, what Spark would keep in memory first leaves too little of a gigabyte,
        its usual heap, for the rest; and a disk that was just written to is read from memory.
        """
        held = frame.persist(StorageLevel.DISK_ONLY)
        self._opened.callback(held.unpersist)
        return held


def _view(known: DataFrame) -> int:
    known.select(*EVENTS, "bucket").createOrReplaceTempView("events")
    return known.count()


def _figures(staged: DataFrame, now: int) -> dict[int, Row]:
    """Return what became of the events of each source, by its number, where it has any."""
    seen = f"BETWEEN 0 AND {now}"
    counted = staged.groupBy("source").agg(
        F.expr("count_if(account IS NULL)").alias("of_unknown_leads"),
        F.expr("count_if(account IS NOT NULL AND occurred < 0)").alias("before_1970"),
        F.expr(f"count_if(account IS NOT NULL AND occurred > {now})").alias("in_future"),
        F.expr(f"count_if(account IS NOT NULL AND occurred {seen})").alias("found"),
        F.expr(
            f"greatest(max(CASE WHEN occurred {seen} THEN occurred END), "
            f"max(CASE WHEN recorded {seen} THEN recorded END))"
        ).alias("end"),
    )
    return {row.source: row for row in counted.collect()}
