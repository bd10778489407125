"""Events of Parquet files, column by column: texts are looked at once per different value.

What a value means, and what is a mistake, is said by the SQL that reads every other source; it is
only asked of fewer values, and keys that are found as they are need no question. What cannot be
read this way at all is left to SQL.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import pyarrow as pa

from features.history.event_source import KEYS, EventReading
from features.history.key_index import KeyIndex
from features.history.parquet_files import read_rows
from features.history.relation import Relation


class ParquetEvents:
    """Reads the events of one source of Parquet files."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relation: Relation, reading: EventReading
    ) -> None:
        """Index the keys of the leads.

        Args:
            connection: The history's database, with the table `leads`.
            relation: The opened source; `suits` must have been asked.
            reading: What is read of it.
        """
        self._relation = relation
        self._reading = reading
        self._texts = {
            name: column
            for name, column in (
                ("type", reading.source.columns.event_type),
                ("item", reading.source.columns.item),
            )
            if column is not None
        }
        # Of keys, types and items, each different value is looked at; of the rest, every row.
        looked_at = {reading.key_column, *self._texts.values()}
        self._other_texts = [
            column for column in reading.columns - looked_at if relation.types[column] == "VARCHAR"
        ]
        known = connection.sql(f"""
            SELECT key, lead::INTEGER AS lead, account::INTEGER AS account
            FROM ({KEYS[reading.key_name]})
        """).to_arrow_table().combine_chunks()  # fmt: skip
        self._entities = known.select(["lead", "account"])
        self._index = KeyIndex(_whole(known["key"]))

    def batches(self) -> Iterator[pa.Table]:
        """Yield the events, as `Staging` takes them.

        Raises:
            HistoryError: A value cannot be read.
            UNREADABLE: A file, or a text in it, cannot be.
        """
        with ThreadPoolExecutor(1) as ahead:
            rows = read_rows(self._relation, self._reading.columns, set(self._texts.values()))
            upcoming = ahead.submit(next, rows, None)
            while (some := upcoming.result()) is not None:
                upcoming = ahead.submit(next, rows, None)
                yield self._events(some)

    def _events(self, rows: pa.Table) -> pa.Table:
        # The database takes the word of Arrow that a text is UTF-8.
        rows.select(self._other_texts).validate(full=True)
        query = self._reading.select("some_rows", ["occurred", "recorded", "value"])
        if "id" in self._reading.sql:
            by_row = ["occurred", "recorded", "value", "type", "id"]
            query = f"SELECT * EXCLUDE (type) FROM ({self._reading.select('some_rows', by_row)})"
        asked = self._relation.ask(query, rows)
        found = self._positions(rows)
        lead, account = (column.take(found) for column in self._entities.columns)
        columns = {
            "lead": lead,
            "account": account,
            "first_for_account": pa.repeat(True, len(rows)),
            "type": self._types(rows),
            "item": self._items(rows),
        }
        return pa.table(columns | {name: asked[name] for name in asked.column_names})

    def _positions(self, rows: pa.Table) -> pa.Int32Array:
        """Return which key each row carries, null for one that no lead has."""
        column = self._reading.key_column
        if self._relation.types[column] != "VARCHAR":
            asked = self._relation.ask(self._reading.select("some_rows", ["key"]), rows)
            found = self._index.find(_whole(asked["key"]))
            return pa.array(found, mask=found < 0)
        keys = _whole(rows[column]).cast(pa.string())
        found = self._index.find(keys)
        # A key may be written another way; one that is found as it is, is as it should be.
        lost = np.flatnonzero(found < 0)
        if len(lost):
            encoded = keys.take(pa.array(lost)).dictionary_encode()
            clean = _whole(self._once("key", column, encoded.dictionary))
            position = np.append(self._index.find(clean), -1)
            found[lost] = position[encoded.indices.fill_null(len(clean)).to_numpy()]
        return pa.array(found, mask=found < 0)

    def _types(self, rows: pa.Table) -> pa.DictionaryArray:
        if "type" not in self._texts:
            nothing = pa.array(np.zeros(len(rows), dtype=np.int32))
            constant = self._reading.source.constants.event_type or ""
            return pa.DictionaryArray.from_arrays(nothing, pa.array([constant]))
        places, types = self._once_per_value("type", rows)
        return pa.DictionaryArray.from_arrays(places.cast(pa.int32()), types)

    def _items(self, rows: pa.Table) -> pa.Int64Array:
        if "item" not in self._texts:
            return pa.array(np.full(len(rows), -1))
        places, items = self._once_per_value("item", rows)
        return items.take(places)

    def _once_per_value(self, name: str, rows: pa.Table) -> tuple[pa.Array, pa.Array]:
        """Return for each row a place, and at each place what is read of it."""
        column = self._texts[name]
        encoded = _whole(rows[column])
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        places, values = encoded.indices, encoded.dictionary
        if places.null_count:
            places = places.fill_null(len(values))
            values = pa.concat_arrays([values, pa.nulls(1, values.type)])
        return places, _whole(self._once(name, column, values))

    def _once(self, name: str, column: str, values: pa.Array) -> pa.ChunkedArray:
        values.validate(full=True)
        query = self._reading.select("some_rows", [name])
        return self._relation.ask(query, pa.table({column: values}))[name]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    return pa.concat_arrays(column.chunks) if column.num_chunks else column.combine_chunks()
