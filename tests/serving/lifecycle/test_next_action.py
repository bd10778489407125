"""What to do next, and why: a table whose first row that holds decides."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US
from serving.lifecycle.action_words import ACTIONS, money_text, share_text
from serving.lifecycle.handover import HandoverTerms, expected_value
from serving.lifecycle.next_action import Kind, NextAction, next_action
from serving.lifecycle.situation import NextActionTerms, Situation
from serving.lifecycle.stages import STAGES
from tests.serving.lifecycle.agreements import NOW

PRICED = HandoverTerms(
    calls_per_week=10, value_of_conversion=2_000, cost_of_call=100, currency="EUR"
)
USUAL = NextActionTerms()
OPEN = Situation(
    stage="MAL", since=NOW - 5 * DAY_US, now=NOW, consent=True, contactable=True,
    probability=0.1, grade="B", bar=None, newest={},
)  # fmt: skip


def ago(**days: float) -> dict[str, int]:
    return {kind: NOW - round(count * DAY_US) for kind, count in days.items()}


def decided(handover: HandoverTerms | None = PRICED, **changes: Any) -> tuple[str, str]:  # noqa: ANN401
    found = next_action(replace(OPEN, **changes), USUAL, handover)
    return found.kind, found.code


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"stage": "customer"}, "let_rest", "customer"),
        ({"stage": "disqualified"}, "let_rest", "disqualified"),
        ({"consent": False, "stage": "SQL"}, "let_rest", "no_basis"),
        ({"contactable": False, "stage": "SAL"}, "let_rest", "unreachable"),
        ({"stage": "SQL"}, "call", "qualified"),
        ({"stage": "SAL", "probability": 0.0}, "call", "accepted"),
        ({}, "call", "worth_a_call"),
        ({"newest": ago(demo_request=14)}, "call", "demo_asked"),
        ({"newest": ago(demo_request=14.01)}, "call", "worth_a_call"),
        ({"probability": 0.05}, "nurture", "not_yet"),  # a call just pays: nothing is gained
        ({"bar": 0.1}, "call", "worth_a_call"),
        ({"bar": 0.11}, "nurture", "not_yet"),
        ({"bar": 0.11, "stage": "MQL"}, "call", "worth_a_call"),  # it is handed over already
        ({"stage": "MQL", "probability": 0.01}, "nurture", "not_yet"),
        ({"probability": 0.01, "newest": ago(demo_request=1)}, "offer_demo", "demo_interest"),
        ({"probability": 0.01, "newest": ago(price_page=14)}, "offer_demo", "price_interest"),
        ({"probability": 0.01, "newest": ago(price_page=15)}, "nurture", "not_yet"),
        ({"probability": 0.01, "newest": ago(webinar=3)}, "send_content", "active"),
        ({"probability": 0.01, "grade": "D", "newest": ago(webinar=3)}, "nurture", "not_yet"),
        ({"probability": 0.01, "grade": "D", "newest": ago(webinar=15)}, "let_rest", "low"),
        ({"probability": 0.01, "newest": ago(webinar=180)}, "let_rest", "quiet"),
        ({"probability": 0.01, "newest": ago(webinar=179.9)}, "nurture", "not_yet"),
        ({"stage": "recycled", "probability": 0.9}, "nurture", "set_aside"),
        ({"stage": "recycled", "newest": ago(demo_request=4.99)}, "offer_demo", "demo_interest"),
        ({"stage": "recycled", "newest": ago(demo_request=5)}, "nurture", "set_aside"),
        ({"stage": "recycled", "newest": ago(webinar=3)}, "send_content", "active"),
        ({"probability": None, "grade": None}, "nurture", "no_score"),
        ({"probability": None, "grade": None, "newest": ago(webinar=3)}, "nurture", "no_score"),
        ({"stage": None, "probability": 0.9}, "nurture", "not_yet"),
    ],
)
def test_the_first_row_that_holds_decides(changes: dict[str, Any], kind: str, code: str) -> None:
    assert decided(**changes) == (kind, code)


def test_without_prices_whoever_is_handed_over_is_called() -> None:
    assert decided(None, stage="MQL", probability=0.01) == ("call", "handed_over")
    assert decided(None, stage="MQL", newest=ago(demo_request=1)) == ("call", "demo_asked")
    assert decided(None, probability=0.99) == ("nurture", "not_handed_over")


def test_a_why_names_the_facts_that_decided() -> None:
    found = next_action(replace(OPEN, newest=ago(demo_request=3.9)), USUAL, PRICED)
    assert found.why == {
        "de": "Hat vor 3 Tagen eine Demo angefragt; Wahrscheinlichkeit 10 %, Erwartungswert 100 €.",
        "en": "Asked for a demo 3 days ago; probability 10 %, expected value 100 €.",
    }
    of_none = next_action(replace(OPEN, stage="MQL", probability=0.012), USUAL, None)
    assert of_none.why["de"] == "Ist an den Vertrieb übergeben: Wahrscheinlichkeit 1,2 %."
    for days, said in ((0.5, "today"), (1, "yesterday"), (2, "2 days ago")):
        asked = replace(OPEN, probability=0.0, newest=ago(price_page=days))
        assert next_action(asked, USUAL, PRICED).why["en"] == f"Was interested in prices {said}."


def test_amounts_and_shares_are_written_as_people_write_them() -> None:
    assert (money_text(12_345.6, "EUR", "de"), money_text(12_345.6, "USD", "en")) == (
        "12.346 €", "12,346 $",
    )  # fmt: skip
    assert money_text(-0.4, "EUR", "en") == "0 €"
    shares = [share_text(share, "de") for share in (0.5, 0.0994, 0.0999, 0.0123, 1.0, 0.0)]
    assert shares == ["50 %", "9,9 %", "10 %", "1,2 %", "100 %", "0 %"]


situations = st.builds(
    Situation,
    stage=st.sampled_from([None, *STAGES]),
    since=st.integers(NOW - 400 * DAY_US, NOW),
    now=st.just(NOW),
    consent=st.booleans(),
    contactable=st.booleans(),
    probability=st.none() | st.floats(0, 1),
    grade=st.none() | st.sampled_from("ABCD"),
    bar=st.none() | st.floats(0, 1),
    newest=st.dictionaries(
        st.sampled_from(["demo_request", "price_page", "webinar"]),
        st.integers(NOW - 400 * DAY_US, NOW - 1),
    ),
)


@given(situations, st.none() | st.just(PRICED))
def test_nobody_is_called_who_must_not_or_does_not_pay(
    situation: Situation, handover: HandoverTerms | None
) -> None:
    found = next_action(situation, USUAL, handover)
    assert isinstance(found, NextAction) and found.kind in get_args(Kind)
    for language in ("de", "en"):
        assert ACTIONS[language][found.kind]
        assert found.why[language].endswith(".") and "{" not in found.why[language]
        assert "None" not in found.why[language]
    if found.kind == "call":
        assert situation.consent and situation.contactable
        assert situation.stage in ("lead", "MAL", "MQL", "SAL", "SQL")
        if handover is not None and situation.stage not in ("SAL", "SQL"):
            assert situation.probability is not None
            assert expected_value(situation.probability, handover) > 0
    if not situation.consent:
        assert found.kind == "let_rest"
