"""Which events count: the visibility rule and the once-per-event rule, stated for the whole house.

At `as_of`, an event counts iff ``occurred_at < as_of`` and ``recorded_at <= as_of``; window ``w``
is ``[as_of - w, as_of)``. Of events of one type with one id, the first by `precedence` counts.

SQL says both again (`features/history/macros.py`), and the kernel walks sorted events by the first;
tests hold them to these functions.
"""

import math


def visible_from(occurred: int, recorded: int) -> int:
    """Return the first moment at which an event counts; all in microseconds since 1970."""
    return max(occurred + 1, recorded)


def precedence(
    occurred: int, recorded: int, value: float | None
) -> tuple[int, int, int, bool, float]:
    """Return what the copies of one event are compared by; the smallest counts.

    The copy that was visible first is what was known all along. A copy with a value goes before one
    without.

    Args:
        occurred: Microseconds since 1970.
        recorded: Microseconds since 1970.
        value: None, or not a number, where it has none.
    """
    missing = value is None or math.isnan(value)
    figure = 0.0 if value is None or missing else value
    return visible_from(occurred, recorded), occurred, recorded, missing, figure
