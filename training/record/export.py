"""The record written as tables that a history reads: as it would have answered at each moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from features.contract.text import trimmed
from features.history.sources import ProfileFields
from serving.record.schema import stage_change
from training.record.declared import LEADS, NUMBER, STAGES
from training.record.events import write_events
from training.record.identities import Identities, read_identities
from training.record.opened import Record
from training.record.profiles import write_profiles
from training.record.tables import RecordTables

_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Who and what of a record is not learned from.

    Attributes:
        barred: Leads without a valid basis for profiling.
        visitors: Visitors, of whom nobody knows who they are.
        unread: Profile values that are no numbers where numbers are wanted.
        bases: That count.
    """

    barred: int
    visitors: int
    unread: int
    bases: tuple[str, ...]

    def sentences(self) -> Iterator[str]:
        """Yield one for each that there is."""
        if self.barred:
            listed = ", ".join(self.bases)
            yield (
                f"{self.barred:,} leads left out: no basis for profiling is recorded and not "
                f"withdrawn ({listed})."
            )
        if self.visitors:
            yield f"{self.visitors:,} visitors left out: nobody knows who they are."
        if self.unread:
            yield f"{self.unread:,} profile values left out that are no numbers."


def write_record(
    record: Record, profile: ProfileFields, tables: RecordTables, on_step: Callable[[str], None]
) -> LeftOut:
    """Write all that may be learned from, and return what may not.

    Contacts are never read. Leads that turned out to be one are one, with all that any of them did.
    """
    on_step("Reading who is in the record")
    identities = read_identities(record)
    _write_leads(identities, tables)
    on_step("Reading profiles of the record")
    unread = write_profiles(record.connection, profile, identities, tables)
    on_step("Reading stages of the record")
    _write_stages(record, identities, tables)
    write_events(
        record.connection,
        identities,
        tables,
        lambda done: on_step(f"Reading events of the record ({done:,})"),
    )
    leads = identities.own & identities.known
    return LeftOut(
        barred=int((leads & ~identities.learned).sum()),
        visitors=int((identities.own & ~identities.known).sum()),
        unread=unread,
        bases=record.policy.profiling.bases,
    )


def _write_leads(identities: Identities, tables: RecordTables) -> None:
    learned = identities.learned
    columns = {
        "lead_id": identities.lead_id[learned],
        "created_at": identities.created[learned],
        "account_id": identities.account_id[learned],
        NUMBER: identities.number[learned],
    }
    tables.write(LEADS, columns)


def _write_stages(record: Record, identities: Identities, tables: RecordTables) -> None:
    columns = stage_change.c
    # A model that learned from what rules decided by its scores would learn from itself.
    decided = columns.role != "rule"
    statement = select(columns.lead, columns.stage, columns.at).where(decided)
    rows = record.connection.execute(statement.execution_options(yield_per=_AT_ONCE))
    for some in rows.partitions():
        named = [row for row in some if trimmed(row[1])]
        numbers = np.array([row[0] for row in named], dtype=np.int64)
        who = identities.stand_ins(numbers)
        kept = [(key, row[1], row[2]) for key, row, learned in zip(
            identities.lead_id[who], named, identities.learned[who], strict=True
        ) if learned]  # fmt: skip
        lead_ids, stages, moments = zip(*kept, strict=True) if kept else ((), (), ())
        tables.write(STAGES, {"lead_id": lead_ids, "stage": stages, "at": moments})
