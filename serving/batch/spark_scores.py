"""Scores of many leads of a history whose events lie in Spark, written by its tasks."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema

from features.history.part import HistoryPart
from features.spark.error import told
from features.spark.history import SparkHistory
from features.spark.portion import Portion, Rows, work_on
from serving.batch.answers import Wording
from serving.batch.history_scoring import BasisChoice, HistoryScoring
from serving.batch.schema import SCORES
from serving.batch.score_file import OutputError, writable


def write_in_spark(
    history: SparkHistory,
    parts: Sequence[tuple[BasisChoice, Rows]],
    wording: Wording,
    output: Path,
) -> None:
    """Write the answers about leads into a folder of Parquet files, which appears when whole.

    Args:
        history: Whose leads.
        parts: What the scores rest on, which is sent to each executor once, and of which leads,
            all at one moment.
        wording: How answers are said.
        output: Folder, named ``.parquet``, where every executor can write.

    Raises:
        OutputError: There is something already, the folder above is missing or cannot be written
            to, or executors wrote elsewhere.
        SparkError: Spark cannot go on.
    """
    _check(output)
    unfinished = output.with_name(f".{output.name}.unfinished")
    context = history.session.sparkContext
    with told(), ExitStack() as sent:
        with writable(output):
            unfinished.mkdir(exist_ok=True)
        sent.callback(shutil.rmtree, unfinished, ignore_errors=True)
        scores = [history.session.createDataFrame([], from_arrow_schema(SCORES))]
        for choice, rows in parts:
            shared = context.broadcast((choice, wording))
            sent.callback(shared.destroy)
            scores.append(work_on(history, rows, _scorer(shared), SCORES))
        every = reduce(DataFrame.unionByName, scores)
        # Without the scheme, Spark would write to whichever file system is its default; it takes
        # all other characters as they are.
        every.write.mode("overwrite").parquet(f"file://{unfinished.resolve()}")
        publish(unfinished, output, sum(len(rows.lead) for _, rows in parts))


def publish(unfinished: Path, output: Path, rows: int) -> None:
    """Give a folder of Parquet files its name, if all rows have arrived in it.

    Raises:
        OutputError: Rows are missing, or the system refuses the name.
    """
    with writable(output):
        arrived = sum(pq.read_metadata(file).num_rows for file in unfinished.glob("*.parquet"))
        if arrived != rows:
            raise OutputError(
                f"{output}: of {rows:,} scores, {arrived:,} have arrived, since executors write "
                "elsewhere; name a folder that they and the driver share"
            )
        unfinished.rename(output)


def _scorer(
    shared: "Broadcast[tuple[BasisChoice, Wording]]",
) -> Callable[[Portion, HistoryPart], Iterator[pa.RecordBatch]]:
    def score(portion: Portion, part: HistoryPart) -> Iterator[pa.RecordBatch]:
        scoring = HistoryScoring(part, *shared.value, dated=True)
        yield from scoring.batches(portion.lead, int(portion.as_of[0]))

    return score


def rows_at(lead: NDArray[np.int64], as_of: int) -> Rows:
    """Return leads at one moment, microseconds since 1970."""
    return Rows(lead, np.full(len(lead), as_of))


def _check(output: Path) -> None:
    if output.suffix != ".parquet":
        raise OutputError(
            f"{output}: Spark writes scores into a folder of Parquet files; name one that ends in "
            ".parquet"
        )
    if output.exists():
        raise OutputError(f"{output}: exists already; remove it, or name another folder")
    if not output.parent.is_dir():
        raise OutputError(f"{output}: there is no folder {output.parent}; make it first")
