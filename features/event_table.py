"""The events of a history: joined with their leads, each once, in canonical order."""

from dataclasses import dataclass

import duckdb

from features.relation import HistoryError, Relation
from features.sources import EventSource, LeadColumns
from features.sql import literal

_KEYS = {
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

# Of the events with one id, the one that was visible first counts: for a lead, and for an account.
_ONCE = """
    SELECT * REPLACE (first_for_account AND (id IS NULL OR row_number() OVER (
        PARTITION BY account, id ORDER BY visible, occurred, recorded, type, value, item, lead
    ) = 1) AS first_for_account)
    FROM (
        SELECT *, greatest(occurred + 1, recorded) AS visible FROM staged
        WHERE account IS NOT NULL AND occurred >= 0
        QUALIFY id IS NULL OR row_number() OVER (
            PARTITION BY lead, account, id ORDER BY visible, occurred, recorded, type, value, item
        ) = 1
    )
"""


@dataclass(frozen=True, slots=True)
class EventCounts:
    """What became of the events of all sources."""

    kept: int
    of_unknown_leads: int
    duplicates: int
    before_1970: int


def create_staging(connection: duckdb.DuckDBPyConnection, *, with_ids: bool) -> None:
    """Create the empty table that `stage_events` fills; it has ids where any source has."""
    connection.execute(f"""
        CREATE TABLE staged (lead INTEGER, account INTEGER, first_for_account BOOLEAN,
            type VARCHAR, occurred BIGINT, recorded BIGINT, value DOUBLE, item BIGINT
            {", id BIGINT" if with_ids else ""})
    """)


def stage_events(relation: Relation, source: EventSource, leads: LeadColumns, number: int) -> None:
    """Read the events of one source and find their leads.

    Args:
        relation: The opened source.
        source: Its declaration.
        leads: The mapping of the leads source.
        number: Of the source, so that equal event ids of two sources stay apart.

    Raises:
        HistoryError: A value cannot be read, or the leads lack the key the events carry.
    """
    key_name, key_column = _key(relation, source, leads)
    columns = source.columns
    read = {
        "key": relation.text(key_column),
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
        names = ", ".join(literal(counter) for counter in source.counters)
        figures = ", ".join(relation.number(counter) for counter in source.counters)
        read |= {"type": f"unnest([{names}])", "value": f"unnest([{figures}])"}
    identified = ""
    if columns.event_id:
        read["id"] = relation.text(columns.event_id)
        identified = (
            f", CASE WHEN e.id IS NOT NULL THEN (hash({number}, e.id) >> 1)::BIGINT END AS id"
        )
    selected = ", ".join(f"{sql} AS {name}" for name, sql in read.items())
    relation.run(f"""
        INSERT INTO staged BY NAME
        SELECT k.lead, k.account, coalesce(k.first_for_account, true) AS first_for_account,
               e.type, e.occurred,
               coalesce(e.recorded, e.occurred + {source.known_after or 0}) AS recorded,
               e.value, coalesce(e.item, -1) AS item {identified}
        FROM (SELECT {selected} FROM {relation.sql}) e
        LEFT JOIN ({_KEYS[key_name]}) k ON e.key = k.key
        {"WHERE e.value <> 0" if source.counters else ""}
    """)


def create_events(connection: duckdb.DuckDBPyConnection, *, with_ids: bool) -> EventCounts:
    """Create the tables `events` and `event_types` from the staged events."""
    connection.execute("""
        CREATE TABLE event_types AS
        SELECT row_number() OVER (ORDER BY type) - 1 AS code, type
        FROM (SELECT DISTINCT type FROM staged WHERE account IS NOT NULL AND occurred >= 0)
    """)
    known = "account IS NOT NULL AND occurred >= 0"
    found = _number(connection, f"SELECT count(*) FROM staged WHERE {known}")
    repeated = with_ids and _number(
        connection,
        "SELECT count(*) - count(DISTINCT hash(account, id)) FROM staged WHERE id IS NOT NULL",
    )
    connection.execute(f"""
        CREATE TABLE events AS
        SELECT s.lead, s.account, s.first_for_account, t.code::INTEGER AS type, s.occurred,
               s.recorded, s.value, s.item
        FROM ({_ONCE if repeated else "SELECT * FROM staged"}) s JOIN event_types t USING (type)
        WHERE {known}
        ORDER BY s.account, s.occurred
    """)
    kept = _number(connection, "SELECT count(*) FROM events")
    counts = EventCounts(
        kept=kept,
        of_unknown_leads=_number(connection, "SELECT count(*) FROM staged WHERE account IS NULL"),
        duplicates=found - kept,
        before_1970=_number(
            connection, "SELECT count(*) FROM staged WHERE account IS NOT NULL AND occurred < 0"
        ),
    )
    connection.execute("DROP TABLE staged")
    return counts


def _key(relation: Relation, source: EventSource, leads: LeadColumns) -> tuple[str, str]:
    for name in _KEYS:
        column = getattr(source.columns, name)
        if column is not None:
            if getattr(leads, name) is None:
                raise HistoryError(
                    f"{relation.section}: its events carry {name}, which the leads lack; "
                    f"set columns.{name} in sources.leads"
                )
            return name, column
    raise HistoryError(f"{relation.section}: no key column is set")


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = connection.execute(sql).fetchone()
    return int(found[0]) if found else 0
