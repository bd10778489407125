"""The events of some leads or accounts, read from a history batch by batch."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow
from numpy.typing import NDArray

from features.declaration.feature_set import FeatureSet, Level
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


def read_events(
    connection: duckdb.DuckDBPyConnection, feature_set: FeatureSet, level: Level, entities: range
) -> list[EventBatch]:
    """Read the events of a range of leads, or of accounts with all their leads.

    Args:
        connection: A history's.
        feature_set: Whose levels are wanted; an event's type code is its position in its types.
        level: What the range is of.
        entities: Codes.
    """
    codes = "".join(
        f" WHEN {literal(event_type)} THEN {code}"
        for code, event_type in enumerate(feature_set.event_types)
    )
    type_code = f"CASE type{codes} ELSE {UNKNOWN_TYPE} END" if codes else str(UNKNOWN_TYPE)
    columns = ", ".join(f"{_ENTITY[wanted]} AS of_{wanted}" for wanted in feature_set.levels)
    table = connection.sql(f"""
        SELECT {columns}, ({type_code})::INTEGER AS type_code, occurred, recorded,
               coalesce(value, 'NaN'::DOUBLE) AS value, item
        FROM events WHERE {level} BETWEEN {entities.start} AND {entities.stop - 1}
    """).to_arrow_table()
    return [_batch(batch, feature_set) for batch in table.to_batches()]


def _batch(batch: pyarrow.RecordBatch, feature_set: FeatureSet) -> EventBatch:
    return EventBatch(
        {level: batch[f"of_{level}"].to_numpy() for level in feature_set.levels},
        EventArrays._make(batch[name].to_numpy() for name in EventArrays._fields),
    )
