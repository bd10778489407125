"""Facts chosen by compiled code, held to plain Python."""

import math

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from features.contract.duration import DAY_US, HOUR_US, MINUTE_US
from features.declaration.feature_set import Behaviour, FeatureSet
from features.declaration.subject import Subjects
from features.wording.facts import FIRST, LAST, Fact, Facts, facts_of
from features.wording.words import elapsed
from tests.features.samples import FEATURES
from tests.features.wording.chosen import Look, chosen_facts

SUBJECTS = Subjects(FEATURES)
FACTS = Facts(FEATURES, SUBJECTS)

MEMORABLE = np.array([np.nan, 0.0, 1.0, 2.0, 30.0, -1.0, 0.5])
WEIGHTS = np.array([0.0, 0.1, -0.1, 1.0, 0.011, -0.009])


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_columns_and_facts_are_those_that_plain_python_chooses(rows: int, seed: int) -> None:
    drawn = np.random.default_rng(seed)
    shape = rows, len(FEATURES.features)
    coins = drawn.random((2, *shape)) < 0.6
    numbers = np.where(coins[0], drawn.choice(MEMORABLE, shape), drawn.uniform(-5, 400, shape))
    contributions = np.where(coins[1], drawn.choice(WEIGHTS, shape), drawn.normal(size=shape))
    subject = np.tile(np.arange(len(SUBJECTS.names)), rows)
    row = np.repeat(np.arange(rows), len(SUBJECTS.names))
    chosen = FACTS.choose(subject, row, numbers, contributions)
    for place, (s, r) in enumerate(zip(subject.tolist(), row.tolist(), strict=True)):
        own = contributions[r].tolist()
        order = sorted(SUBJECTS.columns[s], key=lambda column: -abs(own[column]))
        assert [c for c in chosen.columns[place].tolist() if c >= 0] == order
        found = facts_of(chosen.facts[place])
        assert shown(found) == shown(expected(order, numbers[r].tolist(), own))


def expected(order: list[int], numbers: list[float], contributions: list[float]) -> list[Fact]:
    """Return what plain Python chooses of a subject."""
    behaviours = {
        c: feature for c in order if isinstance(feature := FEATURES.features[c], Behaviour)
    }
    looks = {c: f for c, f in behaviours.items() if f.operator != "decayed_count"} or behaviours
    # The same object for whatever is missing: only it is equal to itself.
    told = [
        (Look.of(f), math.nan if math.isnan(numbers[c]) else numbers[c], abs(contributions[c]))
        for c, f in looks.items()
    ]
    return chosen_facts(told) if told else []


def shown(facts: list[Fact]) -> list[tuple[str, str, int]]:
    """Return facts as far as a reader is told of them."""
    return [
        (fact.kind, elapsed(fact.value, "en") if fact.kind in (LAST, FIRST) else str(fact.value),
         fact.span)
        for fact in facts
    ]  # fmt: skip


@settings(deadline=None)
@given(st.floats(0, 40_000))
@example(1.0 / DAY_US)
@example(2 * MINUTE_US / DAY_US)
@example((2 * MINUTE_US - 1) / DAY_US)
@example((2 * HOUR_US - 1) / DAY_US)
@example(2 * HOUR_US / DAY_US)
@example((2 * DAY_US - 1) / DAY_US)
@example(2.0)
@example((3 * DAY_US - 1) / DAY_US)
@example(3.0)
def test_times_that_have_passed_are_kept_as_they_are_said(days: float) -> None:
    first = Behaviour(operator="days_since_first", event_type="demo")
    feature_set = FeatureSet(features=(first,))
    facts = Facts(feature_set, Subjects(feature_set))
    none = np.zeros(1, dtype=np.int64)
    [fact] = facts_of(facts.choose(none, none, np.array([[days]]), np.ones((1, 1))).facts[0])
    if days > 0:
        assert fact.kind == FIRST
        assert elapsed(fact.value, "en") == elapsed(days, "en")
