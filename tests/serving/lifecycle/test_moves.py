"""Moves follow the agreement, whatever it says and whatever is known of a lead."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from features.contract.duration import DAY_US
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.bant import SUBJECTS, Finding
from serving.lifecycle.criteria import Facts, Score, look
from serving.lifecycle.moves import (
    NoWayError,
    ReasonError,
    UnmetError,
    UnscoredError,
    Wish,
    allowed_way,
    has_way,
    may_be_handed_over,
    moves_by_rule,
)
from serving.lifecycle.position import Position, position
from serving.lifecycle.stages import ASIDE, STAGES, Role, Stage
from tests.serving.lifecycle.agreements import NOW, SHIPPED, agreement, facts, small

DECLARED = STAGES[2:]
ROLES: tuple[Role, ...] = ("rule", "sales", "marketing", "crm", "admin")

shares = st.floats(0, 1)
criteria = st.fixed_dictionaries(
    {},
    optional={
        "fit_at_least": st.floats(-2, 2),
        "grade": st.sampled_from("ABCD"),
        "probability_at_least": shares,
        "probability_below": shares,
        "consent": st.just(True),
        "contactable": st.just(True),
        "bant_at_least": st.integers(1, 4),
        "in_stage_at_least": st.sampled_from(["1h", "1d", "30d"]),
    },
)


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Draw sound agreements: the way forward by people, and whatever else is sound beside it."""
    backbone: list[dict[str, Any]] = [
        {"from": a, "to": b, "by": ["sales"]}
        for a, b in pairwise(("lead", "MAL", "MQL", "SAL", "SQL", "customer"))
    ]
    backbone += [
        {"from": ["MQL", "SAL"], "to": "recycled", "by": ["marketing"], "reasons": ["later"]},
        {"from": ["recycled", "MAL"], "to": "disqualified", "by": ["sales"]},
        {"from": "disqualified", "to": "recycled", "by": ["admin"]},
        {"from": "recycled", "to": "MAL", "by": ["marketing"]},
    ]
    stages: dict[str, Any] = {stage: {} for stage in DECLARED} | {"customer": {"end": True}}
    read: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 6))):
        one = {
            "from": draw(st.lists(st.sampled_from(STAGES[1:]), min_size=1, max_size=3)),
            "to": draw(st.sampled_from(DECLARED)),
            "by": draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=3)),
            "needs": draw(criteria),
        }
        ways = [*backbone, *read, one]
        try:
            Lifecycle.model_validate({"version": "t", "stages": stages, "transitions": ways})
        except ValidationError:
            continue
        read.append(one)
    return Lifecycle.model_validate(
        {"version": "t", "stages": stages, "transitions": [*backbone, *read]}
    )


@st.composite
def known(draw: st.DrawFn) -> Facts:
    """Draw what may be known of a lead."""
    history = draw(st.lists(st.sampled_from(STAGES[1:]), max_size=6))
    told = [(stage, NOW - (6 - n) * draw(st.sampled_from([1, DAY_US])) - n)
            for n, stage in enumerate(history)]  # fmt: skip
    score = Score(draw(shares), draw(st.sampled_from("ABCD")), draw(st.floats(-2, 2)), 0.0)
    found = {s: Finding(draw(st.sampled_from(["established", "unknown"]))) for s in SUBJECTS}
    return Facts(
        position=position("lead", NOW - 99 * DAY_US, told, agreement().called),
        now=NOW,
        profile={},
        consent=draw(st.booleans()),
        contactable=draw(st.booleans()),
        bant=found,
        score=draw(st.sampled_from([None, score])),
    )


def holds(needs: dict[str, Any], of: Facts) -> bool:
    """Say, criterion by criterion, whether all of them hold."""
    score = of.score
    grades = "" if score is None else "ABCD"["ABCD".index(score.grade) :]
    days = (of.now - of.position.since) / DAY_US
    truths: dict[str, Callable[[Any], bool]] = {
        "fit_at_least": lambda least: score is not None and score.fit >= least,
        "grade": lambda worst: worst in grades,
        "probability_at_least": lambda least: score is not None and score.probability >= least,
        "probability_below": lambda limit: score is not None and score.probability < limit,
        "consent": lambda _: of.consent,
        "contactable": lambda _: of.contactable,
        "bant_at_least": lambda n: [f.state for f in of.bant.values()].count("established") >= n,
        "in_stage_at_least": lambda time: days >= {"1h": 1 / 24, "1d": 1, "30d": 30}[time],
    }
    return all(truths[name](wanted) for name, wanted in needs.items())


