"""How many leads that were handed over are accepted, become SQL and are won; why not."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.journeys import Pass
from serving.lifecycle.stages import Role, Stage

Verdict = Literal["accepted", "rejected", "withdrawn", "open"]

_BY_SALES: frozenset[Role] = frozenset({"sales", "crm"})


def conversion(cohort: Sequence[Pass], origin: Stage, to: Stage, within: int, as_of: int) -> Figure:
    """Return which share of passes came from one stage to another, or ahead of it, in time.

    Args:
        cohort: That entered the first stage.
        origin: The first stage.
        to: The other one.
        within: How long it may take, in microseconds; a pass that had not as long yet waits.
        as_of: Microseconds since 1970.
    """
    mature = [one for one in cohort if one.entered[origin].at + within <= as_of]
    reached = sum(duration(one, origin, to, within) is not None for one in mature)
    return share(reached, len(mature), len(cohort) - len(mature))


def duration(one: Pass, origin: Stage, to: Stage, within: int) -> int | None:
    """Return how long a pass took between stages, in microseconds; None where it did not in time.

    It may have left out stages, and even the second one.
    """
    step = one.reached(to)
    if step is None or step.at > one.entered[origin].at + within:
        return None
    return step.at - one.entered[origin].at


def acceptance(handed: Sequence[Pass]) -> Figure:
    """Return which share of passes was accepted, of those on which sales has decided."""
    found = Counter(verdict(one) for one in handed)
    decided = found["accepted"] + found["rejected"]
    return share(found["accepted"], decided, found["open"])


def rejections(handed: Sequence[Pass]) -> dict[str | None, Figure]:
    """Return the reasons for which sales rejected passes, the most frequent first.

    Each is a share of all rejections; None is that no reason was given.
    """
    found = Counter(
        one.aside.reason for one in handed if one.aside is not None and verdict(one) == "rejected"
    )
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0] or ""))
    return {reason: share(count, found.total()) for reason, count in ordered}


def verdict(one: Pass) -> Verdict:
    """Return what sales made of a pass that was handed over.

    Whatever came after it was accepted is no rejection. One that a rule or marketing took back
    before sales decided is withdrawn.
    """
    if one.reached("SAL") is not None:
        return "accepted"
    if one.aside is None:
        return "open"
    return "rejected" if one.aside.role in _BY_SALES else "withdrawn"
