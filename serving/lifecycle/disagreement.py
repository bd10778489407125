"""Where people and the model disagree: what they made of leads by grade, and wrong reasons."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.journeys import Journey
from serving.lifecycle.review import weighted_share

Verdict = Literal["accepted", "rejected"]

BEST, WORST = "A", "D"

_BY_PEOPLE = frozenset({"sales", "crm"})


class Decision(NamedTuple):
    """What people made of a lead.

    Attributes:
        lead: Its number.
        verdict: What they decided.
        grade: Of the lead then; None where it is not known.
        at: When, microseconds since 1970.
        reason: Why; None where none was given.
    """

    lead: int
    verdict: Verdict
    grade: str | None
    at: int
    reason: str | None


class Reviewed(NamedTuple):
    """A lead that was drawn for a review.

    Attributes:
        journey: Its life.
        drawn: When, microseconds since 1970.
        probability: Of having been drawn.
    """

    journey: Journey
    drawn: int
    probability: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A report on a period.

    Attributes:
        by_grade: By grade, the share that people rejected of what they decided on; None is not
            known.
        against: The decisions against the model: best leads rejected, worst ones accepted; the
            newest first.
        wrong_reasons: By subject, its share of the reasons that people called wrong.
        accepted: Share of leads of low grades that people accept, by those drawn for a review.
        qualified: Share of them that becomes SQL.
    """

    by_grade: dict[str | None, Figure]
    against: tuple[Decision, ...]
    wrong_reasons: dict[str, Figure]
    accepted: Figure
    qualified: Figure


def disagreement(
    decisions: Sequence[Decision],
    wrong: Iterable[tuple[int, str]],
    reviewed: Sequence[Reviewed],
    within: int,
    as_of: int,
) -> Disagreement:
    """Return where people and the model disagree.

    Args:
        decisions: One for each lead.
        wrong: Leads with the subjects of reasons that were called wrong; each pair counts once.
        reviewed: Leads that were drawn.
        within: How long after it was drawn a lead may be accepted or become SQL, in microseconds.
        as_of: Microseconds since 1970; leads that were drawn too recently wait.
    """
    every, rejected = (
        Counter(one.grade for one in some)
        for some in (decisions, [one for one in decisions if one.verdict == "rejected"])
    )
    grades = sorted(every, key=lambda grade: (grade is None, grade or ""))
    subjects = Counter(subject for _, subject in {*wrong})
    ordered = sorted(subjects.items(), key=lambda item: (-item[1], item[0]))
    mature = [one for one in reviewed if one.drawn + within <= as_of]
    waiting = len(reviewed) - len(mature)
    return Disagreement(
        by_grade={grade: share(rejected[grade], every[grade]) for grade in grades},
        against=tuple(sorted(filter(_is_against, decisions), key=lambda one: -one.at)),
        wrong_reasons={subject: share(count, subjects.total()) for subject, count in ordered},
        accepted=_reviewed_share(mature, "SAL", within, waiting),
        qualified=_reviewed_share(mature, "SQL", within, waiting),
    )


def decisions_of(journeys: Iterable[Journey], begin: int, end: int) -> dict[int, Decision]:
    """Return the newest decision on each lead in `[begin, end)`, by its number.

    A lead is accepted by the first step to SAL or beyond, and rejected where it was set aside
    before; by people or the CRM, never by a rule.
    """
    found: dict[int, Decision] = {}
    for one in journeys:
        for way in one.passes:
            accepted = way.reached("SAL")
            step = accepted or way.aside
            if step is not None and step.role in _BY_PEOPLE and begin <= step.at < end:
                verdict: Verdict = "rejected" if accepted is None else "accepted"
                found[one.number] = Decision(one.number, verdict, step.grade, step.at, step.reason)
    return found


def _is_against(one: Decision) -> bool:
    return (one.grade, one.verdict) in {(BEST, "rejected"), (WORST, "accepted")}


def _reviewed_share(
    mature: Sequence[Reviewed], stage: Literal["SAL", "SQL"], within: int, waiting: int
) -> Figure:
    reached = [_reached(one, stage, within) for one in mature]
    found = weighted_share(reached, [one.probability for one in mature])
    return Figure(found.numerator, found.denominator, found.value, found.low, found.high, waiting)


def _reached(one: Reviewed, stage: Literal["SAL", "SQL"], within: int) -> bool:
    steps = (way.reached(stage) for way in one.journey.passes)
    return any(step is not None and one.drawn < step.at <= one.drawn + within for step in steps)
