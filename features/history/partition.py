"""The events of some leads or accounts, from a history's columns in memory or its database."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.declaration.feature_set import FeatureSet, Level
from features.history.part import HistoryPart
from features.history.sql import literal
from features.kernel.plan import UNKNOWN_TYPE, EventArrays

_ENTITY: dict[Level, str] = {
    "lead": "lead",
    "account": "CASE WHEN first_for_account THEN account ELSE -1 END",
}


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Some events, in any order; the arrays cannot be written to.

    Attributes:
        entity: int32 [events] by level: codes of leads, -1 for events of the account itself; codes
            of accounts, -1 where another lead of the account has the event too.
        events: The rest, in the same order.
    """

    entity: Mapping[Level, NDArray[np.int32]]
    events: EventArrays


class Events:
    """The events of a history, for the features of a set.

    An event's type code is the position of its type among those of the feature set.
    """

    def __init__(self, history: HistoryPart, feature_set: FeatureSet) -> None:
        """Take the events of a history; `feature_set` says whose levels are wanted."""
        self._history = history
        self._feature_set = feature_set
        self._codes = {name: code for code, name in enumerate(feature_set.event_types)}
        account = history.leads().account
        accounts = int(account[-1]) + 1 if len(account) else 0
        self._entities: dict[Level, int] = {"lead": len(account), "account": accounts}
        self._counts: dict[Level, NDArray[np.int64]] = {}
        self._held: list[EventBatch] | None = None
        if history.events is not None:
            self._held = [self._of_columns(batch) for batch in history.events.to_batches()]

    def of(self, level: Level, entities: range) -> list[EventBatch]:
        """Return at least the events of a range of leads, or of accounts with all their leads."""
        if self._held is not None:
            return self._held
        codes = "".join(f" WHEN {literal(name)} THEN {code}" for name, code in self._codes.items())
        type_code = f"CASE type{codes} ELSE {UNKNOWN_TYPE} END" if codes else str(UNKNOWN_TYPE)
        columns = ", ".join(f"{_ENTITY[one]} AS of_{one}" for one in self._feature_set.levels)
        table = self._history.connection.sql(f"""
            SELECT {columns}, ({type_code})::INTEGER AS type_code, occurred, recorded,
                   coalesce(value, 'NaN'::DOUBLE) AS value, item
            FROM events WHERE {level} BETWEEN {entities.start} AND {entities.stop - 1}
        """).to_arrow_table()
        return [self._of_query(batch) for batch in table.to_batches()]

    def counts(self, level: Level) -> NDArray[np.int64]:
        """Return how many events each lead or account has, int64 [leads or accounts]."""
        if level not in self._counts:
            self._counts[level] = self._counted(level)
        return self._counts[level]

    def _counted(self, level: Level) -> NDArray[np.int64]:
        entities = self._entities[level]
        if self._held is not None:
            # What is of no entity has the code -1.
            counts = np.zeros(entities + 1, dtype=np.int64)
            for batch in self._held:
                counts += np.bincount(batch.entity[level] + 1, minlength=entities + 1)
            return counts[1:]
        counted = self._history.connection.execute(f"""
            SELECT entity, count(*) AS events FROM (SELECT {_ENTITY[level]} AS entity FROM events)
            WHERE entity >= 0 GROUP BY entity
        """).fetchnumpy()
        counts = np.zeros(entities, dtype=np.int64)
        counts[counted["entity"]] = counted["events"]
        return counts

    def _of_query(self, batch: pa.RecordBatch) -> EventBatch:
        return EventBatch(
            {level: batch[f"of_{level}"].to_numpy() for level in self._feature_set.levels},
            EventArrays._make(batch[name].to_numpy() for name in EventArrays._fields),
        )

    def _of_columns(self, batch: pa.RecordBatch) -> EventBatch:
        lead, account = batch["lead"].to_numpy(), batch["account"].to_numpy()
        first = batch["first_for_account"].to_numpy(zero_copy_only=False)
        entity: dict[Level, NDArray[np.int32]] = {"lead": lead}
        if "account" in self._feature_set.levels:
            entity["account"] = np.where(first, account, np.int32(-1))
        names = batch["type"].dictionary.to_pylist()
        codes = np.array([self._codes.get(n, UNKNOWN_TYPE) for n in names], dtype=np.int32)
        return EventBatch(
            entity,
            EventArrays(
                type_code=codes[batch["type"].indices.to_numpy()],
                occurred=batch["occurred"].to_numpy(),
                recorded=batch["recorded"].to_numpy(),
                value=batch["value"].to_numpy(zero_copy_only=False),
                item=batch["item"].to_numpy(),
            ),
        )
