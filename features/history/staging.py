"""Events as they were read: held as columns as long as they are few, else in the database."""

import duckdb
import pyarrow as pa

COLUMNS = {
    "lead": "INTEGER",
    "account": "INTEGER",
    "first_for_account": "BOOLEAN",
    "type": "VARCHAR",
    "occurred": "BIGINT",
    "recorded": "BIGINT",
    "value": "DOUBLE",
    "item": "BIGINT",
}
"""The columns of an event, each with its type in DuckDB."""

_ARROW = {
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.dictionary(pa.int32(), pa.string()),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
}


class Staging:
    """The events of all sources, in the order in which they are read."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, *, with_ids: bool, most_held: int
    ) -> None:
        """Start with no events.

        Args:
            connection: The history's database.
            with_ids: Whether any source has event ids; all events then have the column `id`.
            most_held: How many are held at most; more of them go into the database, which is
                limited in memory and spills to disk.
        """
        self._connection = connection
        self._columns = COLUMNS | ({"id": "BIGINT"} if with_ids else {})
        self._most_held = most_held
        self._held: list[pa.Table] | None = []
        self._held_rows = 0

    def add(self, events: pa.Table) -> None:
        """Add events; a column that they lack is empty."""
        if self._held is None:
            self._insert(events)
            return
        self._held.append(events)
        self._held_rows += len(events)
        self.expect(0)

    def expect(self, rows: int) -> None:
        """Make room for so many more events: they are held only if all of them can be."""
        if self._held is not None and len(self) + rows > self._most_held:
            self.table()

    def table(self) -> str:
        """Return the name of the table that holds all events, for more to be inserted."""
        if self._held is not None:
            columns = ", ".join(f"{name} {kind}" for name, kind in self._columns.items())
            self._connection.execute(f"CREATE TABLE staged ({columns})")
            held, self._held = self._held, None
            while held:
                self._insert(held.pop(0))
        return "staged"

    def __len__(self) -> int:
        """Number of events."""
        if self._held is not None:
            return self._held_rows
        [(rows,)] = self._connection.execute("SELECT count(*) FROM staged").fetchall()
        return int(rows)

    def cut(self, rows: int) -> None:
        """Forget all but the first events."""
        if self._held is None:
            # Rows that are deleted would leave a gap in the numbers of those that follow.
            self._connection.execute(
                f"CREATE OR REPLACE TABLE staged AS FROM staged WHERE rowid < {rows}"
            )
        while self._held and len(self) > rows:
            self._held_rows -= len(self._held.pop())

    def newest(self, first: int, now: int) -> int | None:
        """Return the newest moment by now among the events from the first of a source on."""
        held = self.held()
        if held is not None:
            self._connection.register("staged", held.slice(first))
        [(end,)] = self._connection.execute(f"""
            SELECT greatest(max(occurred) FILTER (occurred BETWEEN 0 AND {now}),
                            max(recorded) FILTER (recorded BETWEEN 0 AND {now}))
            FROM staged {f"WHERE rowid >= {first}" if held is None else ""}
        """).fetchall()
        if held is not None:
            self._connection.unregister("staged")
        return None if end is None else int(end)

    def held(self) -> pa.Table | None:
        """Return the events if they are held, with all columns; None if they are in `staged`."""
        if self._held is None:
            return None
        schema = pa.schema([(name, _ARROW[kind]) for name, kind in self._columns.items()])
        return pa.concat_tables([schema.empty_table(), *self._held], promote_options="default")

    def _insert(self, events: pa.Table) -> None:
        self._connection.register("some_events", events)
        self._connection.execute("INSERT INTO staged BY NAME SELECT * FROM some_events")
        self._connection.unregister("some_events")
