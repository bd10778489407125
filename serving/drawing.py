"""An answer drawn for a terminal: bars up and down, in German or English."""

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from features.declaration import Language
from features.labels import number_text
from serving.answer import Answer

_WIDTH = 12

_WORDS = {
    "de": {
        "score": "Score",
        "grade": "Note",
        "probability": "Wahrscheinlichkeit",
        "base": "Ausgangswert",
        "other": "Alles Übrige",
        "fit": "Profil",
        "behaviour": "Verhalten",
        "missing": "Es fehlen",
        "unknown": "Unbekannt",
        "ignored": "Nicht gezählte Ereignisse",
        "rules": "Regeln statt Modell",
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
        "unknown": "Unknown",
        "ignored": "Events not counted",
        "rules": "rules instead of a model",
        "total": "Log-odds in total",
    },
}


def draw(answer: Answer, language: Language) -> Group:
    """Return an answer as something rich can print."""
    words = _WORDS[language]
    return Group(_headline(answer, language), _bars(answer, language), *_remarks(answer, words))


def _headline(answer: Answer, language: Language) -> Text:
    words = _WORDS[language]
    percent = number_text(round(100 * answer.probability, 1), language)
    text = Text.assemble(
        (f"{answer.lead_id}  ", "bold"),
        f"{words['score']} {answer.score}, {words['grade']} ",
        (answer.grade, "bold"),
        f", {words['probability']} {percent} %",
    )
    if answer.basis == "rules":
        text.append(f"  ({words['rules']}: {answer.fallback_reason})", "yellow")
    else:
        text.append(f"  ({answer.model_version})", "dim")
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
        table.add_row(Text(down, "red"), Text(up, "green"), _signed(contribution, language), text)
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
    text = f"{value:+.2f}"
    return text.replace(".", ",") if language == "de" else text


def _remarks(answer: Answer, words: dict[str, str]) -> Iterator[Text]:
    for key, names in (("missing", answer.missing), ("unknown", answer.unknown)):
        if names:
            yield Text(f"{words[key]}: {', '.join(names)}", "dim")
    if answer.events_ignored:
        yield Text(f"{words['ignored']}: {answer.events_ignored}", "dim")
