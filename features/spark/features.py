"""Features of many leads at many moments, whose events lie in Spark."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.declaration.feature_set import Behaviour, FeatureSet
from features.history.part import HistoryPart
from features.local import LocalFeatures
from features.spark.error import told
from features.spark.history import SparkHistory
from features.spark.portion import Portion, Rows, Work, work_on

_ROWS = 250_000
"""About how many rows one job computes; its result is held twice for a moment."""

_RESULT = pa.schema({"first": pa.int64(), "numbers": pa.binary()})
_RESULT_ROWS = 10_000


class SparkFeatures(LocalFeatures):
    """Computes feature tables as `LocalFeatures`; tasks run its kernel next to the events.

    Profiles, ages and seasons are filled in here, where they are.
    """

    def __init__(self, feature_set: FeatureSet, history: SparkHistory) -> None:
        """Lay out what tasks compute.

        Args:
            feature_set: What to compute.
            history: Where from.
        """
        super().__init__(feature_set, history)
        self._in_spark = history
        behaviours = [f for f in feature_set.features if isinstance(f, Behaviour)]
        self._columns = [feature_set.columns[feature.name] for feature in behaviours]
        self._work = _computing(FeatureSet(features=tuple(behaviours)))

    def _partition(self, lead: NDArray[np.int64]) -> NDArray[np.float64]:
        bucket = self._in_spark.buckets.of_lead[lead]
        return np.floor(np.cumsum(np.bincount(bucket)) / _ROWS)[bucket]

    def _behaviour(
        self, lead: NDArray[np.int64], as_of: NDArray[np.int64], out: NDArray[np.float64]
    ) -> None:
        with told():
            done = work_on(self._in_spark, Rows(lead, as_of), self._work, _RESULT).toArrow()
        for first, blob in zip(done["first"].to_pylist(), done["numbers"].to_pylist(), strict=True):
            numbers = np.frombuffer(blob).reshape(-1, len(self._columns))
            out[first : first + len(numbers), self._columns] = numbers


def _computing(feature_set: FeatureSet) -> Work:
    def compute(portion: Portion, part: HistoryPart) -> Iterator[pa.RecordBatch]:
        numbers = LocalFeatures(feature_set, part).table(portion.lead, portion.as_of).numbers
        for start in range(0, len(numbers), _RESULT_ROWS):
            blob = np.ascontiguousarray(numbers[start : start + _RESULT_ROWS]).tobytes()
            yield pa.record_batch([[portion.first_row + start], [blob]], schema=_RESULT)

    return compute
