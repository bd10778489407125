"""What features and their values are called for a reader, in German and English."""

from collections.abc import Mapping

from features.declaration import Behaviour, DisplayName, Feature, FeatureSet, Language
from features.duration import duration_words
from features.operators import OPERATORS

_WORDS = {
    "de": {
        "account": "Firma: ",
        "every": "Alle Ereignisse",
        "event": "Ereignis",
        "half_life": "Halbwertszeit",
        "lead_age": "Alter des Leads in Tagen",
        "missing_count": "Anzahl fehlender Profilangaben",
        "missing": "fehlt",
        "true": "ja",
        "false": "nein",
    },
    "en": {
        "account": "Account: ",
        "every": "All events",
        "event": "Event",
        "half_life": "half-life",
        "lead_age": "Age of the lead in days",
        "missing_count": "Number of missing profile fields",
        "missing": "missing",
        "true": "yes",
        "false": "no",
    },
}


def feature_label(feature: Feature, feature_set: FeatureSet, language: Language) -> str:
    """Return what a feature is called, such as ``Demo requested, 7 days: count``."""
    if feature.kind == "behaviour":
        return _behaviour_label(feature, feature_set, language)
    if feature.kind in ("number", "category"):
        return display_name(feature.field, feature_set.names, language) or feature.field
    return _WORDS[language][feature.kind]


def _behaviour_label(feature: Behaviour, feature_set: FeatureSet, language: Language) -> str:
    words = _WORDS[language]
    if feature.event_type is None:
        subject = words["every"]
    else:
        named = display_name(feature.event_type, feature_set.names, language)
        subject = named or f"{words['event']} {feature.event_type}"
    if feature.window is not None:
        subject += f", {duration_words(feature.window, language)}"
    elif feature.half_life is not None:
        subject += f", {words['half_life']} {duration_words(feature.half_life, language)}"
    prefix = words["account"] if feature.level == "account" else ""
    operator = OPERATORS[feature.operator]
    return f"{prefix}{subject}: {operator.de if language == 'de' else operator.en}"


def display_name(name: str, names: Mapping[str, DisplayName], language: Language) -> str | None:
    """Return what an event type or a profile field is called; None if nobody has said."""
    display = names.get(name)
    if display is None:
        return None
    return display.de if language == "de" else display.en


def value_text(value: float | str | None, language: Language) -> str:
    """Return a feature's value for a reader: ``2,5``, ``ja``, ``Maschinenbau``, ``fehlt``."""
    words = _WORDS[language]
    if value is None:
        return words["missing"]
    if isinstance(value, str):
        return words[value] if value in ("true", "false") else value
    return number_text(value, language)


def number_text(value: float, language: Language) -> str:
    """Return a finite number with up to two decimals; small ones keep two significant digits."""
    if value != 0 and abs(value) < 0.1:
        text = f"{value:.2g}"
    else:
        text = f"{value:z.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "de" else text
