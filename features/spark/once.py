"""Each event once, bucket by bucket, by the rule that holds locally."""

from collections.abc import Callable

import pyarrow as pa
from pyspark.sql import DataFrame

from features.history.event_table import create_events
from features.history.staging import COLUMNS, Staging
from features.spark.scratch import task_database

EVENTS = tuple(COLUMNS)

_TYPES = {"VARCHAR": "STRING"}
SCHEMA = ", ".join(f"{name} {_TYPES.get(kind, kind)}" for name, kind in COLUMNS.items())
SCHEMA += ", bucket INTEGER"


def each_once(known: DataFrame, now: int) -> DataFrame:
    """Return the events of known leads, each once, with their buckets.

    Args:
        known: `EVENTS`, bucket and id.
        now: Microseconds; nothing is dated later.
    """
    return known.groupBy("bucket").applyInArrow(_once(now), SCHEMA)


def _once(now: int) -> Callable[[tuple[pa.Scalar, ...], pa.Table], pa.Table]:
    def of_bucket(key: tuple[pa.Scalar, ...], events: pa.Table) -> pa.Table:
        with task_database() as connection:
            staging = Staging(connection, with_ids=True, most_held=0)
            connection.register("incoming", events)
            columns = ", ".join([*EVENTS, "id"])
            connection.execute(
                f"INSERT INTO {staging.table()} BY NAME SELECT {columns} FROM incoming"
            )
            create_events(connection, staging, now=now, with_ids=True, clustered_from=0)
            bucket = f"{key[0].as_py()}::INTEGER AS bucket"
            return connection.sql(
                f"SELECT {', '.join(EVENTS)}, {bucket} FROM events"
            ).to_arrow_table()

    return of_bucket
