"""What is read of a source of events: SQL over its columns, and the keys that its rows carry."""

from collections.abc import Iterable
from dataclasses import dataclass

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
"""The leads and accounts of each key, by the name of the column that holds it."""


@dataclass(frozen=True, slots=True)
class EventReading:
    """How the rows of a source become events.

    Attributes:
        source: Its declaration.
        key_name: Which of `KEYS` its rows carry.
        key_column: Where.
        sql: Expressions over a row: key, type, occurred, recorded, value, item, and id if it has
            any. Those of a wide table are of several events.
    """

    source: EventSource
    key_name: str
    key_column: str
    sql: dict[str, str]

    @classmethod
    def of(cls, relation: Relation, source: EventSource, leads: LeadColumns) -> "EventReading":
        """Find out what is read of a source.

        Args:
            relation: The opened source.
            source: Its declaration.
            leads: The mapping of the leads source.

        Raises:
            HistoryError: A column is missing or cannot be read, or the leads lack the key.
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
        if columns.event_id:
            read["id"] = relation.text(columns.event_id)
        return cls(source, key_name, key_column, read)

    @property
    def columns(self) -> set[str]:
        """The columns that are read."""
        mapped = self.source.columns.model_dump(exclude_none=True)
        return {*mapped.values(), *self.source.counters}

    def select(self, table: str, names: Iterable[str]) -> str:
        """Return a query of some of `sql`, with the moments and ids that they come to.

        Args:
            table: What stands behind FROM.
            names: Of `sql`; with "recorded" goes "occurred", with "id" goes "type".
        """
        inner = ", ".join(f"{self.sql[name]} AS {name}" for name in names)
        settled = {
            "recorded": f"coalesce(recorded, occurred + {self.source.known_after or 0})",
            "item": "coalesce(item, -1)",
            "id": "CASE WHEN id IS NOT NULL THEN (hash(type, id) >> 1)::BIGINT END",
        }
        outer = ", ".join(f"{settled.get(name, name)} AS {name}" for name in names)
        return f"SELECT {outer} FROM (SELECT {inner} FROM {table})"

    @property
    def happened(self) -> str:
        """Which of the events of a row there are, as SQL over `select`."""
        if not self.source.counters:
            return "true"
        seen = f" OR type = {literal(self.source.seen)}" if self.source.seen else ""
        return f"value <> 0{seen}"


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


def _counted(relation: Relation, source: EventSource) -> dict[str, str]:
    """Return the type and value of the events that a row of a wide table becomes."""
    figures = {counter: relation.number(counter) for counter in source.counters}
    if source.seen:
        figures[source.seen] = "NULL"
    types = ", ".join(literal(event_type) for event_type in figures)
    return {"type": f"unnest([{types}])", "value": f"unnest([{', '.join(figures.values())}])"}
