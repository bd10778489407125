"""The leads of a history: dense codes, accounts, and what is carried along."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import numpy as np
from numpy.typing import NDArray

from features.history.relation import Relation
from features.history.sources import LeadSource
from features.history.sql import identifier


@dataclass(frozen=True, slots=True)
class Leads:
    """All leads; a lead's code is its position here.

    Attributes:
        lead_id: Object array [leads] of str, sorted by account and then by key.
        created: int64 [leads], microseconds since 1970; 0 where nothing tells.
        account: int64 [leads], ascending codes; a lead without account has one of its own.
        person: int64 [leads], codes; a lead without person has one of its own.
        position: int64 [leads], where in its source a lead stands, from 0.
        carried: Object array [leads] of str or None by name.
        dated: Whether `created` are dates of the source, so that they tell how old a lead is.
    """

    lead_id: NDArray[np.object_]
    created: NDArray[np.int64]
    account: NDArray[np.int64]
    person: NDArray[np.int64]
    position: NDArray[np.int64]
    carried: dict[str, NDArray[np.object_]]
    dated: bool

    def __len__(self) -> int:
        """Number of leads."""
        return len(self.lead_id)

    def part(self, some: slice) -> "Leads":
        """Return the leads of consecutive accounts, whose first lead and account have code 0."""
        account = self.account[some]
        return Leads(
            lead_id=self.lead_id[some],
            created=self.created[some],
            account=account - account[:1],
            person=self.person[some],
            position=self.position[some],
            carried={name: values[some] for name, values in self.carried.items()},
            dated=self.dated,
        )


@dataclass(frozen=True, slots=True)
class LeadCounts:
    """What was left out of the leads' source."""

    duplicates: int
    before_1970: int


def create_leads(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    source: LeadSource,
    further: dict[str, str],
) -> LeadCounts:
    """Create the table `leads`.

    Args:
        connection: The history's database.
        relation: The opened source.
        source: Its declaration.
        further: SQL expressions of further columns by name.

    Raises:
        HistoryError: A value cannot be read.
    """
    columns = source.columns
    constant = source.created if isinstance(source.created, int) else 0
    read = {
        "position": "row_number() OVER () - 1",
        "lead_id": "'row-' || (row_number() OVER ())",
        "created": f"{constant}::BIGINT",
        "account_id": "NULL::VARCHAR",
        "person_id": "NULL::VARCHAR",
    }
    if columns.lead_id:
        read["lead_id"] = relation.key(columns.lead_id, required=True)
    if columns.created_at:
        read["created"] = relation.time(columns.created_at)
    if columns.account_id:
        read["account_id"] = relation.key(columns.account_id)
    if columns.person_id:
        read["person_id"] = relation.key(columns.person_id)
    selected = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in (read | further).items())
    relation.run(f"CREATE TABLE lead_rows AS SELECT {selected} FROM {relation.sql}")
    # The first moment of 1970 is what exports write for no date.
    dated = "created > 0" if source.dated else "true"
    # The prefixes keep the account "7" apart from a lead "7" without account.
    person = "lead"
    if columns.person_id:
        person = (
            "dense_rank() OVER (ORDER BY coalesce('person ' || person_id, 'lead ' || lead_id)) - 1"
        )
    connection.execute(f"""
        CREATE TABLE leads AS
        SELECT row_number() OVER (ORDER BY account_key, lead_id) - 1 AS lead,
               dense_rank() OVER (ORDER BY account_key) - 1 AS account,
               {person} AS person, * EXCLUDE (account_key)
        FROM (
            SELECT *, coalesce('account ' || account_id, 'lead ' || lead_id) AS account_key
            FROM lead_rows WHERE {dated}
            QUALIFY row_number() OVER (PARTITION BY lead_id ORDER BY position) = 1
        )
        ORDER BY lead
    """)
    [(read_rows, before_1970, kept)] = connection.execute(f"""
        SELECT count(*), count(*) FILTER (NOT {dated}), (SELECT count(*) FROM leads) FROM lead_rows
    """).fetchall()
    connection.execute("DROP TABLE lead_rows")
    return LeadCounts(read_rows - before_1970 - kept, before_1970)


def fetch_leads(
    connection: duckdb.DuckDBPyConnection, source: LeadSource, carried: Mapping[str, str]
) -> Leads:
    """Return the table `leads`; `carried` maps names to its columns."""
    columns = "".join(f", {identifier(column)}" for column in carried.values())
    table = connection.sql(
        f"SELECT lead_id, created, account, person, position{columns} FROM leads ORDER BY lead"
    ).to_arrow_table()
    return Leads(
        lead_id=table["lead_id"].to_numpy(),
        created=table["created"].to_numpy(),
        account=table["account"].to_numpy(),
        person=table["person"].to_numpy(),
        position=table["position"].to_numpy(),
        carried={name: table[column].to_numpy() for name, column in carried.items()},
        dated=source.dated,
    )


def created_when_seen(
    leads: Leads, seen: NDArray[np.int64], moment: NDArray[np.int64], first: int
) -> tuple[Leads, int]:
    """Return the leads created when first seen, and how many of them never were.

    A lead is seen by a stage change, or as soon as an event of its own counts: any earlier, it
    would be among the leads because of something that nobody could know. One that never was seen is
    there from the first moment of the data on.

    Args:
        leads: All of them.
        seen: int64 [..], codes of leads that were seen, as often as that may be.
        moment: int64 [..], when.
        first: The first moment of the data.
    """
    never = np.iinfo(np.int64).max
    created = np.full(len(leads), never)
    np.minimum.at(created, seen, moment)
    unseen = created == never
    return replace(leads, created=np.where(unseen, first, created)), int(unseen.sum())
