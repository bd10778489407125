"""Profile values of the leads of a history: as they were at a moment, or as they are today."""

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.contract.personal import holds_email
from features.contract.profile import profile_text
from features.history.misreading import HistoryError
from features.history.relation import Relation
from features.history.sources import ProfileFields, ProfileSource
from features.history.sql import identifier


class ProfileHistory:
    """Values of every declared profile field by lead, and where known by moment."""

    def __init__(self, profile: ProfileFields) -> None:
        """Start with no values."""
        self._profile = profile
        # Every column ends with a missing value, so that position -1 reads as missing.
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._texts: dict[str, NDArray[np.object_]] = {}
        self._recorded: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def expressions(self, relation: Relation, fields: tuple[str, ...]) -> dict[str, str]:
        """Return the SQL expression of each field by the name of its column in a table."""
        return {
            f"profile.{field}": (
                relation.number(field)
                if field in self._profile.numeric
                else relation.category(field)
            )
            for field in fields
        }

    def take_todays(
        self, connection: duckdb.DuckDBPyConnection, section: str, fields: tuple[str, ...]
    ) -> None:
        """Read fields from the table `leads`."""
        columns = ", ".join(["lead", *(identifier(f"profile.{field}") for field in fields)])
        table = connection.sql(f"SELECT {columns} FROM leads ORDER BY lead").to_arrow_table()
        self._take(table, section, fields)

    def take_recorded(
        self, connection: duckdb.DuckDBPyConnection, relation: Relation, source: ProfileSource
    ) -> None:
        """Read the fields of a source that knows when they were recorded.

        Raises:
            HistoryError: A value cannot be read, or a field is not declared in `[profile]`.
        """
        for field in source.fields:
            if field not in (*self._profile.numeric, *self._profile.categorical):
                raise HistoryError(
                    f"{relation.section}: field '{field}' is not declared; add it to [profile]"
                )
        read = {
            "row": "row_number() OVER ()",
            "key": relation.key(source.columns.lead_id, required=True),
            "recorded": relation.time(source.columns.recorded_at),
        } | self.expressions(relation, source.fields)
        selected = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in read.items())
        relation.run(f"CREATE TABLE recorded AS SELECT {selected} FROM {relation.sql}")
        table = connection.sql("""
            SELECT l.lead, r.* FROM recorded r JOIN leads l ON r.key = l.lead_id
            ORDER BY l.lead, r.recorded, r.row
        """).to_arrow_table()
        connection.execute("DROP TABLE recorded")
        self._take(table, relation.section, source.fields)
        moments = (table["lead"].to_numpy(), table["recorded"].to_numpy())
        self._recorded.update(dict.fromkeys(source.fields, moments))

    def numbers(
        self, field: str, lead: NDArray[np.int64], as_of: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return a numeric field for rows of (lead, as_of); NaN is missing.

        A field that was not declared as numeric is missing everywhere, as it is in a request that
        does not send it.
        """
        if field not in self._numbers:
            return np.full(len(lead), np.nan)
        return self._numbers[field][self._positions(field, lead, as_of)]

    def texts(
        self, field: str, lead: NDArray[np.int64], as_of: NDArray[np.int64]
    ) -> NDArray[np.object_]:
        """Return a categorical field for rows of (lead, as_of); None is missing.

        A field that was not declared as categorical is missing everywhere.
        """
        if field not in self._texts:
            return np.full(len(lead), None, dtype=object)
        return self._texts[field][self._positions(field, lead, as_of)]

    def distinct(
        self, fields: Sequence[str], lead: NDArray[np.int64], as_of: NDArray[np.int64]
    ) -> tuple[list[dict[str, str | None]], NDArray[np.int64]]:
        """Return the different profiles among rows of (lead, as_of), and which each row has.

        Args:
            fields: Those that are looked at; as texts, whatever they are declared as.
            lead: int64 [rows], codes.
            as_of: int64 [rows], microseconds since 1970.

        Returns:
            The profiles by field, and int64 [rows], positions among them.
        """
        columns = [self._as_texts(field, lead, as_of) for field in fields]
        codes: dict[tuple[str | None, ...], int] = {}
        rows = [codes.setdefault(row, len(codes)) for row in zip(*columns, strict=True)]
        profiles = [dict(zip(fields, values, strict=True)) for values in codes]
        return profiles, np.array(rows, dtype=np.int64)

    def _as_texts(
        self, field: str, lead: NDArray[np.int64], as_of: NDArray[np.int64]
    ) -> list[str | None]:
        if field in self._numbers:
            return [profile_text(value) for value in self.numbers(field, lead, as_of).tolist()]
        return list(self.texts(field, lead, as_of))

    def part(self, leads: slice) -> "ProfileHistory":
        """Return what is known of consecutive leads, the first of which has code 0 there."""
        part = ProfileHistory(self._profile)
        for field, (lead, recorded) in self._recorded.items():
            rows = self._rows(field, leads)
            part._recorded[field] = (lead[rows] - leads.start, recorded[rows])
        for field, numbers in self._numbers.items():
            part._numbers[field] = np.append(numbers[self._rows(field, leads)], np.nan)
        for field, texts in self._texts.items():
            part._texts[field] = np.append(texts[self._rows(field, leads)], [None])
        return part

    def _rows(self, field: str, leads: slice) -> slice:
        if field not in self._recorded:
            return leads
        lead, _ = self._recorded[field]
        return slice(*np.searchsorted(lead, (leads.start, leads.stop)).tolist())

    def _positions(
        self, field: str, lead: NDArray[np.int64], as_of: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        if field not in self._recorded:
            return lead
        return _last_recorded(*self._recorded[field], lead, as_of)

    def _take(self, table: pa.Table, section: str, fields: tuple[str, ...]) -> None:
        for field in fields:
            stored = table[f"profile.{field}"]
            if field in self._profile.numeric:
                self._numbers[field] = np.append(stored.to_numpy().astype(np.float64), np.nan)
            else:
                self._texts[field] = _texts(stored, f"{section}: profile field '{field}'")


def _texts(stored: pa.ChunkedArray, field: str) -> NDArray[np.object_]:
    encoded = stored.combine_chunks().dictionary_encode()
    known = [profile_text(value) for value in encoded.dictionary.to_pylist()]
    if any(text is not None and holds_email(text) for text in known):
        raise HistoryError(
            f"{field} holds e-mail addresses; personal data never becomes a feature, remove it"
        )
    missing = len(known)
    codes = np.append(encoded.indices.fill_null(missing).to_numpy(), missing)
    texts: NDArray[np.object_] = np.array([*known, None], dtype=object)[codes]
    return texts


def _last_recorded(
    lead: NDArray[np.int64],
    recorded: NDArray[np.int64],
    row_lead: NDArray[np.int64],
    as_of: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return for each row the last position of its lead recorded by `as_of`, -1 for none.

    `lead` and `recorded` are sorted by lead and moment.
    """
    is_row = np.repeat([False, True], [len(lead), len(row_lead)])
    order = np.lexsort(
        (is_row, np.concatenate([recorded, as_of]), np.concatenate([lead, row_lead]))
    )
    last = np.maximum.accumulate(np.where(is_row[order], -1, order))
    position = np.empty(len(row_lead), dtype=np.int64)
    position[order[is_row[order]] - len(lead)] = last[is_row[order]]
    of_lead = np.concatenate([lead, [-1]])[position] == row_lead
    return np.where(of_lead, position, -1)
