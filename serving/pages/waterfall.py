"""Contributions drawn as a waterfall: each bar begins where the one before it ended.

A row of a table holds a bar, so that its figures can be read beside it, on a telephone too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Self

from markupsafe import Markup

WIDTH = 1_000
"""Units from the left end of a drawing to its right end."""

_THINNEST = 3.0
_BAR = Markup(
    '<svg class="bar" viewBox="0 0 {width} 24" preserveAspectRatio="none" aria-hidden="true" '
    'focusable="false"><line class="ground" x1="{ground:.2f}" x2="{ground:.2f}" y1="0" y2="24"/>'
    '<rect class="{kind}" x="{left:.2f}" y="4" width="{width_of:.2f}" height="16" rx="3"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar, in log-odds; where it ends, the next one begins."""

    begin: float
    end: float

    @property
    def contribution(self) -> float:
        """What it adds."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A base, what is added to it, and what comes out.

    Attributes:
        base: Log-odds to begin with.
        steps: One for each contribution, in order.
    """

    base: float
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, base: float, contributions: Sequence[float]) -> Self:
        """Lay out contributions, one after the other."""
        ends = accumulate(contributions, initial=base)
        return cls(base, tuple(Step(*ends) for ends in pairwise(ends)))

    @property
    def total(self) -> float:
        """Log-odds in the end."""
        return self.steps[-1].end if self.steps else self.base

    def bar(self, position: int) -> Markup:
        """Return the drawing of a step."""
        step = self.steps[position]
        return self._drawn(step.begin, step.end, "up" if step.contribution > 0 else "down")

    def whole(self) -> Markup:
        """Return the drawing of all steps together: from the base to the total."""
        return self._drawn(self.base, self.total, "whole")

    def x(self, log_odds: float) -> float:
        """Return where log-odds lie in a drawing."""
        ends = [self.base, *(step.end for step in self.steps)]
        low, high = min(ends), max(ends)
        # A drawing in which nothing happens has its one moment in the middle.
        return WIDTH * (log_odds - low) / (high - low) if high > low else WIDTH / 2

    def _drawn(self, begin: float, end: float, kind: str) -> Markup:
        left, right = sorted((self.x(begin), self.x(end)))
        # What is there is seen, and stays inside.
        width = max(right - left, _THINNEST)
        return _BAR.format(
            width=WIDTH, ground=self.x(self.base), kind=kind, left=min(left, WIDTH - width),
            width_of=width,
        )  # fmt: skip
