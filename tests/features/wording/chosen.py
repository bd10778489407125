"""What is worth saying of a subject of a row, chosen in plain Python: the oracle of `facts`."""

from collections.abc import Sequence
from typing import NamedTuple

from features.contract.duration import DAY_US
from features.declaration.feature_set import Behaviour
from features.kernel.plan import WHOLE_HISTORY
from features.wording.facts import FIRST, LAST, MOST_FACTS, QUIET, Fact

_FAINT = 0.1

_ORDER = (
    "count", QUIET, "active_days", "distinct_items", "sum", "mean", "max", "decayed_count", LAST,
    FIRST, "trend",
)  # fmt: skip
_OF_VALUES = frozenset({"sum", "mean", "max"})
_ONCE = frozenset({"active_days", "distinct_items"})
_SINCE = frozenset({LAST, FIRST})
_TELLING = frozenset({"count", "active_days", *_SINCE})
"""Operators that say nothing, or 0, only where nothing happened at all."""


_Saying = tuple[str, float, int]
"""A kind, value and span, as far as they matter for whether two features say the same."""

_SILENCE: _Saying = (QUIET, 0.0, 0)


class Look(NamedTuple):
    """What a feature looks at, of its event type and level.

    Attributes:
        operator: Its operator.
        span: How far back it looks, microseconds; `WHOLE_HISTORY` for all.
    """

    operator: str
    span: int

    @classmethod
    def of(cls, feature: Behaviour) -> "Look":
        """Return what a feature looks at."""
        return cls(feature.operator, feature.window or WHOLE_HISTORY)


Told = tuple[Look, float, float]
"""What a feature tells of a row: its look, its value (NaN is missing), and how much it adds."""


def chosen_facts(told: Sequence[Told]) -> list[Fact]:
    """Return the strongest facts in the order in which they are said.

    Args:
        told: By the features of one event type, or of every event, at one level; the strongest
            first.
    """
    quiet_for, last = _quiet(told)
    if last is not None:
        silence = Fact(LAST, last, WHOLE_HISTORY)
    elif quiet_for == WHOLE_HISTORY:
        return [Fact(QUIET, 0.0, WHOLE_HISTORY)]
    else:
        silence = Fact(QUIET, 0.0, quiet_for)
    enough = _FAINT * told[0][2]
    facts: dict[_Saying, Fact] = {}
    for (operator, span), value, weight in told:
        if len(facts) == MOST_FACTS or weight < enough:
            break
        saying = _saying(operator, span, value, quiet_for, last)
        fact = silence if saying is _SILENCE else Fact(operator, value, span)
        facts.setdefault(saying, fact)
    return sorted(facts.values(), key=_order)


def _order(fact: Fact) -> tuple[int, int]:
    return _ORDER.index(fact.kind), fact.span


def _saying(operator: str, span: int, value: float, quiet_for: int, last: float | None) -> _Saying:
    """Return what features have in common that say the same."""
    if value > 0.0:
        # Once is on one day, and one item: nobody says both.
        if operator == "count" or (value == 1.0 and operator in _ONCE):
            return "count", value, 0
        if value == last and operator in _SINCE:
            return _SILENCE
    elif span <= quiet_for:
        return _SILENCE
    return ("value" if operator in _OF_VALUES else operator), value, span


def _quiet(told: Sequence[Told]) -> tuple[int, float | None]:
    """Return how long, in microseconds, nothing has happened, and the days since it last did."""
    quiet_for, last = 0, None
    for (operator, span), value, _ in told:
        if operator == LAST and value > 0.0:
            last = value
            quiet_for = max(quiet_for, round(value * DAY_US))
        elif operator in _TELLING and not value > 0.0:
            quiet_for = max(quiet_for, span)
    return quiet_for, last
