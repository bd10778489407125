"""A request's row: what is ignored, unknown, missing and refused."""

from datetime import timedelta

import numpy as np
import pytest

from features.contract.lead import ContractError, Event, Lead, moment
from features.declaration.feature_set import Behaviour, FeatureSet
from features.online import OnlineFeatures
from tests.features.samples import AS_OF, AS_OF_US, FEATURES, START

ONLINE = OnlineFeatures(FEATURES)
NAIVE = AS_OF.replace(tzinfo=None)
HOUR = timedelta(hours=1)


def lead(account: str | None = None, **profile: str | float | None) -> Lead:
    return Lead("1", START, account, profile)


def test_what_does_not_count_is_ignored_and_counted() -> None:
    events = [
        Event("demo", AS_OF - HOUR, event_id="1"),
        Event("demo", AS_OF - HOUR, event_id="1"),
        Event("demo", AS_OF),
        Event("demo", AS_OF - HOUR, recorded_at=AS_OF + HOUR),
        Event("demo", START.replace(year=1969)),
    ]
    row = ONLINE.row(lead(), events, AS_OF_US)
    assert row.events_ignored == 4
    assert row.table.numbers.shape == (1, len(FEATURES.features))
    assert row.table.value(0, FEATURES.columns["count(demo)"]) == 1.0


def test_what_no_feature_knows_is_named() -> None:
    events = [Event("x", AS_OF - HOUR), Event("demo", AS_OF - HOUR)]
    others = [Event("a", AS_OF - HOUR)]
    row = ONLINE.row(lead("acme", colour="red", employees=3), events, AS_OF_US, others)
    assert row.unknown == ["event_type:a", "event_type:x", "profile.colour"]
    assert row.table.value(0, FEATURES.columns["count(*)"]) == 2.0
    assert row.table.value(0, FEATURES.columns["account.count(*)"]) == 3.0


def test_an_account_of_which_nothing_is_known_did_what_its_lead_did() -> None:
    events = [Event("demo", AS_OF - HOUR), Event("page", AS_OF - 3 * HOUR, value=2.0)]
    alone = ONLINE.row(lead("acme"), events, AS_OF_US, []).table.numbers
    for row in (ONLINE.row(lead("acme"), events, AS_OF_US), ONLINE.row(lead(), events, AS_OF_US)):
        np.testing.assert_array_equal(row.table.numbers, alone)
    assert alone[0, FEATURES.columns["account.count(*)"]] == 2.0


def test_spaces_around_what_an_event_says_do_not_count() -> None:
    events = [
        Event("demo", AS_OF - HOUR, item="a", event_id="1"),
        Event(" demo\u00a0", AS_OF - HOUR, item=" a", event_id="1 "),
        Event("demo", AS_OF - HOUR, item="a ", event_id=" "),
        Event("demo", AS_OF - HOUR, item=" "),
    ]
    row = ONLINE.row(lead(employees=" "), events, AS_OF_US)
    assert (row.events_ignored, row.unknown) == (1, [])
    assert row.table.value(0, FEATURES.columns["count(demo)"]) == 3.0
    assert row.table.value(0, FEATURES.columns["distinct_items(demo)"]) == 1.0
    assert row.table.value(0, FEATURES.columns["profile.employees"]) is None


def test_own_events_that_count_are_counted() -> None:
    others = [Event("demo", AS_OF - HOUR)]
    assert ONLINE.row(lead("acme"), [Event("x", AS_OF)], AS_OF_US, others).own_events == 0
    assert ONLINE.row(lead(), [Event("x", AS_OF - HOUR)], AS_OF_US).own_events == 1


def _reading(*features: Behaviour) -> OnlineFeatures:
    return OnlineFeatures(FeatureSet(features=features))


SUM_OF_DEMO = Behaviour(operator="sum", event_type="demo")
ITEMS_OF_ALL = Behaviour(operator="distinct_items")


@pytest.mark.parametrize(
    ("features", "event", "incomplete"),
    [
        ((SUM_OF_DEMO,), Event("demo", AS_OF - HOUR), 1),
        ((SUM_OF_DEMO,), Event("demo", AS_OF - HOUR, value=0.0), 0),
        ((SUM_OF_DEMO,), Event("page", AS_OF - HOUR), 0),
        ((SUM_OF_DEMO,), Event("demo", AS_OF), 0),
        ((ITEMS_OF_ALL,), Event("page", AS_OF - HOUR, value=1.0), 1),
        ((ITEMS_OF_ALL,), Event("page", AS_OF - HOUR, item=" "), 1),
        ((ITEMS_OF_ALL,), Event("page", AS_OF - HOUR, item="a"), 0),
        ((SUM_OF_DEMO, ITEMS_OF_ALL), Event("demo", AS_OF - HOUR), 1),
        ((Behaviour(operator="count"),), Event("demo", AS_OF - HOUR), 0),
    ],
)
def test_events_that_lack_what_features_read_are_counted(
    features: tuple[Behaviour, ...], event: Event, incomplete: int
) -> None:
    assert _reading(*features).row(lead(), [event], AS_OF_US).events_incomplete == incomplete


def test_events_of_colleagues_are_incomplete_for_the_account_only() -> None:
    of_account = SUM_OF_DEMO.model_copy(update={"level": "account"})
    event = [Event("demo", AS_OF - HOUR)]
    for features, own, others in ((SUM_OF_DEMO, 1, 0), (of_account, 1, 1)):
        online = _reading(features)
        assert online.row(lead("acme"), event, AS_OF_US, []).events_incomplete == own
        assert online.row(lead("acme"), [], AS_OF_US, event).events_incomplete == others


