"""The fallback policy, for requests and files alike: what the model cannot tell, the rules do.

There is no model, the model was refused, its output is no number, or the deadline has passed. A
mistake in a lead's data is none of these: it is the sender's to correct.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from serving.scoring.answer import FallbackReason


@dataclass(frozen=True, slots=True)
class Fallback:
    """Stands where the model says nothing that can be told.

    Attributes:
        reason: Why.
    """

    reason: FallbackReason


class Assessed(Protocol):
    """Something that was assessed."""

    @property
    def finite(self) -> bool:
        """Whether all that was found are numbers."""


Found = TypeVar("Found")
Finite = TypeVar("Finite", bound=Assessed)


def usable(assessed: Finite) -> Finite | Fallback:
    """Return what the model found if it can be told, or why it cannot."""
    return assessed if assessed.finite else Fallback("non_finite")


def settle(
    found: Sequence[Found | Fallback], by_rules: Callable[[list[int]], Sequence[Found]]
) -> list[tuple[Found, FallbackReason | None]]:
    """Return what is to be told of each lead, and why it is by the rules where it is.

    Args:
        found: What the model says of each lead, or why it says nothing.
        by_rules: Returns what the rules say of the leads at some positions.
    """
    left = [position for position, outcome in enumerate(found) if isinstance(outcome, Fallback)]
    told = dict(zip(left, by_rules(left), strict=True)) if left else {}
    return [
        (told[position], outcome.reason) if isinstance(outcome, Fallback) else (outcome, None)
        for position, outcome in enumerate(found)
    ]
