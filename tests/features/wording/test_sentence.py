"""Sentences as a salesperson would say them: true, short, and in both languages."""

import math
import re
from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract.duration import DAY_US, parse_duration
from features.contract.language import Language
from features.contract.lead import Event, Lead
from features.declaration.feature_set import (
    Behaviour,
    DisplayName,
    Feature,
    FeatureSet,
    LeadAge,
    Level,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
    Season,
)
from features.declaration.operators import OPERATORS, OperatorName
from features.declaration.subject import Subjects
from features.declaration.table import Value
from features.online import OnlineFeatures
from features.wording.facts import MOST_FACTS, Facts
from features.wording.sentence import Sentences
from features.wording.words import WORDS, number_text, window_unit
from tests.features.samples import AS_OF_US, FEATURES, START, event_lists

NAMES = {
    "price_page": DisplayName(de="Preisseite besucht", en="Price page visited"),
    "role": DisplayName(de="Rolle", en="Role"),
}

Told = Mapping[Feature, tuple[Value, float]]


def behaviour(
    operator: OperatorName, time: str | None = None, event_type: str | None = "price_page",
    level: Level = "lead",
) -> Behaviour:  # fmt: skip
    span = None if time is None else parse_duration(time)
    decays = operator == "decayed_count"
    return Behaviour(
        operator=operator,
        event_type=event_type,
        window=None if decays else span,
        half_life=span if decays else None,
        level=level,
    )


def say(told: Told, language: Language) -> str:
    """Say features of one subject by their values and contributions."""
    feature_set = FeatureSet(features=tuple(told), names=NAMES)
    values = [value for value, _ in told.values()]
    contributions = [contribution for _, contribution in told.values()]
    return say_all(feature_set, values, contributions, language)[0]


def say_all(
    feature_set: FeatureSet,
    values: Sequence[Value],
    contributions: Sequence[float],
    language: Language,
) -> list[str]:
    """Say all subjects of a row."""
    subjects = Subjects(feature_set)
    numbers = np.array([[v if isinstance(v, float) else math.nan for v in values]])
    every = np.arange(len(subjects.names))
    chosen = Facts(feature_set, subjects).choose(
        every, np.zeros_like(every), numbers, np.array([contributions])
    )
    sentences = Sentences(feature_set, subjects)
    return [
        sentences.say(
            subject,
            values[columns[0]],
            facts,
            language,
            down=sum(contributions[c] for c in columns if c >= 0) < 0.0,
        )
        for subject, (columns, facts) in enumerate(
            zip(chosen.columns.tolist(), chosen.facts, strict=True)
        )
    ]


def visits(
    counts: Mapping[str, float], last: float | None, first: float | None, **declared: str | None
) -> dict[Feature, tuple[Value, float]]:
    """Return counts by window and days since, the first of them contributing most."""
    told: dict[Feature, tuple[Value, float]] = {}
    for place, (window, count) in enumerate(counts.items()):
        told[_visit("count", window, declared)] = (count, 0.5 - 0.1 * place)
    told[_visit("days_since_last", None, declared)] = (last, 0.3)
    told[_visit("days_since_first", None, declared)] = (first, 0.001)
    return told


def _visit(
    operator: OperatorName, window: str | None, declared: Mapping[str, str | None]
) -> Feature:
    made = behaviour(operator, window)
    return Behaviour.model_validate({**made.model_dump(), **declared})