def test_events_of_different_types_may_have_the_same_id() -> None:
    events = [Event(kind, AS_OF - HOUR, event_id="1") for kind in ("demo", "page")]
    row = ONLINE.row(lead(), events, AS_OF_US)
    assert row.events_ignored == 0
    assert row.table.value(0, FEATURES.columns["count(*)"]) == 2.0


def test_what_is_ignored_is_not_named_as_unknown() -> None:
    row = ONLINE.row(
        lead(), [Event("future", AS_OF), Event("x", START.replace(year=1969))], AS_OF_US
    )
    assert (row.events_ignored, row.unknown) == (2, [])


def test_what_happened_in_the_first_microsecond_of_1970_counts() -> None:
    events = [Event("demo", moment(0)), Event("demo", moment(0) - timedelta(microseconds=1))]
    row = ONLINE.row(lead(), events, AS_OF_US)
    assert row.table.value(0, FEATURES.columns["count(*)"]) == 1.0
    assert row.events_ignored == 1


def test_a_value_that_is_no_number_can_count_as_unknown() -> None:
    row = OnlineFeatures(FEATURES, strict=False).row(lead(employees="50-249"), [], AS_OF_US)
    assert row.unknown == ["profile.employees"]
    assert row.table.value(0, FEATURES.columns["profile.employees"]) is None
    assert row.table.value(0, FEATURES.columns["profile_missing"]) == 2.0


def test_the_age_of_a_lead_created_nobody_knows_when_is_missing() -> None:
    table = ONLINE.row(Lead("1", moment(0)), [], AS_OF_US).table
    assert table.value(0, FEATURES.columns["lead_age_days"]) is None


def test_an_event_of_two_leads_counts_once_for_their_account() -> None:
    shared = [Event("demo", AS_OF - HOUR, event_id="1")]
    row = ONLINE.row(lead("acme"), shared, AS_OF_US, shared)
    assert row.table.value(0, FEATURES.columns["account.count(*)"]) == 1.0
    assert row.events_ignored == 0


def test_age_and_missing_fields() -> None:
    table = ONLINE.row(lead(employees=None, industry="Bau"), [], AS_OF_US).table
    assert table.value(0, FEATURES.columns["lead_age_days"]) == 30.0
    assert table.value(0, FEATURES.columns["profile_missing"]) == 1.0
    assert table.value(0, FEATURES.columns["profile.industry"]) == "Bau"


@pytest.mark.parametrize(
    ("bad", "events", "field"),
    [
        (Lead("1", NAIVE), [], "lead.created_at"),
        (Lead("1", AS_OF + HOUR), [], "lead.created_at"),
        (lead(employees="many"), [], "lead.profile.employees"),
        (lead(employees=1e16), [], "lead.profile.employees"),
        (lead(employees=float("nan")), [], "lead.profile.employees"),
        (lead(), [Event("demo", NAIVE)], "events.0.occurred_at"),
        (lead(), [Event("demo", AS_OF, NAIVE)], "events.0.recorded_at"),
    ],
)
def test_a_mistake_names_its_field(bad: Lead, events: list[Event], field: str) -> None:
    with pytest.raises(ContractError) as caught:
        ONLINE.row(bad, events, AS_OF_US)
    assert caught.value.field == field


def test_warming_up_changes_nothing() -> None:
    fresh = OnlineFeatures(FEATURES)
    fresh.warm()
    events = [Event("demo", AS_OF - HOUR)]
    warmed = fresh.row(lead(), events, AS_OF_US).table.numbers
    np.testing.assert_array_equal(warmed, ONLINE.row(lead(), events, AS_OF_US).table.numbers)


def test_a_value_of_minus_zero_is_zero_to_the_last_bit() -> None:
    highest = OnlineFeatures(FeatureSet(features=(Behaviour(operator="max", event_type="demo"),)))
    plain, minus = (
        highest.row(lead(), [Event("demo", AS_OF - HOUR, value=value)], AS_OF_US).table.numbers
        for value in (0.0, -0.0)
    )
    assert plain.tobytes() == minus.tobytes()


TICK = timedelta(microseconds=1)
THEN = AS_OF - HOUR


@pytest.mark.parametrize(
    ("first", "other"),
    [
        # Seen earlier, though it happened later.
        (Event("demo", THEN - HOUR), Event("demo", THEN - 5 * HOUR, THEN)),
        # Seen at the same moment, and happened earlier.
        (Event("demo", THEN - 5 * HOUR, THEN), Event("demo", THEN - HOUR, THEN)),
        # An event is seen from the microsecond after it happened.
        (Event("demo", THEN - 5 * HOUR, THEN + TICK), Event("demo", THEN, THEN)),
        # Seen and happened at the same moment, and recorded earlier.
        (Event("demo", THEN, THEN, value=2.0), Event("demo", THEN, THEN + TICK, value=1.0)),
        (Event("demo", THEN, value=2.0), Event("demo", THEN)),
        (Event("demo", THEN, value=-2.0), Event("demo", THEN, value=1.0)),
    ],
)
def test_of_events_of_one_type_and_id_the_same_one_counts_in_any_order(
    first: Event, other: Event
) -> None:
    first, other = first._replace(event_id="1"), other._replace(event_id="1")
    alone = ONLINE.row(lead(), [first], AS_OF_US).table.numbers
    for events in ([first, other], [other, first]):
        row = ONLINE.row(lead(), events, AS_OF_US)
        assert row.events_ignored == 1
        np.testing.assert_array_equal(row.table.numbers, alone)
