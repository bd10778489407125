"""What one task works on: the accounts of a bucket, and what is asked of their leads."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema

from features.history.lead_table import Leads
from features.history.part import HistoryPart
from features.history.profile_history import ProfileHistory
from features.spark.history import SparkHistory
from features.spark.once import EVENTS
from features.spark.scratch import task_database


@dataclass(frozen=True, slots=True)
class Portion:
    """Leads of a bucket, and rows of them.

    Attributes:
        first_lead: Code that its first lead has in the whole history.
        first_account: Code that its first account has there.
        leads: All leads of its accounts.
        profile: Theirs.
        first_row: Which of all rows its first one is.
        lead: int64 [rows], codes within the portion, ascending.
        as_of: int64 [rows], microseconds since 1970.
    """

    first_lead: int
    first_account: int
    leads: Leads
    profile: ProfileHistory
    first_row: int
    lead: NDArray[np.int64]
    as_of: NDArray[np.int64]

    @contextmanager
    def opened(self, events: pa.Table) -> Iterator[HistoryPart]:
        """Open what is known of the leads, as a history.

        Args:
            events: Of the bucket.
        """
        # A task has one core.
        numba.set_num_threads(1)
        with task_database() as connection:
            connection.register("of_bucket", events)
            replaced = (
                f"CASE WHEN lead < 0 THEN lead ELSE lead - {self.first_lead} END AS lead, "
                f"account - {self.first_account} AS account"
            )
            others = ", ".join(EVENTS[2:])
            connection.execute(f"CREATE VIEW events AS SELECT {replaced}, {others} FROM of_bucket")
            yield HistoryPart.of(connection, self.profile, self.leads)


Work = Callable[[Portion, HistoryPart], Iterator[pa.RecordBatch]]
"""What a task does with its portion and what is known of it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are asked for.

    Attributes:
        lead: int64 [rows], ascending codes.
        as_of: int64 [rows], microseconds since 1970.
    """

    lead: NDArray[np.int64]
    as_of: NDArray[np.int64]


def work_on(history: SparkHistory, rows: Rows, work: Work, schema: pa.Schema) -> DataFrame:
    """Let tasks work on rows, each with all events of their accounts.

    Args:
        history: Whose leads.
        rows: At least one.
        work: What is done; it travels to the tasks.
        schema: Of the batches it yields.
    """
    portions = dict(_portions(history, rows))
    blobs = [pa.array([pickle.dumps(portion)], pa.binary()) for portion in portions.values()]
    asked = history.session.createDataFrame(
        pa.table({"bucket": pa.array(portions, pa.int32()), "portion": pa.chunked_array(blobs)})
    )
    events = history.session.table("events")
    concerned = events.where(f"bucket BETWEEN {min(portions)} AND {max(portions)}")
    return (
        asked.groupBy("bucket")
        .cogroup(concerned.groupBy("bucket"))
        .applyInArrow(_of_bucket(work, schema), from_arrow_schema(schema))
    )


def _portions(history: SparkHistory, rows: Rows) -> Iterator[tuple[int, Portion]]:
    leads, buckets = history.leads(), history.buckets
    found, first_rows = np.unique(buckets.of_lead[rows.lead], return_index=True)
    borders = [*first_rows.tolist(), len(rows.lead)]
    for bucket, (start, stop) in zip(found.tolist(), pairwise(borders), strict=True):
        some = buckets.leads(bucket)
        yield (
            bucket,
            Portion(
                first_lead=some.start,
                first_account=int(leads.account[some.start]),
                leads=leads.part(some),
                profile=history.profile.part(some),
                first_row=start,
                lead=rows.lead[start:stop] - some.start,
                as_of=rows.as_of[start:stop],
            ),
        )


def _of_bucket(work: Work, schema: pa.Schema) -> Callable[[pa.Table, pa.Table], pa.Table]:
    def of_bucket(asked: pa.Table, events: pa.Table) -> pa.Table:
        done: list[pa.RecordBatch] = []
        for blob in asked["portion"].to_pylist():
            portion: Portion = pickle.loads(blob)
            with portion.opened(events) as part:
                done += work(portion, part)
        return pa.Table.from_batches(done, schema)

    return of_bucket
