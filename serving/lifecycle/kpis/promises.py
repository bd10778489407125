"""What scores promised, held against what became of the leads."""

from collections.abc import Iterable
from typing import NamedTuple

from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.journeys import Journey


class Scored(NamedTuple):
    """The first score that a lead got in a period.

    Attributes:
        journey: The lead's.
        as_of: Microseconds since 1970.
        probability: Of SQL within the model's horizon.
        grade: A to D.
        basis: `model` or `rules`.
    """

    journey: Journey
    as_of: int
    probability: float
    grade: str
    basis: str


class Promise(NamedTuple):
    """What was promised of leads of one grade.

    Attributes:
        grade: A to D.
        basis: `model` or `rules`.
        expected: Mean of the probabilities.
        realised: Share that became SQL in time.
    """

    grade: str
    basis: str
    expected: float | None
    realised: Figure


def promises(scored: Iterable[Scored], within: int, as_of: int) -> tuple[Promise, ...]:
    """Return by basis and grade what was promised, and what came of it.

    A lead counts once, and only where it was open when it was scored. Only what people and the CRM
    decided counts, as it does for the model.

    Args:
        scored: Leads with their first scores of a period.
        within: The horizon of the probabilities, in microseconds.
        as_of: Microseconds since 1970; scores whose horizon has not passed by then wait.
    """
    by: dict[tuple[str, str], list[Scored]] = {}
    for one in scored:
        if is_open(one.journey, one.as_of):
            by.setdefault((one.basis, one.grade), []).append(one)
    return tuple(
        _promise(grade, basis, some, within, as_of) for (basis, grade), some in sorted(by.items())
    )


def is_open(journey: Journey, at: int) -> bool:
    """Tell whether a lead was neither qualified yet nor ruled out at a moment."""
    qualified = _qualified(journey)
    return not _is_out(journey, at) and (qualified is None or qualified > at)


def _is_out(journey: Journey, at: int) -> bool:
    passes = journey.passes
    ended = [place for place, one in enumerate(passes) if one.aside and one.aside.at <= at]
    last = passes[ended[-1]].aside if ended else None
    if last is None or last.stage != "disqualified":
        return False
    # Somebody may have taken it up again in the same moment.
    return not any(
        step.at <= at for one in passes[ended[-1] + 1 :] for step in one.entered.values()
    )


def _promise(grade: str, basis: str, some: list[Scored], within: int, as_of: int) -> Promise:
    mature = [one for one in some if one.as_of + within <= as_of]
    came = sum(_came(one, within) for one in mature)
    expected = sum(one.probability for one in mature) / len(mature) if mature else None
    return Promise(grade, basis, expected, share(came, len(mature), len(some) - len(mature)))


def _came(one: Scored, within: int) -> bool:
    qualified = _qualified(one.journey)
    return qualified is not None and one.as_of < qualified <= one.as_of + within


def _qualified(journey: Journey) -> int | None:
    """Return when a lead first became SQL, or more, by decision of people or the CRM."""
    moments = [
        step.at
        for one in journey.passes
        for stage, step in one.entered.items()
        if stage in ("SQL", "customer") and step.role != "rule"
    ]
    return min(moments, default=None)
