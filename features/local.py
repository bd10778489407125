"""Features of many leads at many moments, from a history, partition by partition."""

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from features.declaration.feature_set import FeatureSet, Level
from features.declaration.table import FeatureTable
from features.history.part import HistoryPart
from features.history.partition import Events
from features.kernel import kernel
from features.kernel.derived import fill_derived
from features.kernel.order import CanonicalOrder
from features.kernel.plan import Rows, lay_out

_EVENTS = 1_000_000
_ROWS = 200_000

# Numba's parallel functions must not be called from several threads at once.
_ALL_CORES = threading.Lock()


class LocalFeatures:
    """Computes feature tables from a history; memory is bounded by partitions of leads or accounts.

    Accounts are never divided if any feature looks at a whole account; else leads are not.
    """

    def __init__(
        self,
        feature_set: FeatureSet,
        history: HistoryPart,
        *,
        partition_events: int = _EVENTS,
        partition_rows: int = _ROWS,
    ) -> None:
        """Lay out the kernel's plans once.

        Args:
            feature_set: What to compute.
            history: Where from.
            partition_events: About how many events are held at a time.
            partition_rows: About how many rows are computed at a time.
        """
        self.feature_set = feature_set
        self._history = history
        self._leads = history.leads()
        self._events = Events(history, feature_set)
        self._partition_events = partition_events
        self._partition_rows = partition_rows
        self._order = CanonicalOrder()
        self._undivided: Level = "account" if "account" in feature_set.levels else "lead"
        self._plans = {level: lay_out(feature_set, level) for level in feature_set.levels}

    def partitions(
        self, lead: NDArray[np.int64], as_of: NDArray[np.int64]
    ) -> Iterator[tuple[slice, FeatureTable]]:
        """Yield consecutive slices of the rows with their features.

        Args:
            lead: int64 [rows], lead codes, ascending.
            as_of: int64 [rows], microseconds since 1970.

        Raises:
            ValueError: The rows are not sorted by lead, or an `as_of` lies before its lead's
                creation.
        """
        for rows in self._slices(lead, as_of):
            numbers = np.empty((rows.stop - rows.start, len(self.feature_set.features)))
            texts = self._fill(lead[rows], as_of[rows], numbers)
            yield rows, FeatureTable(self.feature_set, numbers, texts)

    def table(
        self,
        lead: NDArray[np.int64],
        as_of: NDArray[np.int64],
        on_rows: Callable[[int], None] = lambda rows: None,
    ) -> FeatureTable:
        """Return the features of all rows.

        Args:
            lead: int64 [rows], lead codes, ascending.
            as_of: int64 [rows], microseconds since 1970.
            on_rows: Called with the number of rows each time some are done.

        Raises:
            ValueError: As `partitions`.
        """
        numbers = np.empty((len(lead), len(self.feature_set.features)))
        texts = {f: np.full(len(lead), None, dtype=object) for f in self.feature_set.categories}
        for rows in self._slices(lead, as_of):
            for field, column in self._fill(lead[rows], as_of[rows], numbers[rows]).items():
                texts[field][rows] = column
            on_rows(rows.stop - rows.start)
        return FeatureTable(self.feature_set, numbers, texts)

    def _slices(self, lead: NDArray[np.int64], as_of: NDArray[np.int64]) -> list[slice]:
        if (np.diff(lead) < 0).any():
            raise ValueError("rows must be sorted by lead")
        if (as_of < self._leads.created[lead]).any():
            raise ValueError("a row's as_of lies before its lead was created")
        cuts = np.flatnonzero(np.diff(self._partition(lead))) + 1
        borders = [0, *cuts.tolist(), len(lead)]
        return [slice(start, stop) for start, stop in pairwise(borders) if start < stop]

    def _partition(self, lead: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a number for each row, ascending, equal for rows that are computed at a time."""
        entity = self._entities(lead)[self._undivided]
        rows = np.bincount(entity)
        events = self._events.counts(self._undivided)[: len(rows)]
        cost = np.cumsum(events / self._partition_events + rows / self._partition_rows)
        return np.floor(cost)[entity]

    def _fill(
        self, lead: NDArray[np.int64], as_of: NDArray[np.int64], numbers: NDArray[np.float64]
    ) -> dict[str, NDArray[np.object_]]:
        """Write the features of some rows into `numbers` and return their texts."""
        # For an array with gaps, or that may not be written, all would be compiled anew.
        as_of = np.require(as_of, requirements=["C", "W"])
        profile = self._history.profile
        for field, column in self.feature_set.numbers.items():
            numbers[:, column] = profile.numbers(field, lead, as_of)
        numbers[:, list(self.feature_set.categories.values())] = np.nan
        texts = {f: profile.texts(f, lead, as_of) for f in self.feature_set.categories}
        table = FeatureTable(self.feature_set, numbers, texts)
        # Where leads were first seen says nothing of how old they are.
        created = self._leads.created if self._leads.dated else np.zeros_like(self._leads.created)
        fill_derived(table, created[lead], as_of)
        if self._plans:
            self._behaviour(lead, as_of, numbers)
        return texts

    def _entities(self, lead: NDArray[np.int64]) -> dict[Level, NDArray[np.int64]]:
        return {"lead": lead, "account": self._leads.account[lead]}

    def _behaviour(
        self, lead: NDArray[np.int64], as_of: NDArray[np.int64], out: NDArray[np.float64]
    ) -> None:
        entities = self._entities(lead)
        batches = self._events.of(self._undivided, _range(entities[self._undivided]))
        for level, plan in self._plans.items():
            codes = _range(entities[level])
            entity = entities[level] - codes.start
            with _ALL_CORES:
                events, start = self._order.arrange(
                    [(batch.entity[level], batch.events) for batch in batches],
                    codes,
                    self._events.counts(level)[codes.start : codes.stop],
                )
                rows = Rows(start=start[entity], stop=start[entity + 1], as_of=as_of)
                kernel.compute_parallel(plan, events, rows, out)


def _range(ascending: NDArray[np.int64]) -> range:
    return range(int(ascending[0]), int(ascending[-1]) + 1)
