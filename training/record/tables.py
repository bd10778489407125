"""The record's tables as Parquet files, written batch by batch."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.text import trimmed
from features.history.sources import ProfileFields
from training.record.declared import (
    COMPANY_EVENTS,
    EVENTS,
    LEAD_ID,
    LEADS,
    NUMBER,
    PROFILES,
    RECORDED_AT,
    STAGES,
)

_MOMENT = pa.timestamp("us", tz="UTC")
_EVENT = {
    "event_type": pa.string(),
    "occurred_at": _MOMENT,
    "recorded_at": _MOMENT,
    "value": pa.float64(),
    "item": pa.string(),
    "event_id": pa.string(),
}
_SCHEMAS = {
    LEADS: {
        "lead_id": pa.string(),
        "created_at": _MOMENT,
        "account_id": pa.string(),
        NUMBER: pa.int64(),
    },
    EVENTS: {"lead_id": pa.string(), **_EVENT},
    COMPANY_EVENTS: {"account_id": pa.string(), **_EVENT},
    STAGES: {"lead_id": pa.string(), "stage": pa.string(), "at": _MOMENT},
}
_PROFILE = {LEAD_ID: pa.string(), RECORDED_AT: _MOMENT}


class RecordTables:
    """The files of `declared.TABLES` in a folder; a context manager."""

    def __init__(self, folder: Path, profile: ProfileFields) -> None:
        """Begin all files, so that a history finds those that stay empty, too."""
        fields = _PROFILE | dict.fromkeys(profile.numeric, pa.float64())
        fields |= dict.fromkeys(profile.categorical, pa.string())
        schemas = {**_SCHEMAS, PROFILES: fields}
        self._schemas = {name: pa.schema(list(of.items())) for name, of in schemas.items()}
        self._writers = {
            name: pq.ParquetWriter(folder / name, schema) for name, schema in self._schemas.items()
        }

    def __enter__(self) -> Self:
        """Use the files in a with statement."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish all files."""
        for writer in self._writers.values():
            writer.close()

    def write(self, name: str, columns: Mapping[str, object]) -> None:
        """Add rows to a file.

        Args:
            name: Of the file.
            columns: All of its columns; moments are microseconds since 1970.
        """
        schema = self._schemas[name]
        arrays = [pa.array(columns[field.name], field.type) for field in schema]
        table = pa.Table.from_arrays(arrays, schema=schema)
        if len(table):
            self._writers[name].write_table(table)


def key_of(text: str) -> str:
    """Return a key that a history reads as it is; one that it would change is put in quotes."""
    kept = trimmed(text) == text and not text.endswith(".0")
    return text if kept else f'"{text}"'
