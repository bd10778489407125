"""The events of some accounts, read from a history and arranged for the kernel."""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from features.declaration import Level
from features.plan import EventArrays, take_events


@dataclass(frozen=True, slots=True)
class Partition:
    """Events sorted by account and moment.

    Attributes:
        lead: int32 [events], lead codes, -1 for events of the account itself.
        account: int32 [events], account codes.
        first_for_account: bool [events], False where another lead of the account has the event too.
        events: The rest, in the same order.
    """

    lead: NDArray[np.int32]
    account: NDArray[np.int32]
    first_for_account: NDArray[np.bool_]
    events: EventArrays

    def of_level(self, level: Level) -> tuple[NDArray[np.int32], EventArrays]:
        """Return entities and events of one level in the kernel's canonical order."""
        if level == "account":
            order = np.flatnonzero(self.first_for_account)
            entity = self.account
        else:
            order = np.flatnonzero(self.lead >= 0)
            order = order[np.argsort(self.lead[order], kind="stable")]
            entity = self.lead
        _settle_ties(order, entity, self.events)
        return entity[order], take_events(self.events, order)


def read_partition(
    connection: duckdb.DuckDBPyConnection,
    type_codes: NDArray[np.int32],
    first_account: int,
    last_account: int,
) -> Partition:
    """Read the events of a range of accounts.

    Args:
        connection: A history's.
        type_codes: int32 [event types], the feature set's code by the history's.
        first_account: First of the range.
        last_account: Last of the range, which belongs to it.
    """
    # DuckDB keeps the order the table was created in.
    table = connection.sql(
        f"SELECT * FROM events WHERE account BETWEEN {first_account} AND {last_account}"
    ).to_arrow_table()
    return Partition(
        lead=table["lead"].to_numpy(),
        account=table["account"].to_numpy(),
        first_for_account=table["first_for_account"].to_numpy(),
        events=EventArrays(
            type_code=type_codes[table["type"].to_numpy()],
            occurred=table["occurred"].to_numpy(),
            recorded=table["recorded"].to_numpy(),
            value=table["value"].to_numpy().astype(np.float64),
            item=table["item"].to_numpy(),
        ),
    )


def _settle_ties(order: NDArray[np.int64], entity: NDArray[np.int32], events: EventArrays) -> None:
    """Reorder, in place, what happened at the same moment: by recorded, type code and value."""
    same = (np.diff(events.occurred[order]) == 0) & (np.diff(entity[order]) == 0)
    first = np.flatnonzero(same)
    tied = np.union1d(first, first + 1)
    those = order[tied]
    keys = (events.value, events.type_code, events.recorded, events.occurred, entity)
    order[tied] = those[np.lexsort([key[those] for key in keys])]