@pytest.mark.parametrize(
    ("told", "de", "en"),
    [
        (
            visits({"30d": 16.0, "90d": 29.0}, 2.4, 80.0),
            "Preisseite besucht: 16-mal in 30 Tagen, 29-mal in 90, zuletzt vor 2 Tagen",
            "Price page visited 16 times in 30 days, 29 in 90, last time 2 days ago",
        ),
        (
            visits({"30d": 16.0, "90d": 29.0}, 2.4, 80.0, level="account"),
            "Firma: Preisseite besucht – 16-mal in 30 Tagen, 29-mal in 90, zuletzt vor 2 Tagen",
            "Company: Price page visited 16 times in 30 days, 29 in 90, last time 2 days ago",
        ),
        (
            visits({"1d": 1.0, "30d": 2.0}, 0.9, 20.0),
            "Preisseite besucht: einmal in 24 Stunden, zweimal in 30 Tagen, zuletzt vor 21 Stunden",
            "Price page visited once in 24 hours, twice in 30 days, last time 21 hours ago",
        ),
        (
            visits({"7d": 0.0, "90d": 0.0}, None, None),
            "Preisseite besucht: nie",
            "Price page visited: never",
        ),
        (
            visits({"7d": 0.0, "90d": 0.0}, None, None, level="account"),
            "Firma: Preisseite besucht – nie",
            "Company: Price page visited – never",
        ),
        (
            visits({"7d": 0.0, "90d": 0.0}, 120.5, 120.5),
            "Preisseite besucht: zuletzt vor 120 Tagen",
            "Price page visited: last time 120 days ago",
        ),
        (
            visits({"30d": 3.0, "7d": 3.0}, 1e-4, 2.0, event_type="login"),
            "Ereignis login: 3-mal in 30 Tagen, zuletzt vor weniger als 2 Minuten",
            "Event login 3 times in 30 days, last time less than 2 minutes ago",
        ),
        (
            {behaviour("count", "30d"): (0.0, -0.1), behaviour("count", "90d"): (0.0, -0.01)},
            "Preisseite besucht: in den letzten 90 Tagen nicht",
            "Price page visited: not in 90 days",
        ),
        (
            {behaviour("count", "7d"): (0.0, -0.1), behaviour("count", "30d"): (5.0, 0.02)},
            "Preisseite besucht: 5-mal in 30 Tagen, aber nicht in den letzten 7 Tagen",
            "Price page visited 5 times in 30 days, but not in the last 7 days",
        ),
        (
            {behaviour("count"): (9.0, 0.1), behaviour("active_days"): (1.0, 0.1)},
            "Preisseite besucht: insgesamt 9-mal, an einem einzigen Tag",
            "Price page visited 9 times in all, on a single day",
        ),
        (
            {
                behaviour("count", "30d"): (3.0, 0.1),
                behaviour("sum", "30d"): (12.5, 0.2),
                behaviour("distinct_items", "30d"): (0.0, 0.2),
            },
            "Preisseite besucht: 3-mal in 30 Tagen, ohne Inhalt, Wert zusammen 12,5",
            "Price page visited 3 times in 30 days, without an item, value 12.5 in total",
        ),
        (
            {behaviour("mean", "30d"): (None, 0.1), behaviour("max", "7d"): (2.0, 0.1)},
            "Preisseite besucht: ohne Wert in 30 Tagen, Wert höchstens 2 in 7 Tagen",
            "Price page visited: without a value in 30 days, value 2 at most in 7 days",
        ),
        (
            {behaviour("decayed_count", "7d"): (3.21, 0.5), behaviour("count", "30d"): (4.0, 0.0)},
            "Preisseite besucht: 4-mal in 30 Tagen",
            "Price page visited 4 times in 30 days",
        ),
        (
            {behaviour("decayed_count", "7d"): (3.21, 0.5)},
            "Preisseite besucht: 3,21, jüngere zählen mehr",
            "Price page visited: 3.21, newer ones counting more",
        ),
        (
            {behaviour("trend", "7d"): (-0.5, -0.2)},
            "Preisseite besucht: in 7 Tagen weniger als in den 7 davor",
            "Price page visited: fewer in 7 days than in the 7 before",
        ),
    ],
)  # fmt: skip
def test_an_event_type_is_told_by_what_matters_in_it(told: Told, de: str, en: str) -> None:
    assert say(told, "de") == de
    assert say(told, "en") == en


