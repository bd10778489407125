"""Out-of-time predictions: what is learned at an anchor, held against the rows of its window."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from training.boosting import booster_settings, staged_margins
from training.dataset import Dataset
from training.grid import LabelledRows
from training.ground import Ground, ground
from training.learners import Candidate
from training.logistic import fit_linear

_MOST_ROWS = 12_000
_GROUNDS = 4


@dataclass(frozen=True, slots=True)
class Window:
    """The rows after an anchor whose outcome is known by a cut-off.

    Attributes:
        anchor: When the predictions were made.
        known: bool [rows of the anchor's whole window], which of them are known.
        rows: Those rows.
    """

    anchor: int
    known: NDArray[np.bool_]
    rows: LabelledRows


class Forward:
    """Learns at anchors and predicts their windows; each is done once, whoever asks.

    On more than 12,000 rows an anchor learns from a sample of the leads.
    """

    def __init__(
        self, dataset: Dataset, rounds: tuple[int, ...], learning_rate: float, seed: int
    ) -> None:
        """Learn nothing yet.

        Args:
            dataset: Rows, features and anchors.
            rounds: Ascending numbers of trees that are tried.
            learning_rate: Of boosters.
            seed: Of everything random.
        """
        self._dataset = dataset
        self._rounds = rounds
        self._learning_rate = learning_rate
        self._seed = seed
        self._linear: dict[tuple[int, float, float], NDArray[np.float64]] = {}
        self._trees: dict[tuple[int, float, int], dict[int, NDArray[np.float64]]] = {}
        self._ground = lru_cache(maxsize=_GROUNDS)(self._make_ground)
        self._too_little: set[int] = set()

    def windows(self, cutoff: int, most: int) -> list[Window]:
        """Return the newest windows whose outcomes are known by a cut-off, newest first."""
        schedule, rows = self._dataset.schedule, self._dataset.learning.rows
        mature = schedule.mature(rows, cutoff)
        found: list[Window] = []
        for anchor in schedule.anchors:
            inside = schedule.window(rows, anchor)
            known = mature & inside
            if len(found) < most and anchor < cutoff and known.any() and self._can_learn(anchor):
                found.append(Window(anchor, known[inside], rows.take(known)))
        return found

    def margins(self, window: Window, candidate: Candidate) -> NDArray[np.float64]:
        """Return the margins that a candidate gave, float64 [rows of the window]."""
        margins = self._linear_margins(window.anchor, candidate)[window.known]
        if candidate.tree_weight == 0:
            return margins
        trees = self._tree_margins(window.anchor, candidate)[candidate.rounds][window.known]
        mixed: NDArray[np.float64] = (
            1 - candidate.tree_weight
        ) * margins + candidate.tree_weight * trees
        return mixed

    def _linear_margins(self, anchor: int, candidate: Candidate) -> NDArray[np.float64]:
        key = (anchor, candidate.half_life, candidate.logistic_c)
        if key not in self._linear:
            known, matrix = self._found(anchor)
            examples = known.examples(candidate.half_life)
            linear = fit_linear(known.feature_set, known.encoder, examples, candidate.logistic_c)
            self._linear[key] = linear.margins(matrix)
        return self._linear[key]

    def _tree_margins(self, anchor: int, candidate: Candidate) -> dict[int, NDArray[np.float64]]:
        key = (anchor, candidate.half_life, candidate.leaves)
        if key not in self._trees:
            known, matrix = self._found(anchor)
            settings = booster_settings(candidate.leaves, self._learning_rate, self._seed)
            examples = known.examples(candidate.half_life)
            staged = staged_margins(known.feature_set, examples, settings, self._rounds, matrix)
            self._trees[key] = dict(staged)
        return self._trees[key]

    def _can_learn(self, anchor: int) -> bool:
        return anchor not in self._too_little and self._ground(anchor) is not None

    def _found(self, anchor: int) -> tuple[Ground, NDArray[np.float64]]:
        found = self._ground(anchor)
        if found is None:
            raise ValueError(f"nothing can be learned at anchor {anchor}")
        return found

    def _make_ground(self, anchor: int) -> tuple[Ground, NDArray[np.float64]] | None:
        """Return what can be learned from at an anchor, and its window as it is encoded then."""
        scene = self._dataset.learning
        known = ground(self._dataset, anchor, _MOST_ROWS)
        if known is None:
            self._too_little.add(anchor)
            return None
        inside = self._dataset.schedule.window(scene.rows, anchor)
        return known, known.encode(scene.table.take(inside))


def log_losses(log_odds: NDArray[np.float64], label: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -log of the probability given to what happened, float64 [rows]."""
    losses: NDArray[np.float64] = np.logaddexp(0.0, log_odds) - label * log_odds
    return losses
