"""What a reader sees: every kind of feature and value, in both languages."""

import pytest

from features.contract.duration import parse_duration
from features.contract.language import Language
from features.declaration.feature_set import (
    Behaviour,
    DisplayName,
    Feature,
    FeatureSet,
    LeadAge,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
    Season,
)
from features.declaration.operators import OPERATORS
from features.wording.labels import feature_label, subject_label

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
            "Firma: Alle Ereignisse, 24 Stunden: Anzahl",
            "Company: All events, 24 hours: count",
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
        (Season(wave="sine"), "Jahreszeit: Sinus", "Time of year: sine"),
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
    ("feature", "de", "en"),
    [
        (
            Behaviour(operator="count", event_type="demo_request", window=WEEK),
            "Demo angefragt",
            "Demo requested",
        ),
        (
            Behaviour(operator="max", event_type="x", level="account"),
            "Firma: Ereignis x",
            "Company: Event x",
        ),
        (Behaviour(operator="days_since_last"), "Aktivität", "Activity"),
        (
            Behaviour(operator="count", level="account"),
            "Firma: Aktivität",
            "Company: Activity",
        ),
        (ProfileNumber(field="employees"), "Beschäftigte", "Employees"),
        (LeadAge(), "Alter des Leads in Tagen", "Age of the lead in days"),
    ],
)
def test_every_kind_of_subject_has_a_label(feature: Feature, de: str, en: str) -> None:
    feature_set = FeatureSet(features=(feature,), names=NAMES)
    assert subject_label(feature, feature_set, "de") == de
    assert subject_label(feature, feature_set, "en") == en


def test_braces_in_a_name_are_letters() -> None:
    feature = Behaviour(operator="count", event_type="{n}{0}", window=WEEK)
    feature_set = FeatureSet(features=(feature,))
    assert feature_label(feature, feature_set, "en") == "Event {n}{0}, 7 days: count"