@pytest.mark.parametrize(
    ("told", "de", "en"),
    [
        (
            visits({"30d": 29.0}, 0.2, 80.0, event_type=None),
            "Aktivität: 29 Ereignisse in 30 Tagen, zuletzt aktiv vor 4 Stunden",
            "Activity: 29 events in 30 days, last active 4 hours ago",
        ),
        (
            visits({"7d": 1.0, "90d": 4.0}, 6.0, 80.0, event_type=None, level="account"),
            "Firma: 1 Ereignis in 7 Tagen, 4 in 90, zuletzt aktiv vor 6 Tagen",
            "Company: 1 event in 7 days, 4 in 90, last active 6 days ago",
        ),
        (
            visits({"7d": 0.0}, None, None, event_type=None),
            "Bisher keine Aktivität",
            "No activity so far",
        ),
        (
            visits({"7d": 0.0}, None, None, event_type=None, level="account"),
            "Firma: bisher keine Aktivität",
            "Company: no activity so far",
        ),
        (
            {behaviour("count", "90d", None): (0.0, -0.1)},
            "Keine Aktivität in den letzten 90 Tagen",
            "No activity in 90 days",
        ),
        (
            {
                behaviour("count", "7d", None): (0.0, -0.1),
                behaviour("count", "30d", None): (5.0, 0.1),
            },
            "Aktivität: 5 Ereignisse in 30 Tagen, aber keines in den letzten 7 Tagen",
            "Activity: 5 events in 30 days, but none in the last 7 days",
        ),
    ],
)  # fmt: skip
def test_all_events_are_told_as_activity(told: Told, de: str, en: str) -> None:
    assert say(told, "de") == de
    assert say(told, "en") == en


@pytest.mark.parametrize(
    ("days", "contribution", "de", "en"),
    [
        (30.0, -0.4, "Seit 30 Tagen keine Aktivität", "No activity for 30 days"),
        (30.0, 0.4, "Zuletzt aktiv vor 30 Tagen", "Last active 30 days ago"),
        (0.5, -0.4, "Zuletzt aktiv vor 12 Stunden", "Last active 12 hours ago"),
        (1.0, -0.4, "Seit 24 Stunden keine Aktivität", "No activity for 24 hours"),
    ],
)
def test_inactivity_is_told_where_it_counts_against_the_lead(
    days: float, contribution: float, de: str, en: str
) -> None:
    told: Told = {behaviour("days_since_last", None, None): (days, contribution)}
    assert say(told, "de") == de
    assert say(told, "en") == en


@pytest.mark.parametrize(
    ("feature", "value", "de", "en"),
    [
        (LeadAge(), 45.9, "Lead seit 45 Tagen", "Lead for 45 days"),
        (LeadAge(), 0.0, "Lead seit weniger als 2 Minuten", "Lead for less than 2 minutes"),
        (LeadAge(), None, "Unbekannt, seit wann ein Lead", "Unknown since when a lead"),
        (MissingCount(), 0.0, "Profil vollständig", "Profile complete"),
        (Season(wave="cosine"), 0.3, "Jahreszeit", "Time of year"),
        (MissingCount(), 1.0, "1 Profilangabe fehlt", "1 profile field missing"),
        (MissingCount(), 3.0, "3 Profilangaben fehlen", "3 profile fields missing"),
        (ProfileCategory(field="role"), "management", "Rolle = management", "Role = management"),
        (ProfileCategory(field="role"), "true", "Rolle = ja", "Role = yes"),
        (ProfileCategory(field="role"), None, "Rolle: fehlt", "Role: missing"),
        (ProfileNumber(field="turnover"), 2.5, "turnover = 2,5", "turnover = 2.5"),
    ],
)
def test_the_lead_itself_is_told(feature: Feature, value: Value, de: str, en: str) -> None:
    assert say({feature: (value, 0.5)}, "de") == de
    assert say({feature: (value, 0.5)}, "en") == en