@given(lifecycles(), known())
def test_rules_go_ways_of_the_agreement_only_and_come_to_rest(read: Lifecycle, of: Facts) -> None:
    here, went = of, []
    for origin, way in moves_by_rule(read, of):
        assert origin == here.position.stage
        assert origin in way.origins and "rule" in way.by and way in read.transitions
        assert of.consent
        assert holds(way.needs.model_dump(mode="json", exclude_none=True), here)
        # Never back to where it was since it was last set aside.
        assert way.to in ASIDE or way.to not in here.position.entered
        here = replace(here, position=here.position.after(way.to, of.now))
        went.append(way.to)
    # Decided once more, nothing changes.
    assert list(moves_by_rule(read, here)) == []
    assert len(went) <= len(STAGES)


@given(lifecycles(), known(), st.sampled_from(STAGES), st.sampled_from(ROLES), st.booleans())
def test_nobody_passes_a_way_that_the_agreement_does_not_have(
    read: Lifecycle, of: Facts, to: Stage, role: Role, gives: bool
) -> None:
    wish = Wish(to, role, "later" if gives else None)
    open_ways = [
        way
        for way in read.transitions
        if of.position.stage in way.origins and way.to == to and role in way.by
        and (way.reasons is None or (gives and "later" in way.reasons))
        and holds(way.needs.model_dump(mode="json", exclude_none=True), of)
    ]  # fmt: skip
    if open_ways:
        assert allowed_way(read, of, wish) in open_ways
    else:
        with pytest.raises((NoWayError, ReasonError, UnmetError, UnscoredError)):
            allowed_way(read, of, wish)


@given(st.lists(st.sampled_from([*STAGES, "newsletter"]), max_size=8))
def test_a_position_is_that_of_the_newest_stage(told: list[str]) -> None:
    changes = [(stage, NOW + n) for n, stage in enumerate(told)]
    stands = position("lead", NOW - 1, changes, agreement().called)
    newest = told[-1] if told else "lead"
    assert stands.stage == (None if newest == "newsletter" else newest)
    same = 0
    for stage in reversed(told):
        if stage != newest:
            break
        same += 1
    # Told again, a stage began when it was told first.
    begins = len(told) - same
    if told and newest != "newsletter" and not (begins == 0 and newest == "lead"):
        assert stands.since == NOW + begins
    assume(not {"newsletter", *ASIDE} & {*told})
    assert stands.entered == {"lead", *told}


@pytest.mark.parametrize(
    ("stage", "changes", "ends"),
    [
        ("lead", {}, ["MAL", "MQL"]),
        ("lead", {"contactable": False}, ["MAL"]),
        ("lead", {"consent": False}, []),
        ("lead", {"score": None}, []),
        ("lead", {"score": Score(0.5, "B", 0.0, 0.0)}, ["MAL", "MQL"]),
        ("lead", {"score": Score(0.5, "C", 0.0, 0.0)}, ["MAL"]),
        ("lead", {"score": Score(0.5, "A", -0.1, 3.0)}, []),
        ("MQL", {}, []),
        ("MQL", {"now": NOW + 999 * DAY_US}, []),
        ("recycled", {"now": NOW + 30 * DAY_US - 1}, []),
        ("recycled", {"now": NOW + 30 * DAY_US}, ["MQL"]),
        ("SAL", {}, []),
        ("disqualified", {"now": NOW + 999 * DAY_US}, []),
        (None, {}, []),
    ],
)
def test_the_rules_that_ship(
    stage: Stage | None, changes: dict[str, object], ends: list[str]
) -> None:
    moves = moves_by_rule(agreement(), facts(stage, **changes))
    assert [way.to for _, way in moves] == ends


PRICED = {
    "calls_per_week": 50, "value_of_conversion": 2_000, "cost_of_call": 60, "currency": "EUR",
}  # fmt: skip
PROMISING = Score(0.3, "D", -2.0, -2.0)


@pytest.mark.parametrize(
    ("threshold", "changes", "ends"),
    [
        (None, {}, []),  # the criteria decide
        (0.3, {}, ["MQL"]),
        (0.30001, {}, []),
        (0.0, {"contactable": False}, []),
        (0.0, {"consent": False}, []),
        (0.0, {"score": None}, []),
        (0.0, {"position": Position("MAL", NOW, frozenset({"MAL", "MQL"}))}, []),
        (0.9, {"score": Score(0.5, "A", 1.0, 1.0)}, []),  # all criteria hold, and it is too low
    ],
)
def test_where_a_threshold_is_in_force_rules_hand_over_by_it_alone(
    threshold: float | None, changes: dict[str, object], ends: list[str]
) -> None:
    of = facts("MAL", **{"score": PROMISING, "threshold": threshold, **changes})
    read = agreement(handover=PRICED)
    assert [way.to for _, way in moves_by_rule(read, of)] == ends
    if threshold is not None and of.score is not None:
        may = may_be_handed_over(read, of)
        assert may is bool([*moves_by_rule(read, replace(of, threshold=0.0))])
    # Without terms nothing is handed over by it.
    usual = [way.to for _, way in moves_by_rule(agreement(), replace(of, threshold=None))]
    assert [way.to for _, way in moves_by_rule(agreement(), of)] == usual


