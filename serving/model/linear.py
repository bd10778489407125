"""The logistic half of the model: coefficients that apply to an encoded matrix column by column.

A number goes through its quantiles to a normal deviate, a category has one weight per code, and
what is missing has a weight of its own. The contribution of a column is its term minus the term's
mean over the training rows, which are exact SHAP values of a linear model (Lundberg and Lee 2017,
section 4.2, features taken as independent).
"""

from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from features.kernel.compiled import compiled, laid_out


class NumberTerm(DocumentPart):
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
    grid: tuple[float, ...] = Field(min_length=1)
    normal: tuple[float, ...]
    weight: float = 0.0
    missing_weight: float = 0.0
    mean: float = 0.0

    @model_validator(mode="after")
    def _a_line(self) -> Self:
        if len(self.normal) != len(self.grid):
            raise ValueError("a line needs as many heights as it has points")
        if any(upper <= lower for lower, upper in pairwise(self.grid)):
            raise ValueError("the points of a line must ascend")
        return self

    def deviates(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the normal deviate of each value; 0 where it is missing."""
        return np.where(np.isnan(values), 0.0, np.interp(values, self.grid, self.normal))


class CategoryTerm(DocumentPart):
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


Term = Annotated[NumberTerm | CategoryTerm, Field(discriminator="kind")]


class LinearModel(DocumentPart):
    """A logistic regression over terms.

    Attributes:
        intercept: Log-odds where every term is zero.
        terms: At most one per column.
    """

    intercept: float
    terms: tuple[Term, ...]

    @model_validator(mode="after")
    def _one_term_per_column(self) -> Self:
        if len({term.column for term in self.terms}) < len(self.terms):
            raise ValueError("a column has two terms")
        return self


class LinearExplanation:
    """A logistic regression that tells its log-odds as a base and one contribution per feature.

    It is safe to call from several threads.

    Attributes:
        model: What it was made of.
        base: Log-odds where every contribution is zero.
    """

    def __init__(self, model: LinearModel) -> None:
        """Lay the terms out for the kernel."""
        self.model = model
        self.base = model.intercept + sum(term.mean for term in model.terms)
        steps = [_steps(term) for term in model.terms]
        self._lines = _Lines(
            column=np.array([term.column for term in model.terms], dtype=np.int64),
            category=np.array([term.kind == "category" for term in model.terms], dtype=np.bool_),
            start=np.cumsum([0, *(len(y) for _, y in steps)]),
            x=np.array([x for xs, _ in steps for x in xs], dtype=np.float64),
            y=np.array([y for _, ys in steps for y in ys], dtype=np.float64),
            missing=np.array([term.missing_weight for term in model.terms], dtype=np.float64),
            mean=np.array([term.mean for term in model.terms], dtype=np.float64),
        )

    def contributions(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64 [rows, features] that add up to the log-odds minus `base`."""
        rows = laid_out(matrix)
        out = np.zeros(rows.shape)
        _contribute(self._lines, rows, out)
        return out

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds, float64 [rows]."""
        margins: NDArray[np.float64] = self.base + self.contributions(matrix).sum(axis=1)
        return margins


class _Lines(NamedTuple):
    """All terms, laid out for the kernel: those of numbers as lines, those of categories as lists.

    Attributes:
        column: int64 [terms], columns of the matrix.
        category: Bool [terms].
        start: int64 [terms + 1], slices of `x` and `y`.
        x: float64 [..], grid of a number, codes of a category.
        y: float64 [..], log-odds there.
        missing: float64 [terms], log-odds of a missing value.
        mean: float64 [terms].
    """

    column: NDArray[np.int64]
    category: NDArray[np.bool_]
    start: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    missing: NDArray[np.float64]
    mean: NDArray[np.float64]


def _steps(term: NumberTerm | CategoryTerm) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if isinstance(term, CategoryTerm):
        return tuple(float(code) for code in range(len(term.weights))), term.weights
    return term.grid, tuple(term.weight * normal for normal in term.normal)


@compiled(nogil=True)
def _contribute(lines: _Lines, matrix: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for t in range(len(lines.column)):
        column, category, missing = lines.column[t], lines.category[t], lines.missing[t]
        x = lines.x[lines.start[t] : lines.start[t + 1]]
        y = lines.y[lines.start[t] : lines.start[t + 1]]
        for r in range(len(matrix)):
            value = matrix[r, column]
            if np.isnan(value):
                term = missing
            elif category:
                term = y[int(value)]
            else:
                term = _on_line(x, y, value)
            out[r, column] = term - lines.mean[t]


@compiled(nogil=True)
def _on_line(x: NDArray[np.float64], y: NDArray[np.float64], value: float) -> float:
    """Return the height at a value of a line through points; beyond its ends, that of the end."""
    if value <= x[0]:
        return float(y[0])
    if value >= x[-1]:
        return float(y[-1])
    low, high = 0, len(x) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if x[middle] <= value:
            low = middle
        else:
            high = middle
    return float(y[low] + (y[high] - y[low]) * (value - x[low]) / (x[high] - x[low]))
