"""From log-odds to a score and a grade: where a lead stands among the reference leads."""

from functools import cached_property
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from features.kernel.compiled import compiled

Grade = Literal["A", "B", "C", "D"]

GRADE_FROM_SCORE: dict[Grade, int] = {"A": 90, "B": 70, "C": 40, "D": 1}
"""Lowest score of each grade."""


def grade_of(score: int) -> Grade:
    """Return the grade of a score of 1 to 100."""
    return next(grade for grade, lowest in GRADE_FROM_SCORE.items() if score >= lowest)


class Reference(DocumentPart):
    """Log-odds of out-of-time leads, as quantiles.

    Attributes:
        quantiles: 101 ascending log-odds, from the 0th to the 100th percentile.
    """

    quantiles: tuple[float, ...] = Field(min_length=101, max_length=101)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if any(upper < lower for lower, upper in pairwise(self.quantiles)):
            raise ValueError("quantiles must ascend")
        return self

    @classmethod
    def of(cls, log_odds: NDArray[np.float64]) -> "Reference":
        """Take the quantiles of reference leads, float64 [leads]."""
        return cls(quantiles=tuple(np.quantile(log_odds, np.linspace(0.0, 1.0, 101)).tolist()))

    @cached_property
    def _quantiles(self) -> NDArray[np.float64]:
        return np.array(self.quantiles)

    def scores(self, log_odds: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return percentiles of 1 to 100, int64 [leads].

        A lead that ties with reference leads takes the middle of their ranks, so that the most
        common lead of a coarse model is average rather than best.
        """
        ranks = np.empty(len(log_odds), dtype=np.int64)
        _rank(self._quantiles, log_odds, ranks)
        return ranks


@compiled(nogil=True)
def _rank(
    quantiles: NDArray[np.float64], log_odds: NDArray[np.float64], ranks: NDArray[np.int64]
) -> None:
    for r in range(len(log_odds)):
        below = np.searchsorted(quantiles, log_odds[r], side="left")
        up_to = np.searchsorted(quantiles, log_odds[r], side="right")
        ranks[r] = min(max(int(np.rint((below + up_to) / 2)), 1), 100)