def test_a_threshold_binds_no_person_and_no_other_way() -> None:
    read, of = agreement(handover=PRICED), facts("lead", threshold=0.9)
    assert allowed_way(read, of, Wish("MQL", "marketing")).to == "MQL"
    assert [way.to for _, way in moves_by_rule(read, of)] == ["MAL"]
    waits = replace(of, position=Position("recycled", NOW, frozenset()), threshold=0.0)
    assert not may_be_handed_over(read, replace(waits, now=NOW + 30 * DAY_US - 1))
    assert may_be_handed_over(read, replace(waits, now=NOW + 30 * DAY_US))
    assert not may_be_handed_over(agreement(), facts("MAL"))


def test_a_lead_that_nobody_took_up_rests_before_it_comes_again() -> None:
    aged = {
        "from": "MQL", "to": "recycled", "by": ["rule"], "needs": {"in_stage_at_least": "60d"},
    }  # fmt: skip
    read = agreement(transitions=[*SHIPPED["transitions"], aged])
    for now, ends in ((NOW + 60 * DAY_US - 1, []), (NOW + 60 * DAY_US, ["recycled"])):
        assert [way.to for _, way in moves_by_rule(read, facts("MQL", now=now))] == ends


def test_a_rule_does_not_undo_what_somebody_decided() -> None:
    told = [("MAL", NOW), ("MQL", NOW + 1), ("MAL", NOW + 2)]
    stands = position("lead", NOW, told, agreement().called)
    assert list(moves_by_rule(agreement(), facts("MAL", position=stands))) == []
    again = position("lead", NOW, [*told, ("recycled", NOW + 3)], agreement().called)
    later = facts("recycled", position=again, now=NOW + 3 + 30 * DAY_US)
    assert [way.to for _, way in moves_by_rule(agreement(), later)] == ["MQL"]


@pytest.mark.parametrize(
    ("stage", "wish", "changes", "error", "said"),
    [
        ("MQL", Wish("SQL", "sales"), {}, NoWayError, "sales may move it to SAL, disqualified"),
        ("MQL", Wish("SAL", "marketing"), {}, NoWayError, "to SAL it takes crm or sales"),
        ("customer", Wish("SAL", "sales"), {}, NoWayError, "sales may move it to no other stage"),
        (None, Wish("SAL", "sales"), {}, NoWayError, "does not know"),
        ("SAL", Wish("recycled", "sales"), {}, ReasonError, "send one of no_answer, no_budget"),
        ("SAL", Wish("recycled", "sales", "spam"), {}, ReasonError, "send one of"),
        ("SAL", Wish("SQL", "sales"), {"bant": {}}, UnmetError, "does not hold: bant_at_least"),
        ("lead", Wish("MQL", "marketing"), {"consent": False}, UnscoredError, "no basis"),
        ("MQL", Wish("SAL", "sales"), {"contactable": False}, UnmetError, "contactable"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do(
    stage: Stage | None, wish: Wish, changes: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        allowed_way(agreement(), facts(stage, **changes), wish)


def test_whoever_may_do_less_than_a_rule_may_do_it_by_hand() -> None:
    of = facts("lead", score=None)
    assert allowed_way(agreement(), of, Wish("MQL", "marketing")).to == "MQL"
    assert all(c.holds for c in look(allowed_way(agreement(), of, Wish("MQL", "crm")).needs, of))


def test_a_position_keeps_what_was_entered() -> None:
    stands = Position("MQL", NOW, frozenset({"lead", "MQL"}))
    assert stands.after("MQL", NOW + 1) is stands
    assert stands.after("recycled", NOW + 1) == Position("recycled", NOW + 1, frozenset())
    assert stands.after(None, NOW + 1).entered == stands.entered


@pytest.mark.parametrize(
    ("origin", "to", "role", "has"),
    [
        ("lead", "MQL", "sales", True),
        ("lead", "MQL", "marketing", False),
        ("lead", "SQL", "sales", False),
        ("MQL", "SQL", "sales", True),
        ("SQL", "MQL", "sales", False),
        (None, "MQL", "sales", False),
        ("lead", None, "sales", False),
    ],
)
def test_an_agreement_has_a_way_for_a_role(
    origin: Stage | None, to: Stage | None, role: Role, *, has: bool
) -> None:
    assert has_way(Lifecycle.model_validate(small()), origin, to, role) is has
