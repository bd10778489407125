"""What is missing of a lead, the most important first."""

import pytest

from features.declaration.feature_set import FeatureSet, Level
from features.declaration.table import Value
from serving.scoring.missing import Missing
from tests.tiny import FEATURE_SET

IMPORTANCE = {
    "profile.employees": 0.1,
    "event:demo_request": 0.2,
    "event:page_view": 0.05,
    "account.event:*": 0.15,
}
VALUES: list[Value] = [None, "IT", 1.0, 2.0, None, None, 12.345]


@pytest.mark.parametrize(
    ("unsent", "expected"),
    [
        ((), ["employees"]),
        (("lead",), ["events", "employees"]),
        (("account",), ["account_events", "employees"]),
        (("lead", "account"), ["events", "account_events", "employees"]),
    ],
)
def test_missing_comes_by_importance(unsent: tuple[Level, ...], expected: list[str]) -> None:
    assert Missing(FEATURE_SET, IMPORTANCE).of(VALUES, unsent) == expected


def test_what_weighs_the_same_comes_by_name() -> None:
    values = [None, None, *VALUES[2:]]
    listed = Missing(FEATURE_SET, {}).of(values, ("account", "lead"))
    assert listed == ["account_events", "employees", "events", "industry"]


def test_events_that_nothing_looks_at_are_not_missing() -> None:
    profile = FeatureSet(features=FEATURE_SET.features[:3])
    assert Missing(profile, IMPORTANCE).of(VALUES, ("lead", "account")) == ["employees"]
