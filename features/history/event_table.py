"""The events of a history: joined with their leads, each once."""

from dataclasses import dataclass

import duckdb

from features.history.misreading import HistoryError
from features.history.relation import Relation
from features.history.sources import EventSource, LeadColumns
from features.history.sql import literal

KEYS = {
    "lead_id": "SELECT lead_id AS key, lead, account, true AS first_for_account FROM leads",
    # A person with two leads in one account: each lead did it, the account saw it once.
    "person_id": """
        SELECT person_id AS key, lead, account,
               row_number() OVER (PARTITION BY person_id, account ORDER BY lead) = 1
               AS first_for_account
        FROM leads WHERE person_id IS NOT NULL
    """,
    "account_id": """
        SELECT DISTINCT account_id AS key, -1::BIGINT AS lead, account, true AS first_for_account
        FROM leads WHERE account_id IS NOT NULL
    """,
}

_COLUMNS = "lead, account, first_for_account, type, occurred, recorded, value, item"

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


def create_staging(connection: duckdb.DuckDBPyConnection, *, with_ids: bool) -> None:
    """Create the empty table that `stage_events` fills; it has ids where any source has."""
    connection.execute(f"""
        CREATE TABLE staged (lead INTEGER, account INTEGER, first_for_account BOOLEAN,
            type VARCHAR, occurred BIGINT, recorded BIGINT, value DOUBLE, item BIGINT
            {", id BIGINT" if with_ids else ""})
    """)


def stage_events(
    relation: Relation, source: EventSource, leads: LeadColumns, *, now: int
) -> int | None:
    """Read the events of one source, find their leads, and return where the source ends.

    Args:
        relation: The opened source.
        source: Its declaration.
        leads: The mapping of the leads source.
        now: Microseconds; no source can reach any further.

    Returns:
        When the newest of its events occurred or was recorded, also one of an unknown lead;
        microseconds since 1970, None if nothing did by now.

    Raises:
        HistoryError: A value cannot be read, or the leads lack the key the events carry.
    """
    key_name, rows = event_rows(relation, source, leads, relation.sql)
    [(first,)] = relation.run("SELECT count(*) FROM staged").fetchall()
    relation.run(f"""
        INSERT INTO staged BY NAME
        SELECT k.lead, k.account, coalesce(k.first_for_account, true) AS first_for_account,
               e.* EXCLUDE (key)
        FROM ({rows}) e LEFT JOIN ({KEYS[key_name]}) k ON e.key = k.key
    """)
    return _end(relation, first, now)


def event_rows(
    relation: Relation, source: EventSource, leads: LeadColumns, rows: str
) -> tuple[str, str]:
    """Return which key the events of a source carry, and the SQL of them before it is looked up.

    Its columns are key, type, occurred, recorded, value, item, and id where the source has one.

    Args:
        relation: The opened source.
        source: Its declaration.
        leads: The mapping of the leads source.
        rows: What stands behind FROM: the relation, or rows of it.

    Raises:
        HistoryError: A column is missing, or the leads lack the key.
    """
    key_name, key_column = _key(relation, source, leads)
    columns = source.columns
    read = {
        "key": relation.key(key_column),
        "occurred": relation.time(columns.occurred_at),
        "type": literal(source.constants.event_type or ""),
        "value": relation.number(columns.value) if columns.value else "NULL::DOUBLE",
        "item": "NULL::BIGINT",
        "recorded": "NULL::BIGINT",
    }
    if columns.item:
        item = relation.text(columns.item)
        read["item"] = f"CASE WHEN {item} IS NOT NULL THEN (hash({item}) >> 1)::BIGINT END"
    if columns.recorded_at:
        read["recorded"] = relation.time(columns.recorded_at, required=False)
    if columns.event_type:
        read["type"] = relation.text(columns.event_type, required=True)
    if source.counters:
        read |= _counted(relation, source)
    identified = ""
    if columns.event_id:
        read["id"] = relation.text(columns.event_id)
        hashed = "(hash(type, id) >> 1)::BIGINT"
        identified = f", CASE WHEN id IS NOT NULL THEN {hashed} END AS id"
    selected = ", ".join(f"{sql} AS {name}" for name, sql in read.items())
    return (
        key_name,
        f"""
        SELECT key, type, occurred,
               coalesce(recorded, occurred + {source.known_after or 0}) AS recorded,
               value, coalesce(item, -1) AS item {identified}
        FROM (SELECT {selected} FROM {rows})
        {_happened(source) if source.counters else ""}
    """,
    )


def create_events(
    connection: duckdb.DuckDBPyConnection, *, now: int, with_ids: bool, clustered_from: int
) -> EventCounts:
    """Turn the staged events into the table `events`.

    Args:
        connection: The history's database.
        now: Microseconds; what is dated later is planned, and has not happened.
        with_ids: Whether any source has event ids.
        clustered_from: Number of events from which on they are sorted by account, so that a
            partition is found without looking at all of them; fewer are looked through faster
            than they are sorted.
    """
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
    if repeated or found >= clustered_from:
        source = _ONCE.format(known=known) if repeated else f"SELECT * FROM staged WHERE {known}"
        order = "ORDER BY account" if found >= clustered_from else ""
        connection.execute(f"CREATE TABLE events AS SELECT {_COLUMNS} FROM ({source}) {order}")
        connection.execute("DROP TABLE staged")
    else:
        if found < staged:
            connection.execute(f"DELETE FROM staged WHERE NOT coalesce({known}, false)")
        connection.execute("ALTER TABLE staged RENAME TO events")
    [kept] = _counts(connection, "SELECT count(*) FROM events")
    return EventCounts(
        kept=kept,
        of_unknown_leads=of_unknown_leads,
        duplicates=found - kept,
        before_1970=before_1970,
        in_future=in_future,
    )


def _counted(relation: Relation, source: EventSource) -> dict[str, str]:
    """Return the type and value of the events that a row of a wide table becomes."""
    figures = {counter: relation.number(counter) for counter in source.counters}
    if source.seen:
        figures[source.seen] = "NULL"
    types = ", ".join(literal(event_type) for event_type in figures)
    return {"type": f"unnest([{types}])", "value": f"unnest([{', '.join(figures.values())}])"}


def _happened(source: EventSource) -> str:
    """Return which of the events of a wide table there are."""
    seen = f" OR type = {literal(source.seen)}" if source.seen else ""
    return f"WHERE value <> 0{seen}"


def _end(relation: Relation, first: int, now: int) -> int | None:
    """Return the newest moment among the staged events from the first of a source on."""
    [(end,)] = relation.run(f"""
        SELECT greatest(max(occurred) FILTER (occurred BETWEEN 0 AND {now}),
                        max(recorded) FILTER (recorded BETWEEN 0 AND {now}))
        FROM staged WHERE rowid >= {first}
    """).fetchall()
    return None if end is None else int(end)


def _key(relation: Relation, source: EventSource, leads: LeadColumns) -> tuple[str, str]:
    for name in KEYS:
        column = getattr(source.columns, name)
        if column is not None:
            if getattr(leads, name) is None:
                raise HistoryError(
                    f"{relation.section}: its events carry {name}, which the leads lack; "
                    f"set columns.{name} in sources.leads"
                )
            return name, column
    raise HistoryError(f"{relation.section}: no key column is set")


def _counts(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    [counts] = connection.execute(sql).fetchall()
    return tuple(int(count) for count in counts)
