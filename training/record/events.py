"""Events of the record as the tables hold them: of leads, and of their companies."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from features.contract.text import trimmed
from serving.record.leads.events import sent_id
from serving.record.schema import event
from training.record.declared import COMPANY_EVENTS, EVENTS
from training.record.identities import Identities
from training.record.tables import RecordTables

_AT_ONCE = 50_000
_NAMELESS = '""'
"""Type of an event whose type is blank: one that no feature names."""

_COLUMNS = ("type", "occurred", "recorded", "value", "item", "event_id")


def write_events(
    connection: Connection,
    identities: Identities,
    tables: RecordTables,
    on_events: Callable[[int], None],
) -> None:
    """Write the events of all who are learned from, with those of whom they stand for.

    What others of their companies did counts for the company alone, as in a score: they have no
    rows, no profile and no outcome.

    Args:
        connection: Reading.
        identities: Everybody.
        tables: Where to.
        on_events: Called with how many were read so far.
    """
    of_company = identities.own & ~identities.learned & _with_learned(identities)
    statement = select(event.c.lead, *(event.c[name] for name in _COLUMNS))
    rows = connection.execute(statement.execution_options(yield_per=_AT_ONCE))
    done = 0
    for some in rows.partitions():
        numbers, *columns = zip(*some, strict=True)
        who = identities.stand_ins(np.array(numbers, dtype=np.int64))
        found = event_columns(columns)
        for name, key, keys, wanted in (
            (EVENTS, "lead_id", identities.lead_id, identities.learned[who]),
            (COMPANY_EVENTS, "account_id", identities.account_id, of_company[who]),
        ):
            kept = {column: values.filter(wanted) for column, values in found.items()}
            tables.write(name, {key: keys[who[wanted]], **kept})
        done += len(some)
        on_events(done)


def event_columns(columns: Sequence[Iterable[Any]]) -> dict[str, pa.Array]:
    """Return the columns of a table of events.

    Args:
        columns: Type, moments of occurrence and recording, value, item and id of stored events.
    """
    types, occurred, recorded, values, items, ids = columns
    moment = pa.timestamp("us", tz="UTC")
    return {
        "event_type": pa.array([trimmed(one) or _NAMELESS for one in types], pa.string()),
        "occurred_at": pa.array(occurred, moment),
        "recorded_at": pa.array(recorded, moment),
        "value": pa.array(values, pa.float64()),
        "item": pa.array(items, pa.string()),
        "event_id": pa.array([sent_id(one) for one in ids], pa.string()),
    }


def _with_learned(identities: Identities) -> NDArray[np.bool_]:
    """Return who has a company of which anybody is learned from, bool [everybody]."""
    companies = {*identities.account_id[identities.learned]} - {None}
    found = (account in companies for account in identities.account_id)
    return np.fromiter(found, dtype=np.bool_, count=len(identities.account_id))
