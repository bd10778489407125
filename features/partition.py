"""The events of some accounts, read from a history batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow
from numpy.typing import NDArray

from features.declaration import Level
from features.plan import UNKNOWN_TYPE, EventArrays
from features.sql import literal


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Some events, in any order; the arrays cannot be written to.

    Attributes:
        lead: int32 [events], lead codes, -1 for events of the account itself.
        account: int32 [events], account codes, -1 where another lead of the account has the event
            too.
        events: The rest, in the same order.
    """

    lead: NDArray[np.int32]
    account: NDArray[np.int32]
    events: EventArrays

    def entity(self, level: Level) -> NDArray[np.int32]:
        """Return whose event each is at a level: codes of leads, or of accounts."""
        return self.account if level == "account" else self.lead


def read_events(
    connection: duckdb.DuckDBPyConnection, event_types: Sequence[str], accounts: range
) -> list[EventBatch]:
    """Read the events of a range of accounts.

    Args:
        connection: A history's.
        event_types: Those of the feature set; an event's type code is its position there.
        accounts: Codes of the accounts.
    """
    codes = "".join(
        f" WHEN {literal(event_type)} THEN {code}" for code, event_type in enumerate(event_types)
    )
    type_code = f"CASE type{codes} ELSE {UNKNOWN_TYPE} END" if codes else str(UNKNOWN_TYPE)
    table = connection.sql(f"""
        SELECT lead, CASE WHEN first_for_account THEN account ELSE -1 END AS account,
               ({type_code})::INTEGER AS type_code, occurred, recorded,
               coalesce(value, 'NaN'::DOUBLE) AS value, item
        FROM events WHERE account BETWEEN {accounts.start} AND {accounts.stop - 1}
    """).to_arrow_table()
    return [_batch(batch) for batch in table.to_batches()]


def _batch(batch: pyarrow.RecordBatch) -> EventBatch:
    columns = {name: batch[name].to_numpy() for name in batch.schema.names}
    return EventBatch(
        lead=columns.pop("lead"), account=columns.pop("account"), events=EventArrays(**columns)
    )
