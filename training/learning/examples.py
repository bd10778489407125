"""Rows as the learners take them, and what they weigh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.learning.baseline import Baseline
from training.rows.grid import LabelledRows


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows as the learners take them.

    Attributes:
        matrix: float64 [rows, features], encoded.
        label: float64 [rows], 0 or 1.
        weight: float64 [rows], adds up to the number of leads.
        baseline: What is learned on top of; None where the age is a feature like others.
    """

    matrix: NDArray[np.float64]
    label: NDArray[np.float64]
    weight: NDArray[np.float64]
    baseline: Baseline | None = None


def row_weights(rows: LabelledRows, half_life: float) -> NDArray[np.float64]:
    """Return weights that are equal but for recency, and add up to the number of leads.

    A weight that depends on how many rows a lead has would depend on its outcome, since a lead that
    converts early has few. Rows of one lead are not independent, so all together weigh no more than
    the leads; more would loosen the regularisation.

    Args:
        rows: Rows.
        half_life: Share of the span after which a row weighs half; 0 means no recency.
    """
    weight = np.ones(len(rows))
    if half_life > 0:
        newest = rows.as_of.max()
        span = max(int(newest - rows.as_of.min()), 1)
        weight = 0.5 ** ((newest - rows.as_of) / span / half_life)
    scaled: NDArray[np.float64] = weight * (rows.leads / weight.sum())
    return scaled
