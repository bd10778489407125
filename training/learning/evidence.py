"""Choices by evidence: of several ways, the simplest within one standard error of the best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Trial:
    """How one way did, beside the best one.

    Attributes:
        question: What was to be chosen.
        name: What it is called in the report.
        loss: Mean log loss out of time.
        behind: How much more than the best one.
        error: Standard error of `behind`.
        chosen: Whether it was taken.
    """

    question: str
    name: str
    loss: float
    behind: float
    error: float
    chosen: bool


def simplest(
    question: str,
    names: Sequence[str],
    losses: Sequence[NDArray[np.float64]],
    clusterings: Sequence[NDArray[np.int64]],
) -> tuple[int, list[Trial]]:
    """Return which way to take, and how all of them did.

    Args:
        question: What is to be chosen.
        names: Of the ways, the simplest first.
        losses: Of each way, float64 [rows].
        clusterings: Each int64 [rows]; rows of one cluster are not independent. Of several
            clusterings the one with the largest standard error counts.
    """
    means = [float(loss.mean()) for loss in losses]
    best = int(np.argmin(means))
    behind = [mean - means[best] for mean in means]
    errors = [
        max(_standard_error(loss - losses[best], clusters) for clusters in clusterings)
        for loss in losses
    ]
    chosen = next(way for way in range(len(names)) if behind[way] <= errors[way])
    trials = [
        Trial(question, name, mean, late, error, way == chosen)
        for way, (name, mean, late, error) in enumerate(
            zip(names, means, behind, errors, strict=True)
        )
    ]
    return chosen, trials


def _standard_error(difference: NDArray[np.float64], clusters: NDArray[np.int64]) -> float:
    """Return the standard error of a mean whose rows are independent between clusters only."""
    _, position = np.unique(clusters, return_inverse=True)
    sums = np.bincount(position, weights=difference - difference.mean())
    count = len(sums)
    if count < 2:
        return float("inf")
    return float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(difference))
