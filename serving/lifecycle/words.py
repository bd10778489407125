"""What the criteria and BANT are called, and what is found of them, in German and English."""

from collections.abc import Mapping
from typing import TypeVar

from features.contract.duration import DAY_US
from features.contract.language import Language
from features.wording.words import number_text
from serving.lifecycle.bant import Finding, Subject
from serving.lifecycle.criteria import Check, Value, Wanted

Shown = TypeVar("Shown", Wanted, Value)

WORDS: dict[Language, dict[str, str]] = {
    "de": {
        "fit_at_least": "Profil {value}, nötig mindestens {wanted}",
        "behaviour_at_least": "Verhalten {value}, nötig mindestens {wanted}",
        "grade": "Klasse {value}, nötig {wanted} oder besser",
        "probability_at_least": "Wahrscheinlichkeit {value}, nötig mindestens {wanted}",
        "probability_below": "Wahrscheinlichkeit {value}, nötig weniger als {wanted}",
        "consent": "Rechtsgrundlage für Profiling: {value}, nötig: {wanted}",
        "contactable": "E-Mail-Adresse oder Telefonnummer bekannt: {value}, nötig: {wanted}",
        "known": "Bekannt: {value}; nötig: {wanted}",
        "bant_at_least": "BANT zu {value} von 4 Teilen geklärt, nötig {wanted}",
        "in_stage_at_least": "Seit {value} Tagen in dieser Stufe, nötig mindestens {wanted}",
        "not known": "unbekannt",
        "nothing": "nichts",
        "true": "ja",
        "false": "nein",
        "budget": "Budget",
        "authority": "Entscheidungsbefugnis",
        "need": "Bedarf",
        "timeline": "Zeitplan",
        "against": "gefragt, nicht oder nicht ausreichend vorhanden",
        "unsure": "nicht sicher genug",
        "outdated": "veraltet",
        "unknown": "noch nicht gefragt",
        "bant complete": "BANT ist vollständig.",
        "bant lacks": "Es fehlt: {parts}.",
    },
    "en": {
        "fit_at_least": "Profile {value}, needed at least {wanted}",
        "behaviour_at_least": "Behaviour {value}, needed at least {wanted}",
        "grade": "Grade {value}, needed {wanted} or better",
        "probability_at_least": "Probability {value}, needed at least {wanted}",
        "probability_below": "Probability {value}, needed less than {wanted}",
        "consent": "Basis for profiling: {value}, needed: {wanted}",
        "contactable": "E-mail address or telephone number known: {value}, needed: {wanted}",
        "known": "Known: {value}; needed: {wanted}",
        "bant_at_least": "BANT established in {value} of 4 parts, needed {wanted}",
        "in_stage_at_least": "In this stage for {value} days, needed at least {wanted}",
        "not known": "not known",
        "nothing": "nothing",
        "true": "yes",
        "false": "no",
        "budget": "Budget",
        "authority": "Authority",
        "need": "Need",
        "timeline": "Timeline",
        "against": "asked, there is none or not enough",
        "unsure": "not sure enough",
        "outdated": "out of date",
        "unknown": "not asked yet",
        "bant complete": "BANT is complete.",
        "bant lacks": "Missing: {parts}.",
    },
}


def check_text(check: Check, language: Language) -> str:
    """Return a sentence on a criterion: what is there, and what it takes."""
    value, wanted = shown(check.criterion, check.value), shown(check.criterion, check.wanted)
    text = WORDS[language][check.criterion]
    return text.format(
        value=_text(check.criterion, value, language),
        wanted=_text(check.criterion, wanted, language),
    )


def shown(criterion: str, value: Shown) -> Shown:
    """Return a value as people read it: times are in days, rounded down to hundredths."""
    if criterion == "in_stage_at_least" and isinstance(value, int):
        return int(value * 100 // DAY_US) / 100
    return value


def bant_text(found: Mapping[Subject, Finding], language: Language) -> str:
    """Return a sentence that says what of BANT is missing."""
    words = WORDS[language]
    parts = [
        f"{words[subject]} ({words[one.state]})"
        for subject, one in found.items()
        if one.state != "established"
    ]
    return words["bant lacks"].format(parts=", ".join(parts)) if parts else words["bant complete"]


def _text(criterion: str, value: Value, language: Language) -> str:
    words = WORDS[language]
    if value is None:
        return words["not known"]
    if isinstance(value, bool):
        return words["true" if value else "false"]
    if isinstance(value, tuple):
        return ", ".join(value) or words["nothing"]
    if isinstance(value, str):
        return value
    if criterion.startswith("probability"):
        return f"{number_text(100 * value, language)} %"
    return number_text(float(value), language)
