"""Moves along an agreement: what rules do by themselves, and what somebody may."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from features.contract.mistake import MistakeError
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.criteria import OF_SCORE, Check, Facts, look
from serving.lifecycle.stages import ASIDE, Role, Stage, is_ahead
from serving.lifecycle.terms import Transition


class NoWayError(MistakeError):
    """The agreement has no such way for whoever asks; the message says which it has."""


class UnmetError(MistakeError):
    """A way whose criteria do not hold; the message names those."""


class UnscoredError(MistakeError):
    """A way that asks for what only a lead with a basis for profiling has."""


class ReasonError(MistakeError):
    """A way that needs a reason, or another one; the message lists them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants.

    Attributes:
        to: The stage to move a lead to.
        role: Whose wish it is.
        reason: Why.
    """

    to: Stage
    role: Role
    reason: str | None = None


def next_by_rule(lifecycle: Lifecycle, facts: Facts) -> Transition | None:
    """Return where a rule moves a lead next, None where it stays.

    A rule goes forward: never into a stage that the lead has passed since it was last set aside,
    so that it undoes nobody's decision. And never without a basis for profiling.
    """
    if not facts.consent:
        return None
    for one in lifecycle.ways(facts):
        if "rule" in one.by and _is_new(one, facts) and _holds(look(one.needs, facts)):
            return one
    return None


def may_be_handed_over(lifecycle: Lifecycle, facts: Facts) -> bool:
    """Tell whether a rule would hand a lead over to sales if its probability were enough."""
    if lifecycle.handover is None or not facts.consent:
        return False
    return any(
        way.to == lifecycle.handover.stage and "rule" in way.by and _is_new(way, facts)
        and _holds(look(way.needs, facts))
        for way in lifecycle.ways(replace(facts, threshold=0.0))
    )  # fmt: skip


def moves_by_rule(lifecycle: Lifecycle, facts: Facts) -> Iterator[tuple[Stage, Transition]]:
    """Yield the moves of a lead by rules, each with where it begins, until nothing more applies."""
    while (move := next_by_rule(lifecycle, facts)) is not None:
        if facts.position.stage is not None:
            yield facts.position.stage, move
        facts = replace(facts, position=facts.position.after(move.to, facts.now))


def allowed_way(lifecycle: Lifecycle, facts: Facts, wish: Wish) -> Transition:
    """Return the way that somebody may move a lead on.

    Raises:
        NoWayError: There is none for them.
        ReasonError: It needs a reason that was not given.
        UnmetError: Its criteria do not hold.
        UnscoredError: They do not, for want of a basis for profiling.
    """
    every = lifecycle.ways(facts)
    ways = [one for one in every if one.to == wish.to and wish.role in one.by]
    if not ways:
        raise NoWayError(_no_way(facts, wish, every))
    given = [one for one in ways if _gives(one, wish)]
    if not given:
        raise ReasonError(_wanted(ways))
    lacking = [[check for check in look(one.needs, facts) if not check.holds] for one in given]
    least = min(lacking, key=len)
    if least:
        raise _unmet(least, facts)
    return given[lacking.index([])]


def has_way(lifecycle: Lifecycle, origin: Stage | None, to: Stage | None, role: Role) -> bool:
    """Tell whether the agreement has a way for a role, whatever must hold for it."""
    return any(
        origin in one.origins and one.to == to and role in one.by for one in lifecycle.transitions
    )


def _is_new(one: Transition, facts: Facts) -> bool:
    return one.to in ASIDE or all(
        is_ahead(one.to, stage) for stage in facts.position.entered - ASIDE
    )


def _holds(checks: tuple[Check, ...]) -> bool:
    return all(check.holds for check in checks)


def _gives(one: Transition, wish: Wish) -> bool:
    return one.reasons is None or wish.reason in one.reasons


def _wanted(ways: list[Transition]) -> str:
    known = sorted({reason for one in ways for reason in one.reasons or ()})
    return f"says why; send one of {', '.join(known)}"


def _no_way(facts: Facts, wish: Wish, every: tuple[Transition, ...]) -> str:
    stage = facts.position.stage
    if stage is None:
        return "the lead is in a stage that the agreement does not know; see [stages.*] also"
    own = sorted({one.to for one in every if wish.role in one.by})
    may = f"from {stage}, {wish.role} may move it to {', '.join(own) or 'no other stage'}"
    others = sorted({role for one in every if one.to == wish.to for role in one.by})
    return f"{may}; to {wish.to} it takes {' or '.join(others)}" if others else may


def _unmet(lacking: list[Check], facts: Facts) -> MistakeError:
    names = [check.criterion for check in lacking]
    if not facts.consent and ({"consent"} | OF_SCORE) & {*names}:
        return UnscoredError(
            "no basis for profiling is recorded and not withdrawn, so this does not hold: "
            + ", ".join(names)
        )
    return UnmetError(
        f"does not hold: {', '.join(names)}; GET /v1/leads/{{lead_id}}/lifecycle says what is there"
    )
