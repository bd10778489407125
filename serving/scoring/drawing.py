"""An answer drawn for a terminal: bars up and down, in German or English."""

from collections.abc import Iterator, Mapping

from rich.console import Group
from rich.table import Table
from rich.text import Text

from features.contract.language import Language
from features.declaration.feature_set import DisplayName
from features.wording.labels import display_name
from features.wording.words import decimal, number_text
from serving.scoring.answer import Answer
from serving.scoring.missing import UNSENT

_WIDTH = 12

_WORDS = {
    "de": {
        "score": "Score",
        "grade": "Klasse",
        "probability": "Wahrscheinlichkeit",
        "base": "Ausgangswert",
        "other": "Alles Übrige",
        "fit": "Profil",
        "behaviour": "Verhalten",
        "missing": "Fehlende Angaben",
        "events": "Ereignisse",
        "account_events": "Ereignisse der Firma",
        "unknown": "Unbekannt",
        "ignored": "Nicht gezählte Ereignisse",
        "incomplete": "Ereignisse ohne Wert oder Inhalt",
        "instead": "Regeln statt Modell",
        "rules": "Regeln",
        "total": "Log-Odds gesamt",
    },
    "en": {
        "score": "Score",
        "grade": "grade",
        "probability": "probability",
        "base": "Base value",
        "other": "Everything else",
        "fit": "Profile",
        "behaviour": "Behaviour",
        "missing": "Missing",
        "events": "events",
        "account_events": "events of the company",
        "unknown": "Unknown",
        "ignored": "Events not counted",
        "incomplete": "Events without value or item",
        "instead": "rules instead of a model",
        "rules": "rules",
        "total": "Log-odds in total",
    },
}


def draw(answer: Answer, language: Language, names: Mapping[str, DisplayName]) -> Group:
    """Return an answer as something rich can print.

    Args:
        answer: What to draw.
        language: Of the words around it.
        names: What profile fields are called.
    """
    return Group(
        _headline(answer, language), _bars(answer, language), *_remarks(answer, language, names)
    )


def _headline(answer: Answer, language: Language) -> Text:
    words = _WORDS[language]
    percent = number_text(round(100 * answer.probability, 1), language)
    text = Text.assemble(
        (f"{answer.lead_id}  ", "bold"),
        f"{words['score']} {answer.score}, {words['grade']} ",
        (answer.grade, "bold"),
        f", {words['probability']} {percent} %",
    )
    if answer.fallback_reason is not None:
        text.append(f"  ({words['instead']}: {answer.fallback_reason})", "yellow")
    else:
        text.append(f"  ({answer.model_version or words['rules']})", "dim")
    return text


def _bars(answer: Answer, language: Language) -> Table:
    words = _WORDS[language]
    rows = [(reason.text, reason.contribution) for reason in answer.reasons]
    rows.append((words["other"], answer.other_contribution))
    longest = max(abs(contribution) for _, contribution in rows) or 1.0
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="left", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for text, contribution in rows:
        bar = "█" * max(round(abs(contribution) / longest * _WIDTH), contribution != 0)
        down, up = (bar, "") if contribution < 0 else ("", bar)
        table.add_row(
            Text(down, "red"), Text(up, "green"), _signed(contribution, language), Text(text)
        )
    table.add_section()
    for key, value in (
        ("base", answer.base_log_odds),
        ("fit", answer.fit),
        ("behaviour", answer.behaviour),
        ("total", answer.log_odds),
    ):
        table.add_row("", "", _signed(value, language), Text(words[key], "dim"))
    return table


def _signed(value: float, language: Language) -> str:
    return decimal(f"{value:+.2f}", language)


def _remarks(
    answer: Answer, language: Language, names: Mapping[str, DisplayName]
) -> Iterator[Text]:
    words = _WORDS[language]
    of_events = {name: words[name] for name in UNSENT.values()}
    missing = [
        of_events.get(name) or display_name(name, names, language) or name
        for name in answer.missing
    ]
    for key, listed in (("missing", missing), ("unknown", answer.unknown)):
        if listed:
            yield Text(f"{words[key]}: {', '.join(listed)}", "dim")
    for key, count in (
        ("ignored", answer.events_ignored),
        ("incomplete", answer.events_incomplete),
    ):
        if count:
            yield Text(f"{words[key]}: {count}", "dim")
