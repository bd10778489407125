"""The kernel against the oracle, and what may not change a row."""

import math
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from features.contract.duration import DAY_US
from features.contract.lead import Event, Lead
from features.declaration.feature_set import Behaviour, FeatureSet
from features.declaration.operators import OPERATORS, OperatorName
from features.kernel.kernel import compute, compute_parallel
from features.kernel.plan import UNKNOWN_TYPE, EventArrays, Rows, lay_out
from features.online import OnlineFeatures
from tests.features.oracle import oracle
from tests.features.samples import AS_OF, AS_OF_US, FEATURES, START, event_lists

LEAD = Lead("1", START, "a", {"employees": 50, "industry": "Bau"})
ONLINE = OnlineFeatures(FEATURES)


def _row(events: list[Event], others: list[Event]) -> NDArray[np.float64]:
    return ONLINE.row(LEAD, events, AS_OF_US, others).table.numbers.ravel()


@settings(max_examples=60, deadline=None)
@given(event_lists(), event_lists())
def test_every_feature_is_what_the_oracle_says(own: list[Event], others: list[Event]) -> None:
    row = _row(own, others)
    for column, feature in enumerate(FEATURES.features):
        if isinstance(feature, Behaviour):
            events = own if feature.level == "lead" else own + others
            expected = oracle(feature, events, AS_OF_US)
            # A sum of floats depends on their order by rounding of its largest terms.
            scale = sum(abs(e.value or 0.0) for e in events)
            assert row[column] == pytest.approx(
                expected, rel=1e-12, abs=1e-15 * scale, nan_ok=True
            ), feature.name


