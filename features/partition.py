"""The events of some accounts, read from a history and arranged for the kernel."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from features.declaration import Level
from features.order import in_canonical_order
from features.plan import UNKNOWN_TYPE, EventArrays
from features.sql import literal


@dataclass(frozen=True, slots=True)
class Partition:
    """Events of some accounts, in any order.

    Attributes:
        lead: int32 [events], lead codes, -1 for events of the account itself.
        account: int32 [events], account codes, -1 where another lead of the account has the event
            too.
        events: The rest, in the same order.
    """

    lead: NDArray[np.int32]
    account: NDArray[np.int32]
    events: EventArrays

    def of_level(self, level: Level, entities: range) -> tuple[EventArrays, NDArray[np.int64]]:
        """Return the events of one level in canonical order, and where each entity begins there.

        Args:
            level: Whose events.
            entities: Codes of the leads, or of the accounts.

        Returns:
            The events, and int64 [entities + 1].
        """
        entity = self.account if level == "account" else self.lead
        return in_canonical_order(entity, entities, self.events)


def read_partition(
    connection: duckdb.DuckDBPyConnection, event_types: Sequence[str], accounts: range
) -> Partition:
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
    columns = connection.sql(f"""
        SELECT lead, CASE WHEN first_for_account THEN account ELSE -1 END AS account,
               ({type_code})::INTEGER AS type_code, occurred, recorded,
               coalesce(value, 'NaN'::DOUBLE) AS value, item
        FROM events WHERE account BETWEEN {accounts.start} AND {accounts.stop - 1}
    """).fetchnumpy()
    return Partition(
        lead=columns.pop("lead"),
        account=columns.pop("account"),
        events=EventArrays(**columns),
    )
