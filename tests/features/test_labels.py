"""What a reader sees: every kind of feature and value, in both languages."""

import pytest

from features.declaration import (
    Behaviour,
    DisplayName,
    Feature,
    FeatureSet,
    Language,
    LeadAge,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
)
from features.duration import parse_duration
from features.labels import feature_label, number_text, value_text
from features.operators import OPERATORS

NAMES = {
    "demo_request": DisplayName(de="Demo angefragt", en="Demo requested"),
    "employees": DisplayName(de="Beschäftigte", en="Employees"),
}
WEEK = parse_duration("7d")


@pytest.mark.parametrize(
    ("feature", "de", "en"),
    [
        (
            Behaviour(operator="count", event_type="demo_request", window=WEEK),
            "Demo angefragt, 7 Tage: Anzahl",
            "Demo requested, 7 days: count",
        ),
        (
            Behaviour(operator="count", event_type="X", window=WEEK),
            "Ereignis X, 7 Tage: Anzahl",
            "Event X, 7 days: count",
        ),
        (
            Behaviour(operator="count", window=parse_duration("1d"), level="account"),
            "Firma: Alle Ereignisse, 1 Tag: Anzahl",
            "Account: All events, 1 day: count",
        ),
        (
            Behaviour(operator="days_since_last", event_type="demo_request"),
            "Demo angefragt: Tage seit dem letzten Mal",
            "Demo requested: days since the last time",
        ),
        (
            Behaviour(operator="decayed_count", event_type="demo_request", half_life=WEEK),
            "Demo angefragt, Halbwertszeit 7 Tage: abklingende Anzahl",
            "Demo requested, half-life 7 days: decayed count",
        ),
        (ProfileNumber(field="employees"), "Beschäftigte", "Employees"),
        (ProfileCategory(field="industry"), "industry", "industry"),
        (LeadAge(), "Alter des Leads in Tagen", "Age of the lead in days"),
        (MissingCount(), "Anzahl fehlender Profilangaben", "Number of missing profile fields"),
    ],
)
def test_every_kind_of_feature_has_a_label(feature: Feature, de: str, en: str) -> None:
    feature_set = FeatureSet(features=(feature,), names=NAMES)
    assert feature_label(feature, feature_set, "de") == de
    assert feature_label(feature, feature_set, "en") == en


@pytest.mark.parametrize("language", ["de", "en"])
def test_labels_of_different_operators_differ(language: Language) -> None:
    features = [
        Behaviour(
            operator=name,
            event_type="x",
            window=None if operator.time == "half_life" else WEEK,
            half_life=WEEK if operator.time == "half_life" else None,
        )
        for name, operator in OPERATORS.items()
    ]
    feature_set = FeatureSet(features=tuple(features))
    labels = {feature_label(feature, feature_set, language) for feature in features}
    assert len(labels) == len(OPERATORS)


@pytest.mark.parametrize(
    ("value", "de", "en"),
    [
        (None, "fehlt", "missing"),
        ("true", "ja", "yes"),
        ("false", "nein", "no"),
        ("Maschinenbau", "Maschinenbau", "Maschinenbau"),
        (2.0, "2", "2"),
        (2.5, "2,5", "2.5"),
        (0.0, "0", "0"),
        (100.0, "100", "100"),
        (-0.30000000000000004, "-0,3", "-0.3"),
        (0.0123, "0,012", "0.012"),
        (1e15, "1000000000000000", "1000000000000000"),
    ],
)
def test_values_read_as_people_write_them(value: float | str | None, de: str, en: str) -> None:
    assert value_text(value, "de") == de
    assert value_text(value, "en") == en


def test_numbers_never_read_as_minus_nothing() -> None:
    assert number_text(-0.0, "en") == "0"
