"""The one model object: training evaluates through it, the service answers with it.

The raw margin is a weighted mean of the booster's and the logistic's, and its calibration is
affine, so the log-odds are exactly a base plus one contribution per feature.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.declaration.encoder import Encoder
from features.declaration.table import FeatureTable
from features.kernel.compiled import compiled, laid_out
from serving.model.explain.explanation import TreeExplanation
from serving.model.linear import LinearExplanation
from serving.model.manifest import Calibration, Manifest, Mixture

LARGEST_LOG_ODDS = 20.0
"""Beyond this a probability is not told apart from 0 or 1 within the accuracy of an answer."""


class Explained(NamedTuple):
    """Log-odds and what they are made of.

    Attributes:
        base_log_odds: Of a lead about which nothing is special.
        log_odds: float64 [rows], base plus the sum of the row's contributions; no number where any
            of them is none.
        contributions: float64 [rows, features].
    """

    base_log_odds: float
    log_odds: NDArray[np.float64]
    contributions: NDArray[np.float64]


def explained(base: float, contributions: NDArray[np.float64]) -> Explained:
    """Add up contributions; finite log-odds beyond `LARGEST_LOG_ODDS` scale theirs down to it.

    Args:
        base: Log-odds without any of them.
        contributions: float64 [rows, features]; scaled where they lie.
    """
    parts = laid_out(contributions)
    shown = min(max(base, -LARGEST_LOG_ODDS), LARGEST_LOG_ODDS) if math.isfinite(base) else base
    log_odds = np.empty(len(parts))
    _add_up(base, shown, parts, log_odds)
    return Explained(shown, log_odds, parts)


@compiled(nogil=True)
def _add_up(
    base: float, shown: float, parts: NDArray[np.float64], log_odds: NDArray[np.float64]
) -> None:
    for r in range(len(parts)):
        total = 0.0
        for f in range(parts.shape[1]):
            total += parts[r, f]
        log_odds[r] = base + total
        # What is no number stays none, for the rules to answer instead.
        if not np.isfinite(log_odds[r]):
            continue
        capped = min(max(log_odds[r], -LARGEST_LOG_ODDS), LARGEST_LOG_ODDS)
        if total != 0.0 and (capped != log_odds[r] or shown != base):
            scale = (capped - shown) / total
            for f in range(parts.shape[1]):
                parts[r, f] *= scale
        log_odds[r] = capped


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The two learners and the weights of their margins, before calibration.

    Attributes:
        trees: None where there is too little data for trees.
        linear: The logistic regression.
        mixture: Weights.
    """

    trees: TreeExplanation | None
    linear: LinearExplanation
    mixture: Mixture

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the raw margin of an encoded matrix, float64 [rows]."""
        margins = self.mixture.linear * self.linear.margins(matrix)
        if self.trees is not None:
            margins = margins + self.mixture.trees * self.trees.margins(matrix)
        return margins

    def explain(self, matrix: NDArray[np.float64], calibration: Calibration) -> Explained:
        """Return calibrated log-odds and contributions of an encoded matrix."""
        base = self.mixture.linear * self.linear.base
        contributions = self.linear.contributions(matrix)
        contributions *= self.mixture.linear
        if self.trees is not None:
            tree_base, of_trees = self.trees.contributions(matrix)
            base += self.mixture.trees * tree_base
            of_trees *= self.mixture.trees
            contributions += of_trees
        contributions *= calibration.slope
        return explained(calibration.slope * base + calibration.offset, contributions)


class LeadModel:
    """A loaded model; safe to call from several threads."""

    def __init__(self, manifest: Manifest, ensemble: Ensemble, version: str) -> None:
        """Join a manifest and its learners under the name answers will give."""
        self.manifest = manifest
        self.ensemble = ensemble
        self.version = version

    @property
    def encoder(self) -> Encoder:
        """The only gate to the learners."""
        return self.manifest.encoder

    def explain(self, table: FeatureTable) -> Explained:
        """Return the calibrated log-odds of each row and their contributions."""
        return self.ensemble.explain(self.encoder.encode(table), self.manifest.calibration)

    def log_odds(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return the calibrated log-odds alone, float64 [rows]."""
        calibration = self.manifest.calibration
        margins = self.ensemble.margins(self.encoder.encode(table))
        log_odds: NDArray[np.float64] = calibration.slope * margins + calibration.offset
        return np.clip(log_odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)


def probability(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logistic function of log-odds."""
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-log_odds))
    return result