@settings(max_examples=40, deadline=None)
@given(event_lists(), event_lists(), st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(
    own: list[Event], others: list[Event], random: Random
) -> None:
    shuffled, mixed = own.copy(), others.copy()
    random.shuffle(shuffled)
    random.shuffle(mixed)
    assert _row(own, others).tobytes() == _row(shuffled, mixed).tobytes()


@settings(max_examples=40, deadline=None)
@given(event_lists(), event_lists())
def test_what_could_not_be_known_changes_nothing(own: list[Event], unseen: list[Event]) -> None:
    later = [e._replace(occurred_at=AS_OF, recorded_at=None) for e in unseen]
    late = [e._replace(recorded_at=AS_OF + timedelta(microseconds=1)) for e in unseen]
    assert _row(own, []).tobytes() == _row(own + later + late, later + late).tobytes()


@settings(max_examples=40, deadline=None)
@given(event_lists(), event_lists())
def test_others_of_the_account_change_no_feature_of_the_lead(
    own: list[Event], others: list[Event]
) -> None:
    columns = [column for column, _ in FEATURES.behaviours("lead")]
    assert _row(own, [])[columns].tobytes() == _row(own, others)[columns].tobytes()


@settings(max_examples=40, deadline=None)
@given(event_lists(ids=True), st.randoms(use_true_random=False))
def test_an_event_sent_twice_counts_once(events: list[Event], random: Random) -> None:
    twice = events + [e for e in events if e.event_id is not None]
    random.shuffle(twice)
    assert _row(events, []).tobytes() == _row(twice, []).tobytes()


def test_an_empty_history_has_each_operators_empty_value() -> None:
    row = _row([], [])
    for column, feature in FEATURES.behaviours("lead"):
        expected = oracle(feature, [], AS_OF_US)
        assert row[column] == expected or (math.isnan(row[column]) and math.isnan(expected))


LATEST = 20_000 * DAY_US


def _alone(feature: Behaviour, occurred: int, recorded: int, as_of: int = LATEST) -> float:
    """Return what the kernel says of a single event with an item."""
    events = EventArrays(
        type_code=np.full(1, UNKNOWN_TYPE, dtype=np.int32),
        occurred=np.array([occurred]),
        recorded=np.array([recorded]),
        value=np.full(1, np.nan),
        item=np.ones(1, dtype=np.int64),
    )
    out = np.full((1, 1), np.nan)
    one = Rows(
        start=np.zeros(1, dtype=np.int64), stop=np.ones(1, np.int64), as_of=np.array([as_of])
    )
    compute(lay_out(FeatureSet(features=(feature,)), "lead"), events, one, out)
    return float(out[0, 0])


@pytest.mark.parametrize("operator", ["count", "distinct_items"])
@pytest.mark.parametrize(
    ("occurred", "recorded", "counted"),
    [
        (LATEST - 1, LATEST, 1.0),
        (LATEST - 1, LATEST + 1, 0.0),
        (LATEST, LATEST, 0.0),
        (LATEST - 7 * DAY_US, LATEST, 1.0),
        (LATEST - 7 * DAY_US - 1, LATEST, 0.0),
    ],
)
def test_an_event_counts_to_the_microsecond(
    operator: OperatorName, occurred: int, recorded: int, counted: float
) -> None:
    feature = Behaviour(operator=operator, window=7 * DAY_US)
    assert _alone(feature, occurred, recorded) == counted


def test_what_is_not_known_yet_hides_nothing_that_happened_before() -> None:
    occurred = np.array([LATEST - 3 * DAY_US, LATEST - 2 * DAY_US, LATEST - DAY_US])
    events = EventArrays(
        type_code=np.full(3, UNKNOWN_TYPE, dtype=np.int32),
        occurred=occurred,
        recorded=np.array([LATEST, LATEST, LATEST + 1]),
        value=np.full(3, np.nan),
        item=np.arange(3),
    )
    one = Rows(start=np.array([0]), stop=np.array([3]), as_of=np.array([LATEST]))
    declared = (Behaviour(operator="count"), Behaviour(operator="days_since_last"))
    out = np.full((1, 2), np.nan)
    compute(lay_out(FeatureSet(features=declared), "lead"), events, one, out)
    assert out.tolist() == [[2.0, 2.0]]


def test_the_first_day_of_1970_is_a_day_like_others() -> None:
    assert _alone(Behaviour(operator="active_days"), occurred=5, recorded=5, as_of=DAY_US) == 1.0


def test_many_rows_on_all_cores_are_those_of_one_core() -> None:
    drawn = np.random.default_rng(5)
    size, rows = 40, 300
    events = EventArrays(
        type_code=drawn.integers(-1, 1, size).astype(np.int32),
        occurred=np.sort(drawn.integers(0, 30, size)) * DAY_US,
        recorded=drawn.integers(0, 40, size) * DAY_US,
        value=drawn.normal(size=size),
        item=drawn.integers(-1, 3, size),
    )
    begin = drawn.integers(0, size, rows)
    asked = Rows(
        start=begin,
        stop=drawn.integers(begin, size + 1),
        as_of=drawn.integers(0, 45, rows) * DAY_US,
    )
    declared = [Behaviour(operator="sum"), Behaviour(operator="count", event_type="demo")]
    plan = lay_out(FeatureSet(features=tuple(declared)), "lead")
    together, alone = np.full((2, rows, 2), np.nan)
    compute_parallel(plan, events, asked, together)
    compute(plan, events, asked, alone)
    assert np.isfinite(alone).all()
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_says_what_it_reads_of_an_event(name: OperatorName) -> None:
    declared: dict[str, object] = {"operator": name}
    if OPERATORS[name].time == "half_life":
        declared["half_life"] = "7d"
    elif OPERATORS[name].time == "window":
        declared["window"] = "30d"
    feature = Behaviour.model_validate(declared)
    moments = [START, AS_OF - timedelta(days=3), AS_OF - timedelta(days=1)]
    plain = [Event("demo", at, value=1.0, item="a") for at in moments]
    valued = [event._replace(value=2.0 + n) for n, event in enumerate(plain)]
    other = [event._replace(item=str(n)) for n, event in enumerate(plain)]
    before, by_value, by_item = (
        OnlineFeatures(FeatureSet(features=(feature,)))
        .row(Lead("1", START, None), events, AS_OF_US)
        .table.value(0, 0)
        for events in (plain, valued, other)
    )
    reads = "value" if by_value != before else "item" if by_item != before else None
    assert OPERATORS[name].reads == reads
