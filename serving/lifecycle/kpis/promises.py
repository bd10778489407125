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
    ended = [one.aside for one in journey.passes if one.aside and one.aside.at <= at]
    out = bool(ended) and ended[-1].stage == "disqualified" and not _back(journey, ended[-1].at, at)
    return not out and (qualified is None or qualified > at)


def _back(journey: Journey, since: int, at: int) -> bool:
    moments = [step.at for one in journey.passes for step in one.entered.values()]
    return any(since < moment <= at for moment in moments)


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
