"""The clock of a promise: how much business time is left, or by how much it is broken."""

from typing import NamedTuple

from features.contract.duration import HOUR_US
from features.contract.language import Language
from serving.lifecycle.sla import Sla, SlaState
from serving.pages.saying import say

_MINUTE_US = HOUR_US // 60


class Clock(NamedTuple):
    """A promise as it is shown.

    Attributes:
        text: What is left, such as `3 h left`, or by how much it is late.
        state: `running`, `warning` or `broken`.
        due: The last moment at which it is kept, microseconds since 1970.
    """

    text: str
    state: SlaState
    due: int


def clock_of(sla: Sla | None, language: Language) -> Clock | None:
    """Return how a promise is shown, None where there is none."""
    if sla is None:
        return None
    left = abs(sla.left)
    # Rounded down: never more is left than is said.
    unit, number = (
        ("hours", left // HOUR_US) if left >= HOUR_US else ("minutes", left // _MINUTE_US)
    )
    time = say(language, f"clock.{unit}", number=number)
    return Clock(
        say(language, "clock.late" if sla.state == "broken" else "clock.left", time=time),
        sla.state,
        sla.due_at,
    )
