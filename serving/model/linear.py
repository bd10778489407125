"""The logistic half of the model: coefficients that apply to an encoded matrix column by column.

A number goes through its quantiles to a normal deviate, a category has one weight per code, and
what is missing has a weight of its own. The contribution of a column is its term minus the term's
mean over the training rows, which are exact SHAP values of a linear model (Lundberg and Lee 2017,
section 4.2, features taken as independent).
"""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from features.encoder import UNKNOWN_CATEGORY


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberTerm(_Part):
    """A numeric column: piecewise linear from its quantiles to normal deviates, times a weight.

    Attributes:
        column: Column of the matrix.
        grid: Ascending values.
        normal: Normal deviate of each grid value; values outside the grid take its ends.
        weight: Log-odds per normal deviate.
        missing_weight: Log-odds of a missing value.
        mean: Mean of the term over the training rows.
    """

    kind: Literal["number"] = "number"
    column: int
    grid: tuple[float, ...]
    normal: tuple[float, ...]
    weight: float = 0.0
    missing_weight: float = 0.0
    mean: float = 0.0

    def deviates(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the normal deviate of each value; 0 where it is missing."""
        return np.where(np.isnan(values), 0.0, np.interp(values, self.grid, self.normal))

    def log_odds(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the term of each value."""
        missing = np.where(np.isnan(values), self.missing_weight, 0.0)
        return self.weight * self.deviates(values) + missing


class CategoryTerm(_Part):
    """A categorical column: one weight per code.

    Attributes:
        column: Column of the matrix.
        weights: Log-odds by code; position 0 is the code of unknown categories.
        missing_weight: Log-odds of a missing value.
        mean: Mean of the term over the training rows.
    """

    kind: Literal["category"] = "category"
    column: int
    weights: tuple[float, ...]
    missing_weight: float = 0.0
    mean: float = 0.0

    def log_odds(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the term of each code."""
        missing = np.isnan(values)
        codes = np.where(missing, UNKNOWN_CATEGORY, values).astype(np.intp)
        return np.where(missing, self.missing_weight, np.array(self.weights)[codes])


Term = Annotated[NumberTerm | CategoryTerm, Field(discriminator="kind")]


class LinearModel(_Part):
    """A logistic regression over terms.

    Attributes:
        intercept: Log-odds where every term is zero.
        terms: At most one per column.
    """

    intercept: float
    terms: tuple[Term, ...]

    @property
    def base(self) -> float:
        """Log-odds where every contribution is zero."""
        return self.intercept + sum(term.mean for term in self.terms)

    def contributions(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64 [rows, features] that add up to the log-odds minus `base`."""
        out = np.zeros_like(matrix)
        for term in self.terms:
            out[:, term.column] = term.log_odds(matrix[:, term.column]) - term.mean
        return out

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds, float64 [rows]."""
        margins: NDArray[np.float64] = self.base + self.contributions(matrix).sum(axis=1)
        return margins
