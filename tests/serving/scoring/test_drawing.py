"""An answer in a terminal: the same parts, in the reader's words."""

import math
from dataclasses import replace

import pytest
from rich.console import Console

from features.contract.language import Language
from features.declaration.feature_set import DisplayName
from serving.scoring.answer import Answer
from serving.scoring.drawing import draw
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from tests.serving.sent import case, lead

NAMES = {"role": DisplayName(de="Rolle", en="Role")}


def drawn(answer: Answer, language: Language = "en") -> str:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(draw(answer, language, NAMES))
    return capture.get()


@pytest.fixture
def answer() -> Answer:
    return Scoring(read_rules(), "no_model").score(case(), -math.inf)


def test_every_part_is_drawn(answer: Answer) -> None:
    lines = drawn(answer).splitlines()
    assert lines[0].startswith(f"L1  Score {answer.score}, grade {answer.grade}, probability ")
    assert lines[0].endswith("(rules instead of a model: no_model)")
    for reason in answer.reasons:
        [line] = [line for line in lines if reason.text in line]
        assert f"{reason.contribution:+.2f}" in line
        assert line.startswith("█") == (reason.contribution < 0)
    assert "Missing: Role, channel" in lines
    assert not any("without value" in line for line in lines)


def test_it_is_drawn_in_german(answer: Answer) -> None:
    text = drawn(answer, "de")
    for word in ("Klasse", "Wahrscheinlichkeit", "Ausgangswert", "Fehlende Angaben: Rolle,"):
        assert word in text
    assert f"{answer.log_odds:+.2f}".replace(".", ",") in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "de",
            [
                "Fehlende Angaben: Rolle, Ereignisse, Ereignisse der Firma, events_seen",
                "Unbekannt: profile.role",
                "Nicht gezählte Ereignisse: 2",
                "Ereignisse ohne Wert oder Inhalt: 3",
            ],
        ),
        (
            "en",
            [
                "Missing: Role, events, events of the company, events_seen",
                "Unknown: profile.role",
                "Events not counted: 2",
                "Events without value or item: 3",
            ],
        ),
    ],
)
def test_what_is_not_known_is_drawn(
    answer: Answer, language: Language, expected: list[str]
) -> None:
    unknowing = answer.model_copy(
        update={
            "missing": ["role", "events", "account_events", "events_seen"],
            "unknown": ["profile.role"],
            "events_ignored": 2,
            "events_incomplete": 3,
        }
    )
    assert drawn(unknowing, language).splitlines()[-4:] == expected


def test_rules_that_were_asked_for_stand_in_for_nothing(answer: Answer) -> None:
    head = drawn(answer.model_copy(update={"fallback_reason": None})).splitlines()[0]
    assert head.endswith("(rules)")


def test_brackets_are_no_markup(answer: Answer) -> None:
    odd = replace(answer.reasons[0], text="Industry = Metal [/Steel] [red]")
    assert "Metal [/Steel] [red]" in drawn(answer.model_copy(update={"reasons": [odd]}))
    unknown = Scoring(read_rules(), "no_model").score(case(lead=lead(lead_id="[/x]")), 0.0)
    assert drawn(unknown).startswith("[/x]  Score")
