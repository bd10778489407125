"""The closed set of operators: what each one says of an empty history, and what it is called.

The formulas stand in `features.kernel`; a new operator is an entry here, a branch there, its words
in `features.wording`, and a line in the oracle of the tests.
"""

import math
from dataclasses import dataclass
from typing import Literal

OperatorName = Literal[
    "count",
    "sum",
    "mean",
    "max",
    "distinct_items",
    "active_days",
    "days_since_last",
    "days_since_first",
    "decayed_count",
    "trend",
]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of the kernel.

    Attributes:
        code: Its number inside the kernel.
        empty: Its value where no event counts; NaN means missing.
        time: Whether it needs a window, may have one, or needs a half-life instead.
        de: What it is called in German.
        en: What it is called in English.
        reads: What of an event it reads besides type and time.
    """

    code: int
    empty: float
    time: Literal["window", "optional window", "half_life"]
    de: str
    en: str
    reads: Literal["value", "item"] | None = None


OPERATORS: dict[OperatorName, Operator] = {
    "count": Operator(0, 0.0, "optional window", "Anzahl", "count"),
    "sum": Operator(1, 0.0, "optional window", "Summe", "sum", "value"),
    "mean": Operator(2, math.nan, "optional window", "Mittelwert", "mean", "value"),
    "max": Operator(3, math.nan, "optional window", "Höchstwert", "maximum", "value"),
    "distinct_items": Operator(
        4, 0.0, "optional window", "verschiedene Inhalte", "different items", "item"
    ),
    "active_days": Operator(5, 0.0, "optional window", "aktive Tage", "active days"),
    "days_since_last": Operator(
        6, math.nan, "optional window", "Tage seit dem letzten Mal", "days since the last time"
    ),
    "days_since_first": Operator(
        7, math.nan, "optional window", "Tage seit dem ersten Mal", "days since the first time"
    ),
    "decayed_count": Operator(8, 0.0, "half_life", "abklingende Anzahl", "decayed count"),
    "trend": Operator(
        9, 0.0, "window", "Trend gegenüber dem Zeitraum davor", "trend against the period before"
    ),
}
