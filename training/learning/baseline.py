"""The baseline: how likely the target is by a lead's age alone, as far as the data tell.

Most leads that ever convert do so while they are young, by tens of times as often as later. What
regularises learners keeps them from so steep an effect, so that old leads are promised too much;
with a baseline they only learn what differs from it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.declaration.feature_set import FeatureSet, LeadAge
from serving.model.linear import NumberTerm

AGES = (0.0, 1.0, 3.0, 7.0, 14.0, 30.0, 60.0, 120.0, 240.0, np.inf)
"""Borders of ages, days; neighbours that hold too little are taken together."""

_FEWEST_LEADS = 10
_FREE = 10.0
"""Deviates so large that regularisation leaves their weight alone."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Log-odds by age, on a line through points.

    Attributes:
        column: Of the age.
        days: Ascending ages.
        log_odds: At those ages; beyond the ends, that of the end.
        unknown: Log-odds where nobody knows the age.
    """

    column: int
    days: tuple[float, ...]
    log_odds: tuple[float, ...]
    unknown: float

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of encoded rows, float64 [rows]."""
        age = matrix[:, self.column]
        return np.where(np.isnan(age), self.unknown, np.interp(age, self.days, self.log_odds))

    @property
    def term(self) -> NumberTerm:
        """Return the age as a logistic regression takes it, not weighted yet."""
        middle = float(np.mean(self.log_odds))
        deviates = tuple(_FREE * (each - middle) for each in self.log_odds)
        return NumberTerm(column=self.column, grid=self.days, normal=deviates)

    def added_to(self, term: NumberTerm, share: float) -> tuple[NumberTerm, float]:
        """Return its term with a share of this baseline in it, and what is left for the intercept.

        Args:
            term: The `term` of this baseline, weighted.
            share: How much of the baseline to add.
        """
        middle = float(np.mean(self.log_odds))
        added = {
            "weight": term.weight + share / _FREE,
            "missing_weight": term.missing_weight + share * (self.unknown - middle),
        }
        return term.model_copy(update=added), share * middle


def age_column(feature_set: FeatureSet) -> int | None:
    """Return the column of the lead's age; None where the features do not tell it."""
    return feature_set.columns.get(LeadAge().name)


def fit_baseline(
    column: int,
    matrix: NDArray[np.float64],
    label: NDArray[np.float64],
    weight: NDArray[np.float64],
    lead: NDArray[np.int64],
) -> Baseline:
    """Learn the baseline of some rows.

    Args:
        column: Of the age.
        matrix: float64 [rows, features], encoded.
        label: float64 [rows].
        weight: float64 [rows].
        lead: int64 [rows], whose rows they are: many rows of one lead are one observation.
    """
    age = matrix[:, column]
    # Half an observation of each outcome, so that nothing is certain.
    overall = (float(weight @ label) + 0.5) / (float(weight.sum()) + 1.0)

    def log_odds(rows: NDArray[np.bool_]) -> float:
        # And one of the overall rate, which few rows are drawn to.
        reached = float(weight[rows] @ label[rows]) + overall
        rate = reached / (float(weight[rows].sum()) + 1.0)
        return float(np.log(rate / (1.0 - rate)))

    parts = _parts(age, label, lead)
    return Baseline(
        column=column,
        days=tuple(float(np.median(age[rows])) for rows in parts) or (0.0,),
        log_odds=tuple(map(log_odds, parts)) or (log_odds(np.isnan(age)),),
        unknown=log_odds(np.isnan(age)),
    )


def _parts(
    age: NDArray[np.float64], label: NDArray[np.float64], lead: NDArray[np.int64]
) -> list[NDArray[np.bool_]]:
    """Return rows by age, in parts that hold enough leads of both outcomes."""
    parts: list[NDArray[np.bool_]] = []
    begin = 0.0
    for until in AGES[1:]:
        rows = (begin <= age) & (age < until)
        reached = label > 0
        fewest = min(len(np.unique(lead[rows & reached])), len(np.unique(lead[rows & ~reached])))
        if fewest >= _FEWEST_LEADS:
            parts.append(rows)
            begin = until
        elif until == np.inf and rows.any():
            # What is left over goes to the oldest part.
            parts[-1:] = [parts[-1] | rows] if parts else [rows]
    return parts
