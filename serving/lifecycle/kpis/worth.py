"""What deals are worth, and what a pipeline of them is worth a day."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from features.contract.lead import ProfileValue
from serving.lifecycle.kpis.figure import Figure
from serving.lifecycle.kpis.journeys import Pass


class Opened(NamedTuple):
    """A pass that became SQL.

    Attributes:
        way: The pass.
        value: Of the deal; None where it is not known.
    """

    way: Pass
    value: float | None


def amount(value: ProfileValue) -> float | None:
    """Return a profile value as an amount, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def deal_value(opened: Sequence[Opened]) -> Figure:
    """Return the mean value of the deals that were won, of those whose value is known."""
    known = [one.value for one in opened if one.value is not None and "customer" in one.way.entered]
    total = sum(known)
    return Figure(total, len(known), total / len(known) if known else None)


def pipeline_value(speed: Figure, value: Figure) -> Figure:
    """Return the velocity of a pipeline in money: deals a day times the mean value of a deal."""
    if speed.value is None or value.value is None:
        return Figure(0.0, speed.denominator, None, waiting=speed.waiting)
    return Figure(
        speed.numerator * value.value,
        speed.denominator,
        speed.value * value.value,
        waiting=speed.waiting,
    )
