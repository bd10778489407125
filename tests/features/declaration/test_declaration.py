"""Features as data."""

import pytest
from pydantic import ValidationError

from features.contract.duration import DAY_US
from features.declaration.feature_set import Behaviour, DisplayName, FeatureSet, LeadAge
from tests.features.samples import FEATURES


def test_names_are_canonical() -> None:
    count = Behaviour(operator="count", event_type="demo", window=7 * DAY_US)
    assert count.name == "count(demo,7d)"
    assert count.model_copy(update={"level": "account"}).name == "account.count(demo,7d)"
    assert Behaviour(operator="decayed_count", half_life=7 * DAY_US).name == "decayed_count(*,7d)"


def test_a_round_trip_through_json_keeps_the_fingerprint() -> None:
    again = FeatureSet.model_validate_json(FEATURES.model_dump_json())
    assert again == FEATURES
    assert again.fingerprint == FEATURES.fingerprint


def test_the_fingerprint_is_stable() -> None:
    features = FeatureSet(features=(Behaviour(operator="count", window=7 * DAY_US), LeadAge()))
    assert features.fingerprint == (
        "524ab0d16c01452c374c0535fd62e6e850d57dbaf227ad739633fde25f3d5e27"
    )


def test_the_fingerprint_of_an_event_type_with_an_umlaut_is_stable() -> None:
    features = FeatureSet(features=(Behaviour(operator="count", event_type="Vorführung"),))
    assert features.fingerprint == (
        "355e58ba81acd1613b808fc1b91d68039d86798e044db1bc4e5fa312f4850337"
    )


def test_names_for_readers_do_not_change_the_fingerprint() -> None:
    named = FEATURES.model_copy(update={"names": {"demo": DisplayName(de="Vorführung", en="demo")}})
    assert FeatureSet.model_validate(named.model_dump()).fingerprint == FEATURES.fingerprint


def test_order_and_windows_change_the_fingerprint() -> None:
    week = Behaviour(operator="count", window=7 * DAY_US)
    month = Behaviour(operator="count", window=30 * DAY_US)
    sets = [(week, month), (month, week), (week,), (month,)]
    assert len({FeatureSet(features=features).fingerprint for features in sets}) == 4


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ({"operator": "trend"}, "operator 'trend' needs a window"),
        ({"operator": "decayed_count"}, "takes half_life"),
        ({"operator": "decayed_count", "half_life": "7d", "window": "7d"}, "takes half_life"),
        ({"operator": "count", "half_life": "7d"}, "takes no half_life"),
        ({"operator": "median"}, "operator"),
        ({"operator": "count", "windw": "7d"}, "windw"),
    ],
)
def test_what_makes_no_sense_is_refused(declared: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Behaviour.model_validate(declared)


def test_a_feature_is_declared_once() -> None:
    with pytest.raises(ValidationError, match="'lead_age_days' is declared twice"):
        FeatureSet(features=(LeadAge(), LeadAge()))
