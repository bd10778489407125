"""The stage changes of a history."""

import duckdb
import numpy as np
from numpy.typing import NDArray

from features.relation import Relation
from features.sources import StageSource
from features.sql import literal

StageChanges = tuple[NDArray[np.int64], NDArray[np.object_], NDArray[np.int64]]
"""Lead codes, stages and moments in microseconds, sorted by lead and moment."""


def create_stages(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table that `read_stages` fills."""
    connection.execute("CREATE TABLE stages (lead BIGINT, stage VARCHAR, moment BIGINT)")


def read_stages(
    connection: duckdb.DuckDBPyConnection, relation: Relation, source: StageSource
) -> int:
    """Read one source and return how many of its changes belong to no lead.

    Raises:
        HistoryError: A value cannot be read.
    """
    columns = source.columns
    stage = literal(source.constants.stage or "")
    if columns.stage:
        stage = relation.text(columns.stage, required=True)
    relation.run(f"""
        CREATE TABLE reached AS
        SELECT {relation.text(columns.lead_id, required=True)} AS key, {stage} AS stage,
               {relation.time(columns.at, required=False)} AS moment
        FROM {relation.sql}
    """)
    connection.execute("""
        INSERT INTO stages
        SELECT l.lead, r.stage, r.moment FROM reached r JOIN leads l ON r.key = l.lead_id
        WHERE r.moment IS NOT NULL
    """)
    unknown = connection.execute("""
        SELECT count(*) FROM reached
        WHERE moment IS NOT NULL AND key NOT IN (SELECT lead_id FROM leads)
    """).fetchone()
    connection.execute("DROP TABLE reached")
    return int(unknown[0]) if unknown else 0


def fetch_stages(connection: duckdb.DuckDBPyConnection) -> StageChanges:
    """Return all stage changes."""
    table = connection.sql(
        "SELECT lead, stage, moment FROM stages ORDER BY lead, moment, stage"
    ).to_arrow_table()
    encoded = table["stage"].combine_chunks().dictionary_encode()
    # One object per stage, not one per change.
    names: NDArray[np.object_] = np.array(encoded.dictionary.to_pylist(), dtype=object)
    return table["lead"].to_numpy(), names[encoded.indices.to_numpy()], table["moment"].to_numpy()
