"""Figures of a scorer, each with a bootstrap 95 % interval over independent groups of rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from serving.model.manifest import Metric

METRICS = ("roc_auc", "pr_auc", "lift_10", "lift_20", "brier", "ece", "expected_observed")
"""Names in the order of every table."""

_BINS = 10
_RESAMPLES = 300
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the rows that are scored.

    Attributes:
        label: float64 [rows], 0 or 1.
        group: int64 [rows]; whole groups are drawn, because their rows are not independent.
    """

    label: NDArray[np.float64]
    group: NDArray[np.int64]

    def take(self, rows: NDArray[np.bool_]) -> "Outcomes":
        """Return some of the rows."""
        return Outcomes(self.label[rows], self.group[rows])


def evaluate(probability: NDArray[np.float64], outcomes: Outcomes, seed: int) -> dict[str, Metric]:
    """Return every metric of `METRICS` with its interval.

    Args:
        probability: float64 [rows].
        outcomes: Of the same rows.
        seed: Of the bootstrap.
    """
    ranking = Ranking(probability, outcomes.label)
    groups, position = np.unique(outcomes.group, return_inverse=True)
    random = np.random.default_rng(seed)
    draws = []
    for _ in range(_RESAMPLES):
        times = random.multinomial(len(groups), np.full(len(groups), 1 / len(groups)))
        draws.append(ranking.figures(times[position].astype(np.float64)))
    figures = ranking.figures(np.ones(len(outcomes.label)))
    return {name: _metric(figures[name], [draw[name] for draw in draws]) for name in METRICS}


def _metric(value: float, draws: list[float]) -> Metric:
    defined = [draw for draw in draws if np.isfinite(draw)]
    if not np.isfinite(value) or not defined:
        return Metric(value=None, low=None, high=None)
    low, high = np.quantile(defined, [0.025, 0.975])
    return Metric(value=value, low=float(low), high=float(high))


class Ranking:
    """Rows ordered by probability once, so that each resample is a few passes over them."""

    def __init__(self, probability: NDArray[np.float64], label: NDArray[np.float64]) -> None:
        """Order rows from the highest probability down and note where it changes."""
        self._order = np.argsort(-probability, kind="stable")
        self._probability = probability[self._order]
        self._label = label[self._order]
        self._tie_starts = np.flatnonzero(np.diff(self._probability, prepend=np.inf))
        # Rows of one probability are in one bin, or their order would decide.
        bins = self._tie_starts * _BINS // len(label)
        self._bin_starts = self._tie_starts[np.flatnonzero(np.diff(bins, prepend=-1))]

    def figures(self, weight: NDArray[np.float64]) -> dict[str, float]:
        """Return every metric by name; NaN where one outcome has no weight."""
        weight = weight[self._order]
        positive = np.add.reduceat(weight * self._label, self._tie_starts)
        every = np.add.reduceat(weight, self._tie_starts)
        total, positives = float(every.sum()), float(positive.sum())
        if not _ROUNDING < positives < total - _ROUNDING:
            return dict.fromkeys(METRICS, np.nan)
        return {
            "roc_auc": _roc_auc(positive, every - positive),
            "pr_auc": _pr_auc(positive, every),
            "lift_10": _lift(positive, every, 0.1),
            "lift_20": _lift(positive, every, 0.2),
            "brier": float(weight @ (self._probability - self._label) ** 2) / total,
            "ece": self._calibration_error(weight) / total,
            "expected_observed": float(weight @ self._probability) / positives,
        }

    def _calibration_error(self, weight: NDArray[np.float64]) -> float:
        """Return the weighted distance of expected and observed over about ten equal bins."""
        gap = np.add.reduceat(weight * (self._probability - self._label), self._bin_starts)
        return float(np.abs(gap).sum())


def calibration_slope(probability: NDArray[np.float64], label: NDArray[np.float64]) -> float | None:
    """Return the slope of a logistic regression of the outcome on the log-odds (Cox 1958).

    It is 1 where differences are as large as they are said to be, and less where they are said to
    be larger; None where it has no finite value.
    """
    clipped = np.clip(probability, 1e-12, 1 - 1e-12)
    log_odds = np.log(clipped) - np.log1p(-clipped)
    if not 0 < label.mean() < 1 or np.ptp(log_odds) < _ROUNDING:
        return None
    fitted = LogisticRegression(C=np.inf).fit(log_odds[:, None], label)
    return float(fitted.coef_[0, 0])


def _roc_auc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the chance that a positive ranks above a negative, ties half (Mann-Whitney)."""
    negatives_below = negative.sum() - np.cumsum(negative)
    return float(positive @ (negatives_below + negative / 2) / positive.sum() / negative.sum())


def _pr_auc(positive: NDArray[np.float64], every: NDArray[np.float64]) -> float:
    """Return average precision: precision at each threshold, weighted by the recall it adds."""
    seen = np.cumsum(every)
    precision = np.divide(np.cumsum(positive), seen, out=np.zeros_like(seen), where=seen > 0)
    return float(positive @ precision / positive.sum())


def _lift(positive: NDArray[np.float64], every: NDArray[np.float64], share: float) -> float:
    """Return how many times the base rate the top share holds; ties are taken in proportion."""
    budget = share * every.sum()
    before = np.cumsum(every) - every
    taken = np.clip(budget - before, 0.0, every)
    part = np.divide(taken, every, out=np.zeros_like(every), where=every > 0)
    return float((positive @ part / budget) / (positive.sum() / every.sum()))
