"""What people read of an alert, wherever it reaches them."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from features.contract.language import Language
from features.wording.words import number_text


class Reading(NamedTuple):
    """How alerts are read.

    Attributes:
        language: Of the reader.
        time_zone: Of the moments that they read.
        public_url: Where they reach the workspace; None where that is not known.
    """

    language: Language
    time_zone: str
    public_url: str | None


class AlertText(NamedTuple):
    """What is read: a line, sentences, and where the lead is shown; None where nobody knows."""

    title: str
    sentences: tuple[str, ...]
    link: str | None


WORDS: dict[Language, dict[str, str]] = {
    "de": {
        "title": "{label}: Lead {lead}",
        "event": "{event_type} am {occurred_at}.",
        "grade": "Jetzt Klasse {new}, vorher {old}.",
        "first grade": "Gleich beim ersten Mal Klasse {new}.",
        "sla_warning": "Seit {since} in Stufe {stage}; zugesagt ist der nächste Schritt bis "
                       "{due_at}.",
        "sla_broken": "Seit {since} in Stufe {stage}; zugesagt war der nächste Schritt bis "
                      "{due_at}.",
        "stage": "Stufe {stage}.",
        "score": "Klasse {grade}, Wahrscheinlichkeit {probability} %.",
        "open": "Lead öffnen",
        "moment": "d. MMMM y, HH:mm 'Uhr' (z)",
    },
    "en": {
        "title": "{label}: lead {lead}",
        "event": "{event_type} on {occurred_at}.",
        "grade": "Now grade {new}, before {old}.",
        "first grade": "Grade {new} from the first.",
        "sla_warning": "In stage {stage} since {since}; the next step is promised by {due_at}.",
        "sla_broken": "In stage {stage} since {since}; the next step was promised by {due_at}.",
        "stage": "Stage {stage}.",
        "score": "Grade {grade}, probability {probability} %.",
        "open": "Open the lead",
        "moment": "d MMMM y, HH:mm (z)",
    },
}  # fmt: skip

_MOMENTS = ("occurred_at", "since", "due_at")


def alert_text(said: Mapping[str, Any], reading: Reading) -> AlertText:
    """Return what people read of an alert.

    Args:
        said: What was told of it, as its message has it.
        reading: How it is read.
    """
    words, language = WORDS[reading.language], reading.language
    because = {
        name: _moment(value, reading) if name in _MOMENTS else printable(value)
        for name, value in said["because"].items()
        if value is not None
    }
    kind = "first grade" if said["kind"] == "grade" and "old" not in because else said["kind"]
    sentences = [words[kind].format(stage=said["stage"], **because)]
    if "since" not in because and said["stage"] is not None:
        sentences.append(words["stage"].format(stage=said["stage"]))
    if said["probability"] is not None:
        # A figure of four digits pretends to know more than anybody does.
        probability = number_text(round(100 * said["probability"], 1), language)
        sentences.append(words["score"].format(grade=said["grade"], probability=probability))
    label = said["alert"] if said["label"] is None else said["label"][language]
    title = words["title"].format(label=label, lead=printable(said["lead_id"]))
    return AlertText(title, tuple(sentences), alert_link(said["lead_id"], reading.public_url))


def alert_link(lead_id: str, public_url: str | None) -> str | None:
    """Return where the workspace shows a lead; None where nobody knows how it is reached."""
    return None if public_url is None else f"{public_url}/app/leads/{quote(lead_id, safe='')}"


def printable(text: str) -> str:
    """Return a text on one line, without what no reader sees or what turns others around."""
    seen = (" " if unicodedata.category(c)[0] in "ZC" else c for c in text)
    return " ".join("".join(seen).split())


def _moment(written: str, reading: Reading) -> str:
    at = datetime.fromisoformat(written)
    return format_datetime(
        at,
        WORDS[reading.language]["moment"],
        tzinfo=ZoneInfo(reading.time_zone),
        locale=reading.language,
    )
