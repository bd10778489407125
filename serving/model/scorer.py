"""The one model object: training evaluates through it, the service answers with it.

The raw margin is a weighted mean of the booster's and the logistic's, and its calibration is
affine, so the log-odds are exactly a base plus one contribution per feature.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.declaration.encoder import Encoder
from features.declaration.table import FeatureTable
from serving.model.explain.explanation import TreeExplanation
from serving.model.linear import LinearExplanation
from serving.model.manifest import Calibration, Manifest, Mixture

LARGEST_LOG_ODDS = 20.0
"""Beyond this a probability is not told apart from 0 or 1 within the accuracy of an answer."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Log-odds and what they are made of.

    Attributes:
        base_log_odds: Of a lead about which nothing is special.
        log_odds: float64 [rows], base plus the sum of the row's contributions.
        contributions: float64 [rows, features].
    """

    base_log_odds: float
    log_odds: NDArray[np.float64]
    contributions: NDArray[np.float64]


def explained(base: float, contributions: NDArray[np.float64]) -> Explained:
    """Add up contributions; finite log-odds beyond `LARGEST_LOG_ODDS` scale theirs down to it."""
    total = contributions.sum(axis=1)
    log_odds = base + total
    if abs(base) <= LARGEST_LOG_ODDS and (np.abs(log_odds) <= LARGEST_LOG_ODDS).all():
        return Explained(base, log_odds, contributions)
    # What is no number stays none, for the rules to answer instead.
    finite = np.isfinite(log_odds)
    capped = np.where(finite, log_odds.clip(-LARGEST_LOG_ODDS, LARGEST_LOG_ODDS), log_odds)
    shown = float(np.clip(base, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)) if np.isfinite(base) else base
    scaled = finite & ((capped != log_odds) | (shown != base)) & (total != 0.0)
    if scaled.any():
        scale = np.ones_like(total)
        scale[scaled] = (capped[scaled] - shown) / total[scaled]
        contributions = contributions * scale[:, None]
    return Explained(shown, capped, contributions)


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
        contributions = self.mixture.linear * self.linear.contributions(matrix)
        if self.trees is not None:
            tree_base, tree_contributions = self.trees.contributions(matrix)
            base += self.mixture.trees * tree_base
            contributions += self.mixture.trees * tree_contributions
        slope = calibration.slope
        return explained(slope * base + calibration.offset, slope * contributions)


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
