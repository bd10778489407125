"""Evidence of BANT: its forms, and what of it counts."""

from datetime import datetime
from itertools import permutations
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from features.contract.duration import DAY_US
from features.contract.lead import micros
from serving.lifecycle.bant import (
    FORMS,
    SUBJECTS,
    BantTerms,
    Finding,
    Report,
    Subject,
    Timeline,
    established,
    findings,
)
from serving.lifecycle.criteria import Check
from serving.lifecycle.words import WORDS, bant_text, check_text

TERMS = BantTerms()
MIDDAY = "2026-05-15T12:00:00+00:00"


def moment(text: str) -> int:
    return micros(datetime.fromisoformat(text), "")


NOW = moment(MIDDAY)


def report(confidence: float = 0.8, at: int = NOW, **said: object) -> Report:
    return Report(said, "call", confidence, at, "u-17")  # type: ignore[arg-type]


def state(subject: Subject, *reports: Report) -> str:
    return findings(reports, TERMS, NOW)[subject].state


@pytest.mark.parametrize(
    ("subject", "form"),
    [
        ("budget", {"currency": "EUR"}),
        ("budget", {"at_least": 1, "currency": "XYZ"}),
        ("budget", {"at_least": 1, "currency": "eur"}),
        ("budget", {"at_least": -1, "currency": "EUR"}),
        ("budget", {"at_least": 2, "at_most": 1, "currency": "EUR"}),
        ("budget", {"at_least": float("inf"), "currency": "EUR"}),
        ("authority", {"part": "boss"}),
        ("need", {"code": "Karla Sommer will das!"}),
        ("need", {"code": "x" * 61}),
        ("need", {"code": ""}),
        ("budget", {"at_most": 1.1e15, "currency": "EUR"}),
        ("need", {}),
        ("timeline", {}),
        ("timeline", {"day": "2026-06-01", "quarter": "2026-Q2"}),
        ("timeline", {"quarter": "2026-Q5"}),
        ("timeline", {"day": "soon"}),
    ],
)
def test_other_forms_are_refused(subject: Subject, form: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FORMS[subject].model_validate(form)


@pytest.mark.parametrize(
    ("subject", "form"),
    [
        ("need", {"code": "x" * 60}),
        ("need", {"code": "x"}),
        ("budget", {"at_least": 0, "at_most": 0, "currency": "EUR"}),
        ("budget", {"at_least": 1e15, "at_most": 1e15, "currency": "EUR"}),
    ],
)
def test_forms_reach_up_to_their_borders(subject: Subject, form: dict[str, Any]) -> None:
    assert FORMS[subject].model_validate(form)


def test_usual_evidence_is_half_sure_and_half_a_year_old() -> None:
    assert (TERMS.confidence_at_least, TERMS.fresh_for) == (0.5, 180 * DAY_US)
    assert BantTerms(confidence_at_least=1.0).confidence_at_least == 1.0
    for sure in (0.0, 1.1):
        with pytest.raises(ValidationError):
            BantTerms(confidence_at_least=sure)
    with pytest.raises(ValidationError):
        BantTerms(authority=())


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
    ],
)
def test_a_quarter_has_its_days(quarter: str, first: str, last: str) -> None:
    span = Timeline(quarter=quarter).span
    assert [day.isoformat() for day in span] == [first, last]


@pytest.mark.parametrize(
    ("subject", "said", "expected"),
    [
        ("budget", {"at_least": 1, "currency": "EUR"}, "established"),
        ("budget", {"at_most": 0, "currency": "EUR"}, "against"),
        ("budget", None, "against"),
        ("authority", {"part": "recommends"}, "established"),
        ("authority", {"part": "uses"}, "against"),
        ("need", {"code": "replace_legacy"}, "established"),
        ("need", None, "against"),
        ("timeline", {"day": "2026-05-15"}, "established"),
        ("timeline", {"day": "2026-05-14"}, "outdated"),
        ("timeline", {"quarter": "2026-Q2"}, "established"),
        ("timeline", {"quarter": "2026-Q1"}, "outdated"),
        ("timeline", {"day": "2027-05-15"}, "established"),
        ("timeline", {"day": "2027-05-16"}, "against"),
        ("timeline", {"quarter": "2027-Q2"}, "established"),
        ("timeline", {"quarter": "2027-Q3"}, "against"),
    ],
)
def test_what_was_said_is_enough_or_not(
    subject: Subject, said: dict[str, Any] | None, expected: str
) -> None:
    assert state(subject, Report({subject: said}, "call", 0.8, NOW, "u-17")) == expected


