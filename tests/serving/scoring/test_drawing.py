"""An answer in a terminal: the same parts, in the reader's words."""

import math
from dataclasses import replace

import pytest
from rich.console import Console

from features.contract.language import Language
from features.declaration.feature_set import DisplayName
from serving.scoring.answer import Answer
from serving.scoring.drawing import draw
from serving.scoring.reasons import Reason
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


def test_bars_are_as_long_as_what_they_tell_and_never_nothing(answer: Answer) -> None:
    told = [
        Reason.about(name, size, name, [])
        for name, size in (("most", 2.0), ("half", -1.0), ("tiny", 0.001), ("less", -0.001))
    ]
    said = answer.model_copy(update={"reasons": told, "other_contribution": 0.0})
    lines = drawn(said).splitlines()
    every = ("most", "half", "tiny", "less", "Everything else")
    bars = {name: line for line in lines for name in every if line.rstrip().endswith(name)}
    assert {name: line.count("█") for name, line in bars.items()} == {
        "most": 12, "half": 6, "tiny": 1, "less": 1, "Everything else": 0,
    }  # fmt: skip
    # What lowers the chance stands on the left, up to what raises it.
    assert [bars[name].index("█") for name in ("most", "half", "tiny", "less")] == [7, 0, 7, 5]
    assert bars["most"].rstrip() == " " * 7 + "█" * 12 + " +2.00 most"


def test_reasons_follow_each_other_line_by_line_and_long_ones_are_folded(answer: Answer) -> None:
    told = [Reason.about(name, 1.0, name, []) for name in ("first", "second " + "x" * 100)]
    lines = drawn(answer.model_copy(update={"reasons": told})).splitlines()
    start = next(at for at, line in enumerate(lines) if line.rstrip().endswith("first"))
    assert lines[start + 1].rstrip().endswith("second")
    assert lines[start + 2].strip("x ") == ""
    assert "Everything else" in lines[start + 3]


def test_an_answer_that_rests_on_nothing_has_no_bars(answer: Answer) -> None:
    text = drawn(answer.model_copy(update={"reasons": [], "other_contribution": 0.0}))
    assert "█" not in text
    assert "+0.00 Everything else" in text


def test_a_chance_is_drawn_in_percent(answer: Answer) -> None:
    text = drawn(answer.model_copy(update={"probability": 0.12345}))
    assert ", probability 12.3 %" in text


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
