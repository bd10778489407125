"""The simulated history as Parquet files, written chunk by chunk."""

from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.simulator.behaviour import EVENT_TYPES, KINDS, Events
from experiments.simulator.market import NEVER, Market
from experiments.simulator.outcome import Calendar, Latent
from experiments.simulator.stages import STAGES
from experiments.simulator.truth import TRUTH_SCHEMA, truth_schema

_MOMENT = pa.timestamp("us", tz="UTC")
_LEADS = pa.schema(
    {
        "lead_id": pa.string(),
        "created_at": _MOMENT,
        "account_id": pa.string(),
        "channel": pa.string(),
        "industry": pa.string(),
        "employees": pa.int64(),
        "role": pa.string(),
        "country": pa.string(),
        "bundesland": pa.string(),
        "has_phone": pa.bool_(),
        "newsletter": pa.bool_(),
    }
)
_EVENTS = pa.schema(
    {
        "event_id": pa.string(),
        "lead_id": pa.string(),
        "event_type": pa.string(),
        "occurred_at": _MOMENT,
        "recorded_at": _MOMENT,
        "value": pa.float64(),
        "item": pa.string(),
    }
)
_STAGES = pa.schema({"lead_id": pa.string(), "stage": pa.string(), "at": _MOMENT})

_ITEMS = np.full((len(KINDS), max(kind.items for kind in KINDS.values()) + 1), None, dtype=object)
for _code, (_name, _kind) in enumerate(KINDS.items()):
    _ITEMS[_code, 1 : _kind.items + 1] = [f"{_name}-{n}" for n in range(1, _kind.items + 1)]


class HistoryFiles:
    """Four Parquet files in a folder, open for writing inside a ``with`` block."""

    def __init__(self, folder: Path, calendar: Calendar) -> None:
        """Create the folder if need be; files of an earlier run are overwritten."""
        folder.mkdir(parents=True, exist_ok=True)
        self.events = 0
        self._open = ExitStack()
        self._leads = self._writer(folder / "leads.parquet", _LEADS)
        self._events = self._writer(folder / "events.parquet", _EVENTS)
        self._stages = self._writer(folder / "stages.parquet", _STAGES)
        self._truth = self._writer(folder / "truth.parquet", truth_schema(calendar))

    def write_leads(self, market: Market, latent: Latent) -> None:
        """Write leads as the CRM knows them, and the truth about them."""
        self._leads.write_table(
            pa.table(
                {
                    "lead_id": market.lead_id,
                    "created_at": market.created,
                    "account_id": market.account_id,
                    **{field: market.profile[field] for field in _LEADS.names[3:]},
                },
                schema=_LEADS,
            )
        )
        columns = {column.name: getattr(latent, column.name) for column in fields(latent)}
        truth = pa.table({"lead_id": market.lead_id, **columns}, schema=TRUTH_SCHEMA)
        self._truth.write_table(truth.replace_schema_metadata(self._truth.schema.metadata))

    def write_events(self, market: Market, events: Events) -> None:
        """Write events, numbered through."""
        numbers = range(self.events + 1, self.events + len(events) + 1)
        self.events += len(events)
        self._events.write_table(
            pa.table(
                {
                    "event_id": [f"E{number:09d}" for number in numbers],
                    "lead_id": market.lead_id[events.lead],
                    "event_type": np.array(EVENT_TYPES, dtype=object)[events.kind],
                    "occurred_at": events.occurred,
                    "recorded_at": events.recorded,
                    "value": pa.array(events.value, from_pandas=True),
                    "item": _ITEMS[events.kind, events.item],
                },
                schema=_EVENTS,
            )
        )

    def write_stages(self, market: Market, moments: NDArray[np.int64]) -> None:
        """Write the stages that were reached; `moments` is int64 [leads, stages]."""
        lead, stage = np.nonzero(moments != NEVER)
        self._stages.write_table(
            pa.table(
                {
                    "lead_id": market.lead_id[lead],
                    "stage": np.array(STAGES, dtype=object)[stage],
                    "at": moments[lead, stage],
                },
                schema=_STAGES,
            )
        )

    def __enter__(self) -> Self:
        """Return the files."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish all files."""
        self._open.close()

    def _writer(self, path: Path, schema: pa.Schema) -> pq.ParquetWriter:
        return self._open.enter_context(pq.ParquetWriter(path, schema, compression="zstd"))