def test_once_is_not_said_twice() -> None:
    once: dict[Feature, tuple[Value, float]] = {
        behaviour("count", "30d"): (1.0, 0.5),
        behaviour("active_days", "30d"): (1.0, 0.4),
        behaviour("distinct_items", "30d"): (1.0, 0.4),
        behaviour("sum", "30d"): (2.5, 0.3),
        behaviour("max", "30d"): (2.5, 0.3),
        behaviour("days_since_last"): (3.5, 0.2),
        behaviour("days_since_first"): (3.5, 0.2),
    }
    said = "Price page visited once in 30 days, value 2.5 in total, last time 3 days ago"
    assert say(once, "en") == said
    thrice = once | {behaviour("count", "30d"): (3.0, 0.5)}
    assert say(thrice, "en").startswith("Price page visited 3 times in 30 days, on a single day")


def test_what_hardly_matters_is_left_out() -> None:
    told = visits({"30d": 16.0, "90d": 29.0}, 2.0, 80.0) | {
        behaviour("active_days", "30d"): (4.0, 0.049)
    }
    assert "different days" not in say(told, "en")
    told[behaviour("active_days", "30d")] = (4.0, 0.9)
    assert "on 4 different days" in say(told, "en")


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("event_type", ["price_page", None])
@pytest.mark.parametrize("value", [None, 0.0, 1.0, 2.5, -1.0])
def test_every_operator_can_be_said(
    name: OperatorName, event_type: str | None, value: float | None
) -> None:
    time = None if OPERATORS[name].time == "optional window" else "7d"
    told: Told = {behaviour(name, time, event_type): (value, 0.1)}
    assert {language: bool(say(told, language)) for language in WORDS} == dict.fromkeys(WORDS, True)


SUBJECTS = Subjects(FEATURES)
ONLINE = OnlineFeatures(FEATURES)


@settings(deadline=None)
@given(event_lists(), st.integers(0, 2**32 - 1), st.sampled_from(["de", "en"]))
def test_every_number_is_a_value_of_the_row_or_a_window(
    events: list[Event], seed: int, language: Language
) -> None:
    lead = Lead("1", START, None, {"employees": 17, "industry": "Bau"})
    values = ONLINE.row(lead, events, AS_OF_US).table.row(0)
    random = Random(seed)
    contributions = [random.gauss() for _ in values]
    sentences = say_all(FEATURES, values, contributions, language)
    for columns, said in zip(SUBJECTS.columns, sentences, strict=True):
        allowed = set().union(*(_numbers(column, values[column], language) for column in columns))
        told = set(re.findall(r"-?\d+(?:[.,]\d+)?(?:e-\d+)?", said.replace("-mal", " mal")))
        assert told <= allowed, said
        assert said.count(", ") < MOST_FACTS
        assert said[0].isupper() or said.startswith(("employees", "industry"))


def _numbers(column: int, value: Value, language: Language) -> set[str]:
    """Return every way in which a feature's value and window may be written."""
    feature = FEATURES.features[column]
    window = getattr(feature, "window", None)
    written = {str(window_unit(window)[0])} if window else set()
    if isinstance(value, float):
        written.add(number_text(value, language))
        passed = value * DAY_US + 1
        written |= {str(int(passed // unit)) for unit in (DAY_US, DAY_US // 24, DAY_US // 1440)}
        written |= {"2"} if passed < 2 * DAY_US // 1440 else set()
    return written


@settings(deadline=None)
@given(event_lists())
def test_nothing_is_denied_that_happened(events: list[Event]) -> None:
    values = ONLINE.row(Lead("1", START), events, AS_OF_US).table.row(0)
    contributions = [1.0] * len(values)
    sentences = say_all(FEATURES, values, contributions, "en")
    for name, said in zip(SUBJECTS.names, sentences, strict=True):
        if "event:" not in name:
            continue
        prefix = "account." if name.startswith("account.") else ""
        happened = values[FEATURES.columns[f"{prefix}count({name.partition(':')[2]})"]]
        denied = said.endswith(("never", "no activity so far", "No activity so far"))
        assert denied == (happened == 0.0), said
