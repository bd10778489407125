"""How close promised probabilities come to the true ones; no chance of outcomes is in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Figures:
    """Promised against true probabilities of the same questions.

    Attributes:
        questions: How many.
        promised: Sum of the promised probabilities.
        true: Sum of the true ones.
        error: Mean absolute error of the probabilities.
        correlation: Of promised and true ones; None where either is the same for all.
        auc: Expected under the truth, of ranking by what is promised.
        best_auc: The same, of ranking by the truth.
        log_loss: Expected under the truth.
        constant: One probability for all, known without a model: the past rate.
        constant_log_loss: What promising it to all would cost.
    """

    questions: int
    promised: float
    true: float
    error: float
    correlation: float | None
    auc: float
    best_auc: float
    log_loss: float
    constant: float
    constant_log_loss: float

    @property
    def ratio(self) -> float:
        """Promised over true: 1 is the truth."""
        return self.promised / self.true

    @property
    def constant_ratio(self) -> float:
        """What the past rate would promise over what is true."""
        return self.constant * self.questions / self.true


def compare(promised: NDArray[np.float64], true: NDArray[np.float64], constant: float) -> Figures:
    """Hold promised probabilities against the true ones.

    Args:
        promised: float64 [rows], between 0 and 1.
        true: float64 [rows], between 0 and 1.
        constant: The past rate.
    """
    varies = np.ptp(promised) > 0 and np.ptp(true) > 1e-12
    return Figures(
        questions=len(true),
        promised=float(promised.sum()),
        true=float(true.sum()),
        error=float(np.abs(promised - true).mean()),
        correlation=float(np.corrcoef(promised, true)[0, 1]) if varies else None,
        auc=expected_auc(promised, true),
        best_auc=expected_auc(true, true),
        log_loss=_expected_log_loss(promised, true),
        constant=constant,
        constant_log_loss=_expected_log_loss(np.full(len(true), constant), true),
    )


def expected_auc(ranking: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """Return the AUC of a ranking where each row converts with its true probability.

    A row stands among the positives with its probability and among the negatives with the rest; a
    pair that is tied counts half.
    """
    values, tied = np.unique(ranking, return_inverse=True)
    positive = np.bincount(tied, true, len(values))
    negative = np.bincount(tied, 1 - true, len(values))
    below = np.cumsum(negative) - negative / 2
    return float((positive @ below) / (positive.sum() * negative.sum()))


def _expected_log_loss(promised: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    return float(-(true * np.log(promised) + (1 - true) * np.log1p(-promised)).mean())
