"""The stage changes of a history."""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from features.history.relation import Relation
from features.history.sources import StageSource
from features.history.sql import literal

StageChanges = tuple[NDArray[np.int64], NDArray[np.object_], NDArray[np.int64]]
"""Lead codes, stages and moments in microseconds, sorted by lead and moment."""


@dataclass(frozen=True, slots=True)
class StageCounts:
    """What became of the stage changes of all sources."""

    of_unknown_leads: int
    in_future: int


def create_staged_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table that `stage_changes` fills."""
    connection.execute("CREATE TABLE reached (key VARCHAR, stage VARCHAR, moment BIGINT)")


def stage_changes(relation: Relation, source: StageSource) -> None:
    """Read the changes of one source; a row without a moment is none.

    Raises:
        HistoryError: A value cannot be read.
    """
    columns = source.columns
    stage = literal(source.constants.stage or "")
    if columns.stage:
        stage = relation.text(columns.stage, required=True)
    relation.run(f"""
        INSERT INTO reached
        SELECT * FROM (
            SELECT {relation.key(columns.lead_id, required=True)} AS key, {stage} AS stage,
                   {relation.time(columns.at, required=False)} AS moment
            FROM {relation.sql}
        ) WHERE moment IS NOT NULL
    """)


def create_stages(connection: duckdb.DuckDBPyConnection, *, now: int) -> StageCounts:
    """Turn what was read into the table `stages`.

    Args:
        connection: The history's database.
        now: Microseconds; a change dated later is planned, and has not happened.
    """
    connection.execute(f"""
        CREATE TABLE stages AS
        SELECT l.lead, r.stage, r.moment FROM reached r JOIN leads l ON r.key = l.lead_id
        WHERE r.moment <= {now}
    """)
    [(of_unknown_leads, in_future)] = connection.execute(f"""
        SELECT count(*) FILTER (l.lead IS NULL), count(*) FILTER (r.moment > {now} AND l.lead >= 0)
        FROM reached r LEFT JOIN leads l ON r.key = l.lead_id
    """).fetchall()
    connection.execute("DROP TABLE reached")
    return StageCounts(int(of_unknown_leads), int(in_future))


def fetch_stages(connection: duckdb.DuckDBPyConnection) -> StageChanges:
    """Return all stage changes."""
    table = connection.sql(
        "SELECT lead, stage, moment FROM stages ORDER BY lead, moment, stage"
    ).to_arrow_table()
    encoded = table["stage"].combine_chunks().dictionary_encode()
    # One object per stage, not one per change.
    names: NDArray[np.object_] = np.array(encoded.dictionary.to_pylist(), dtype=object)
    return table["lead"].to_numpy(), names[encoded.indices.to_numpy()], table["moment"].to_numpy()
