"""The events of a history: joined with their leads, each once."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from features.history.event_source import KEYS, EventReading
from features.history.misreading import HistoryError
from features.history.parquet_events import ParquetEvents
from features.history.parquet_files import UNREADABLE, rows_of, suits
from features.history.relation import Relation
from features.history.sources import EventSource, LeadColumns
from features.history.staging import COLUMNS, Staging

_COLUMNS = ", ".join(COLUMNS)

_AT_ONCE = 500_000

# Of events of one type and id, the first by `precedence` counts: for a lead, and for an account.
_ONCE = """
    SELECT * REPLACE (first_for_account AND (id IS NULL OR row_number() OVER (
        PARTITION BY account, id ORDER BY visible, occurred, recorded, value, item, lead
    ) = 1) AS first_for_account)
    FROM (
        SELECT *, visible_from(occurred, recorded) AS visible FROM staged
        WHERE {known}
        QUALIFY id IS NULL OR row_number() OVER (
            PARTITION BY lead, account, id ORDER BY visible, occurred, recorded, value, item
        ) = 1
    )
"""

_REPEATED = "count(id) - count(DISTINCT hash(account, id)) FILTER (id IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class EventCounts:
    """What became of the events of all sources."""

    kept: int
    of_unknown_leads: int
    duplicates: int
    before_1970: int
    in_future: int


def stage_events(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    source: EventSource,
    leads: LeadColumns,
    staging: Staging,
) -> None:
    """Read the events of one source and find their leads.

    Args:
        connection: The history's database.
        relation: The opened source.
        source: Its declaration.
        leads: The mapping of the leads source.
        staging: Takes the events.

    Raises:
        HistoryError: A value cannot be read, or the leads lack the key the events carry.
    """
    reading = EventReading.of(relation, source, leads)
    before = len(staging)
    if suits(relation, reading):
        try:
            staging.expect(rows_of(relation))
            for events in ParquetEvents(connection, relation, reading).batches():
                staging.add(events)
        except (*UNREADABLE, HistoryError):
            # The database reads it as well, or says what is wrong with it: a value that is a
            # mistake may stand in a dictionary, and in no row.
            staging.cut(before)
        else:
            return
    relation.run(f"""
        INSERT INTO {staging.table()} BY NAME
        SELECT k.lead, k.account, coalesce(k.first_for_account, true) AS first_for_account,
               e.* EXCLUDE (key)
        FROM ({reading.select(relation.sql, reading.sql)}) e
        LEFT JOIN ({KEYS[reading.key_name]}) k ON e.key = k.key
        WHERE {reading.happened}
    """)


def create_events(
    connection: duckdb.DuckDBPyConnection,
    staging: Staging,
    *,
    now: int,
    with_ids: bool,
    clustered_from: int,
) -> tuple[EventCounts, pa.Table | None]:
    """Turn the staged events into the table `events`.

    Args:
        connection: The history's database.
        staging: The events of all sources, which are let go of.
        now: Microseconds; what is dated later is planned, and has not happened.
        with_ids: Whether any source has event ids.
        clustered_from: Number of events from which on they are a table of the database, sorted by
            account, so that a partition is found without looking at all of them. Fewer are columns
            in memory, and looked through faster than they are sorted.

    Returns:
        What became of the events, and those columns; None where they are in the database.
    """
    held = staging.held()
    if held is not None:
        connection.register("staged", held)
    known = f"account IS NOT NULL AND occurred BETWEEN 0 AND {now}"
    staged, of_unknown_leads, before_1970, in_future, repeated = _counts(
        connection,
        f"""
        SELECT count(*), count(*) FILTER (account IS NULL),
               count(*) FILTER (account IS NOT NULL AND occurred < 0),
               count(*) FILTER (account IS NOT NULL AND occurred > {now}),
               {_REPEATED if with_ids else "0"}
        FROM staged
    """,
    )
    found = staged - of_unknown_leads - before_1970 - in_future
    source = _ONCE.format(known=known) if repeated else f"SELECT * FROM staged WHERE {known}"
    events = None
    if found >= clustered_from:
        connection.execute(
            f"CREATE TABLE events AS SELECT {_COLUMNS} FROM ({source}) ORDER BY account"
        )
    elif held is not None and found == staged and not repeated:
        events = held.select(list(COLUMNS))
    else:
        events = _columns(connection.sql(f"SELECT {_COLUMNS} FROM ({source})"))
    if held is not None:
        connection.unregister("staged")
    else:
        connection.execute("DROP TABLE staged")
    if events is not None:
        connection.register("events", events)
    [kept] = _counts(connection, "SELECT count(*) FROM events")
    return EventCounts(
        kept=kept,
        of_unknown_leads=of_unknown_leads,
        duplicates=found - kept,
        before_1970=before_1970,
        in_future=in_future,
    ), events


def _columns(events: duckdb.DuckDBPyRelation) -> pa.Table:
    """Return events as columns in memory; of their types, each name once."""
    reader = events.to_arrow_reader(_AT_ONCE)
    names = reader.schema.names
    place = names.index("type")
    batches = [
        pa.RecordBatch.from_arrays(
            [
                *batch.columns[:place],
                batch["type"].dictionary_encode(),
                *batch.columns[place + 1 :],
            ],
            names,
        )
        for batch in reader
    ]
    kind = pa.dictionary(pa.int32(), pa.string())
    schema = reader.schema.set(place, pa.field("type", kind))
    return pa.Table.from_batches(batches, schema)


def _counts(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    [counts] = connection.execute(sql).fetchall()
    return tuple(int(count) for count in counts)
