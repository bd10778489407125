"""Out-of-time predictions: what is learned at an anchor, held against the rows of its window."""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from training.learning.baseline import Baseline, age_column
from training.learning.boosting import booster_settings, staged_margins
from training.learning.ground import Ground, ground, sample
from training.learning.learners import Candidate
from training.learning.logistic import Design, lay_out
from training.rows.dataset import Dataset
from training.rows.grid import LabelledRows

_MOST_ROWS = 12_000
_GROUNDS = 16


@dataclass(frozen=True, slots=True)
class Window:
    """The rows after an anchor whose outcome is known by a cut-off.

    Attributes:
        anchor: When the predictions were made.
        known: bool [rows of the anchor's whole window], which of them are known by the cut-off.
        rows: Those rows.
    """

    anchor: int
    known: NDArray[np.bool_]
    rows: LabelledRows


class Forward:
    """Learns at anchors and predicts their windows; each is done once, whoever asks.

    Where an anchor has more than 12,000 rows to learn from, or in its window, it takes a sample of
    the leads.
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
        self._linear: dict[tuple[int, bool, bool, float, float], NDArray[np.float64]] = {}
        self._trees: dict[tuple[int, bool, bool, float, int], dict[int, NDArray[np.float64]]] = {}
        self._ground = lru_cache(maxsize=_GROUNDS)(self._find_ground)
        self._encoded = lru_cache(maxsize=_GROUNDS)(self._find_window)
        self._design = lru_cache(maxsize=1)(self._find_design)
        self._inside = cache(self._find_inside)
        self._too_little: set[int] = set()

    def windows(self, cutoff: int, most: int) -> list[Window]:
        """Return the newest windows whose outcomes are known by a cut-off, newest first."""
        schedule, rows = self._dataset.schedule, self._dataset.learning.rows
        mature = schedule.mature(rows, cutoff)
        found: list[Window] = []
        for anchor in schedule.anchors:
            inside = self._inside(anchor)
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
        key = (
            anchor,
            candidate.season,
            candidate.by_age,
            candidate.half_life,
            candidate.logistic_c,
        )
        if key not in self._linear:
            known = self._known(anchor, season=candidate.season)
            examples = known.examples(candidate.half_life, by_age=candidate.by_age)
            design = self._design(anchor, examples.baseline, season=candidate.season)
            linear = design.fit(examples, candidate.logistic_c)
            self._linear[key] = linear.margins(self._encoded(anchor, season=candidate.season))
        return self._linear[key]

    def _tree_margins(self, anchor: int, candidate: Candidate) -> dict[int, NDArray[np.float64]]:
        key = (anchor, candidate.season, candidate.by_age, candidate.half_life, candidate.leaves)
        if key not in self._trees:
            known = self._known(anchor, season=candidate.season)
            matrix = self._encoded(anchor, season=candidate.season)
            settings = booster_settings(candidate.leaves, self._learning_rate, self._seed)
            examples = known.examples(candidate.half_life, by_age=candidate.by_age)
            staged = staged_margins(known.feature_set, examples, settings, self._rounds, matrix)
            self._trees[key] = dict(staged)
        return self._trees[key]

    def knows_season(self, window: Window) -> bool:
        """Tell whether the time of year could be learned at the anchor of a window."""
        return self._known(window.anchor, season=True).feature_set.knows_season

    def knows_age(self, window: Window) -> bool:
        """Tell whether the features of a window tell the age of a lead."""
        return age_column(self._known(window.anchor, season=True).feature_set) is not None

    def _can_learn(self, anchor: int) -> bool:
        return anchor not in self._too_little and self._ground(anchor, season=True) is not None

    def _known(self, anchor: int, *, season: bool) -> Ground:
        found = self._ground(anchor, season=season)
        if found is None:
            raise ValueError(f"nothing can be learned at anchor {anchor}")
        return found

    def _find_ground(self, anchor: int, *, season: bool) -> Ground | None:
        """Return what can be learned from at an anchor, with the time of year or without."""
        if not season:
            return self._known(anchor, season=True).without_season()
        found = ground(self._dataset, anchor, _MOST_ROWS)
        if found is None:
            self._too_little.add(anchor)
        return found

    def _find_window(self, anchor: int, *, season: bool) -> NDArray[np.float64]:
        """Return the window of an anchor as it is encoded then."""
        scene = self._dataset.learning
        return self._known(anchor, season=season).encode(scene.table.take(self._inside(anchor)))

    def _find_design(self, anchor: int, baseline: Baseline | None, *, season: bool) -> Design:
        """Return the rows of an anchor as the logistic regression takes them."""
        known = self._known(anchor, season=season)
        return lay_out(known.feature_set, known.encoder, known.matrix, baseline)

    def _find_inside(self, anchor: int) -> NDArray[np.bool_]:
        """Return which rows to learn from are those of the window of an anchor."""
        rows = self._dataset.learning.rows
        return sample(self._dataset, self._dataset.schedule.window(rows, anchor), _MOST_ROWS)


def log_losses(log_odds: NDArray[np.float64], label: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -log of the probability given to what happened, float64 [rows]."""
    losses: NDArray[np.float64] = np.logaddexp(0.0, log_odds) - label * log_odds
    return losses
