"""Leads of low grades that go to people all the same, so that what a model hides is seen.

Who does is drawn at random, and how likely that was is known: by its inverse, those who were drawn
stand for all that were not.
"""

import math
from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import NamedTuple

from pydantic import Field

from features.contract.document_part import DocumentPart
from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.stages import Stage
from serving.model.reference import Grade

BEFORE_SALES: frozenset[Stage] = frozenset({"lead", "MAL", "recycled"})
"""Where a lead stands that sales does not see."""

_BYTES = 8


class ReviewTerms(DocumentPart):
    """How many leads are drawn.

    Attributes:
        grades: Of leads that may be drawn.
        leads_per_week: How many are, at most.
    """

    grades: tuple[Grade, ...] = Field(default=("D",), min_length=1)
    leads_per_week: int = Field(ge=1, le=10_000)


class Draw(NamedTuple):
    """Who was drawn in a week.

    Attributes:
        eligible: How many could be.
        sampled: Numbers of the leads that were.
        probability: Of each one, above 0 up to 1.
    """

    eligible: int
    sampled: tuple[int, ...]
    probability: float


def draw(numbers: Collection[int], most: int, week: str) -> Draw:
    """Draw leads at random; the same of the same leads in the same week.

    Each lead has a place in a week by a hash, as if the leads were shuffled, and the first are
    drawn. So each is as likely, and each number of them too.

    Args:
        numbers: Of leads that may be drawn, at least one.
        most: How many are drawn, where there are as many.
        week: Such as `2026-W09`.
    """
    shuffled = sorted(numbers, key=lambda number: (_place(number, week), number))
    sampled = tuple(shuffled[:most])
    return Draw(len(numbers), sampled, len(sampled) / len(numbers))


def weighted_share(reached: Sequence[bool], probabilities: Sequence[float]) -> Figure:
    """Return which share of all leads it is, by those that were drawn.

    Each stands for as many as the inverse of its probability says (Hájek's estimator). The interval
    is Wilson's with the effective number of cases by Kish, (sum of weights)^2 / sum of squares.

    Args:
        reached: Whether each lead that was drawn reached something.
        probabilities: Of each having been drawn.
    """
    if not reached:
        return Figure(0, 0, None)
    weights = [1 / probability for probability in probabilities]
    total = math.fsum(weights)
    came = math.fsum(weight for weight, one in zip(weights, reached, strict=True) if one)
    effective = total**2 / math.fsum(weight**2 for weight in weights)
    found = share(came / total * effective, effective)
    return Figure(came, total, came / total, found.low, found.high)


def _place(number: int, week: str) -> bytes:
    return blake2b(f"{week}:{number}".encode(), digest_size=_BYTES).digest()
