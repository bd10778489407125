"""Mistakes in files are said in German: all of ours, and none that nobody says any more."""

import ast
import inspect
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import features.contract
import serving.intake.importing
import serving.lifecycle
from features.contract.document import DocumentError
from serving.agreements import parse_agreement
from serving.lifecycle.agreement import SHIPPED
from serving.pages.mistakes import mistake_told
from serving.pages.words.mistakes import FRAMES, MISTAKES
from serving.record.lifecycle.agreements import Kind
from serving.scoring import rules
from serving.scoring.rules import SHIPPED as SHIPPED_RULES

LIFECYCLE = SHIPPED.read_text(encoding="utf-8")
RULES = SHIPPED_RULES.read_text(encoding="utf-8")

ROOMS = [Path(room.__path__[0]) for room in (serving.lifecycle, serving.intake.importing)]
FILES = [
    *(file for room in ROOMS for file in sorted(room.glob("*.py"))),
    Path(inspect.getfile(rules)),
    Path(features.contract.__path__[0]) / "duration.py",
]
# What people send to the API or decide on a page, and no file holds; and costs, which the command
# takes.
OTHERS = {"bant.py", "moves.py", "costs.py", "position.py"}


def messages() -> Iterator[str]:
    """Yield all that our readers of files say is wrong, with something in place of each hole."""
    for file in FILES:
        if file.name in OTHERS:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("ValueError", "TableError"):
                yield from map(_filled, node.args[:1])
            elif isinstance(node, ast.Call) and _name(node.func) == "ContractError":
                yield from map(_filled, node.args[1:2])
            elif isinstance(node, ast.Yield) and file.name in ("soundness.py", "alerts.py"):
                yield _filled(node.value)


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else ""


def _filled(said: ast.expr | None) -> str:
    if isinstance(said, ast.Constant):
        return str(said.value)
    if not isinstance(said, ast.JoinedStr):
        return ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else _sample(part) for part in said.values
    )


def _sample(hole: ast.expr) -> str:
    written = ast.unparse(hole)
    if "suggestion" in written:
        return "did you mean 'x'?"
    # What stands before a colon in these files says whose mistake it is.
    samples = {
        "{said}": "alert 'x'", "{where}": "line 7", "{mistake}": "is no JSON",
        "{error}": "7h is more than a year of hours",
        "{_said(error)}": "the stage is an end; leave it out",
    }  # fmt: skip
    return samples.get(written, "7")


def test_every_mistake_of_ours_is_said_in_german() -> None:
    said = {message for message in messages() if " " in message.strip()}
    assert len(said) > 60
    english = {one for one in said if mistake_told(one, "de").language == "en"}
    assert english == set()


def test_none_is_said_that_nobody_says() -> None:
    source = "\n".join(
        node.value
        for file in [*FILES, *Path(features.contract.__path__[0]).glob("*.py"),
                     *Path(inspect.getfile(tomllib)).parent.glob("*.py"),
                     *Path(serving.lifecycle.__path__[0]).parent.rglob("pages/imports.py"),
                     *Path(serving.lifecycle.__path__[0]).parent.rglob("intake/*.py")]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )  # fmt: skip
    # What pydantic says has its pieces in a library.
    ours = [one for one in MISTAKES if " should " not in one.en]
    for one in ours:
        for fragment in re.split(r"\{\w+\}|; (?=did you|known are|nothing)", one.en):
            words = fragment.strip(" ';:,.()?")
            if len(words) > 6:
                assert words in source, one.en


def test_both_languages_are_filled_by_the_same() -> None:
    for one in (*MISTAKES, *FRAMES):
        holes = [set(re.findall(r"\{(\w+)\}", said)) for said in one]
        assert holes[0] <= holes[1], one
        assert ("{more}" in one.de) == (one in FRAMES)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("lifecycle", "version = ", "Lebenszyklus: ist kein TOML: hier steht kein Wert; Texte "
         "stehen in Anführungszeichen (am Ende)"),
        ("lifecycle", "version = 1 2\n", "(Zeile 1, Spalte 13)"),
        ("lifecycle", LIFECYCLE.replace("\nend = true", "\nende = true", 1),
         "den Namen 'stages.customer.ende' gibt es nicht; ist 'end' gemeint?"),
        ("lifecycle", LIFECYCLE.replace('by = ["sales", "crm"]\n', "", 1),
         "Lebenszyklus: 'transitions.4.by' fehlt"),
        ("lifecycle", LIFECYCLE.replace("[stages.SAL]\n", "", 1),
         "es gibt kein [stages.SAL]; fügen Sie es hinzu; "),
        ("lifecycle", LIFECYCLE.replace('"09:00-17:00"', '"9-17"', 1),
         "'9-17' sind keine Stunden eines Tages; schreiben Sie '09:00-17:00'"),
        ("lifecycle", LIFECYCLE.replace('within = "8h"', 'within = "2d"', 1),
         "'2d' ist keine Geschäftszeit"),
        ("rules", RULES.replace("mal = 20", "mal = 900", 1), "muss steigen: 0 < mal < mql < sql"),
        ("rules", RULES.replace("mal = 20", "mal = 'x'", 1), "muss eine ganze Zahl sein"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_agreement_is_said_in_german(
    kind: Kind, text: str, said: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_agreement(kind, text)
    told = [mistake_told(line, "de") for line in str(caught.value).splitlines()]
    assert [one.language for one in told] == ["de"] * len(told), told
    assert said in "\n".join(one.text for one in told)
    assert mistake_told(str(caught.value), "en") == (str(caught.value), "en")


def test_what_nobody_knows_stays_english() -> None:
    assert mistake_told("occurred: broken by <b>; see there", "de").language == "en"
    told = mistake_told("line 3: is no JSON; is no JSON object", "de")
    assert told == ("Zeile 3: ist kein JSON; ist kein JSON-Objekt", "de")


def test_many_mistakes_take_no_longer_for_one_that_nobody_knows() -> None:
    known = [
        f"alert 'a{n}': there is no use case 'u{n}'; add it, or leave it out" for n in range(30)
    ]
    told = mistake_told("lifecycle.toml: " + "; ".join(known), "de")
    assert told.language == "de"
    assert told.text.count("es gibt keinen Anwendungsfall") == 30
    began = time.process_time()
    message = "lifecycle.toml: " + "; ".join([*known, "nobody knows this"])
    assert mistake_told(message, "de") == (message, "en")
    assert mistake_told("; ".join(known * 50), "de").language == "en"
    assert time.process_time() - began < 1