def test_the_newest_that_is_sure_enough_counts() -> None:
    some, none = {"at_least": 5_000, "currency": "EUR"}, None
    early, late = NOW - DAY_US, NOW
    assert state("budget", report(budget=some, at=early), report(budget=none, at=late)) == "against"
    # A rumour does not take back what is known.
    rumour = report(0.4, budget=none, at=late)
    assert state("budget", report(budget=some, at=early), rumour) == "established"
    assert state("budget", rumour) == "unsure"
    assert state("budget", report(0.5, budget=some)) == "established"
    # At one moment, the surer one.
    assert state("budget", report(0.9, budget=some), report(0.6, budget=none)) == "established"
    edge = NOW - TERMS.fresh_for
    assert state("budget", report(budget=some, at=edge)) == "established"
    assert state("budget", report(budget=some, at=edge - 1)) == "outdated"
    assert state("need", report(budget=some)) == "unknown"


@given(
    st.lists(
        st.builds(
            lambda confidence, days, has: report(
                confidence, NOW - days * DAY_US, budget={"at_most": has, "currency": "EUR"}
            ),
            st.sampled_from([0.1, 0.5, 0.6, 0.9]),
            st.integers(0, 400),
            st.sampled_from([0, 1]),
        ),
        max_size=4,
        unique_by=lambda one: (one.at, one.confidence),
    )
)
def test_the_order_in_which_evidence_came_does_not_count(reports: list[Report]) -> None:
    found, *others = [findings(some, TERMS, NOW)["budget"] for some in permutations(reports)]
    assert all(other == found for other in others)
    sure = [r for r in reports if r.confidence >= 0.5 and NOW - r.at <= TERMS.fresh_for]
    if found.state == "established":
        newest = max(sure, key=lambda one: (one.at, one.confidence))
        assert newest.said["budget"]["at_most"] == 1  # type: ignore[index]


def test_what_is_missing_is_said_in_both_languages() -> None:
    reports = [report(budget=None, authority={"part": "decides"}), report(0.2, need={"code": "x"})]
    found = findings(reports, TERMS, NOW)
    assert established(found) == 1
    assert bant_text(found, "en") == (
        "Missing: Budget (asked, there is none or not enough), Need (not sure enough), "
        "Timeline (not asked yet)."
    )
    assert bant_text(found, "de").startswith("Es fehlt: Budget (gefragt")
    whole = {subject: Finding("established") for subject in SUBJECTS}
    assert bant_text(whole, "de") == "BANT ist vollständig."


@pytest.mark.parametrize(
    ("check", "de"),
    [
        (Check("probability_at_least", 0.2, 0.125, False),
         "Wahrscheinlichkeit 12,5 %, nötig mindestens 20 %"),
        (Check("grade", "B", None, False), "Klasse unbekannt, nötig B oder besser"),
        (Check("consent", True, False, False), "Rechtsgrundlage für Profiling: nein, nötig: ja"),
        (Check("known", ("role", "industry"), (), False), "Bekannt: nichts; nötig: role, industry"),
        (Check("in_stage_at_least", 30 * DAY_US, 3 * DAY_US // 2, False),
         "Seit 1,5 Tagen in dieser Stufe, nötig mindestens 30"),
    ],
)  # fmt: skip
def test_a_criterion_is_said(check: Check, de: str) -> None:
    assert check_text(check, "de") == de


def test_both_languages_say_the_same() -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)} - {None}

    assert WORDS["de"].keys() == WORDS["en"].keys()
    assert all(places(text) == places(WORDS["en"][key]) for key, text in WORDS["de"].items())
