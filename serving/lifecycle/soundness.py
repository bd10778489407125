"""Whether the parts of an agreement fit together: no stage out of reach, no contradiction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

from serving.lifecycle.criteria import OF_SCORE
from serving.lifecycle.stages import ASIDE, OUTCOMES, Stage, is_ahead
from serving.lifecycle.terms import Transition, View

_ASCENDING = ("fit_at_least", "behaviour_at_least", "probability_at_least", "bant_at_least")


def mistakes(
    stages: Sequence[Stage],
    ends: Collection[Stage],
    transitions: Sequence[Transition],
    views: Sequence[View],
) -> list[str]:
    """Return what contradicts itself, each as a sentence that says what to do.

    Args:
        stages: That there are, in order.
        ends: After which nothing comes.
        transitions: Ways between them.
        views: What leads are called.
    """
    named = [*_names(stages, transitions, views)]
    # What is misspelt would be told again as out of reach.
    return named or [
        *_reach(stages, ends, transitions),
        *(said for one in transitions for said in _rule(one)),
        *_order(transitions),
        *_never_met(views),
    ]


def _names(
    stages: Sequence[Stage], transitions: Sequence[Transition], views: Sequence[View]
) -> Iterator[str]:
    for one in transitions:
        for stage in (*one.origins, one.to):
            if stage not in stages:
                yield f"transition {one}: there is no [stages.{stage}]; add it"
        if "visitor" in (*one.origins, one.to):
            yield f"transition {one}: a visitor becomes a lead by telling who it is; leave it out"
        if one.to in one.origins:
            yield f"transition {one}: leads to where it begins; leave '{one.to}' out of from"
    for view in views:
        for stage in view.stages:
            if stage not in stages:
                yield f"view '{view.name}': there is no [stages.{stage}]; add it"


def _reach(
    stages: Sequence[Stage], ends: Collection[Stage], transitions: Sequence[Transition]
) -> Iterator[str]:
    onward = {stage: {one.to for one in transitions if stage in one.origins} for stage in stages}
    back = {stage: {way for way in stages if stage in onward[way]} for stage in stages}
    reached, ended = _spread({"lead"}, onward), _spread(ends, back)
    if not ends:
        yield "no stage is an end; say end = true for those after which nothing comes"
    for stage in stages:
        if stage in ends and onward[stage]:
            yield f"stage '{stage}' is an end, and a transition leads on; leave one of them out"
        elif stage not in {*reached, "visitor"}:
            yield f"stage '{stage}' is out of reach; add a transition to it, or leave it out"
        elif ends and stage not in {*ended, "visitor"}:
            yield f"stage '{stage}' is a dead end; add a transition, or say end = true"


def _spread(begin: Collection[Stage], onward: Mapping[Stage, Collection[Stage]]) -> set[Stage]:
    found, left = set(begin), list(begin)
    while left:
        new = set(onward.get(left.pop(), ())) - found
        found |= new
        left += new
    return found


def _rule(one: Transition) -> Iterator[str]:
    """Yield what a rule must not do by itself."""
    if "rule" not in one.by:
        return
    asked = one.needs.asked
    if not asked:
        yield f"transition {one}: a rule without needs moves every lead; say what must hold"
    if one.reasons is not None:
        yield f"transition {one}: a rule gives no reason; leave rule or reasons out"
    if one.to in OUTCOMES and OF_SCORE & asked.keys():
        yield (
            f"transition {one}: models learn from '{one.to}', so a rule must not decide it by a "
            "score; leave rule out, or the criteria of the score"
        )
    for origin in one.origins:
        yield from _forward(one, origin)


def _forward(one: Transition, origin: Stage) -> Iterator[str]:
    if one.to not in ASIDE and origin not in ASIDE and not is_ahead(one.to, origin):
        yield (
            f"transition {one}: a rule moves leads forward only; leave rule out, or let it lead to "
            "'recycled'"
        )
    if origin == "disqualified" and one.to != "recycled":
        yield f"transition {one}: from 'disqualified' a rule leads to 'recycled' only"
    if origin in ASIDE and one.needs.in_stage_at_least is None:
        yield (
            f"transition {one}: by rule leads would come and go; say in_stage_at_least, such as "
            "'30d'"
        )


def _order(transitions: Sequence[Transition]) -> Iterator[str]:
    """Yield thresholds that are out of order along the way of rules."""
    by_rule = [one for one in transitions if "rule" in one.by]
    for first, then in product(by_rule, by_rule):
        if first.to not in then.origins:
            continue
        before, after = first.needs.asked, then.needs.asked
        if not {first.to, then.to} & ASIDE:
            for name in _ASCENDING:
                if name in before and name in after and after[name] < before[name]:
                    yield _out_of_order(name, first, then)
            if "grade" in before and "grade" in after and after["grade"] > before["grade"]:
                yield _out_of_order("grade", first, then)
        least, below = before.get("probability_at_least"), after.get("probability_below")
        if least is not None and below is not None and below > least:
            yield (
                f"transition {then}: probability_below must not be greater than the "
                f"probability_at_least of {first}, or leads would come and go"
            )


def _out_of_order(name: str, first: Transition, then: Transition) -> str:
    return f"{name} of {then} asks for less than that of {first}; thresholds must not fall"


def _never_met(views: Sequence[View]) -> Iterator[str]:
    taken: set[Stage] = set()
    for view in views:
        if set(view.stages) <= taken:
            listed = ", ".join(view.stages)
            yield f"view '{view.name}' of {listed}: views before it take all; move it up"
        if not view.needs.asked:
            taken |= set(view.stages)
