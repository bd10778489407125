"""What features and their subjects are called for a reader, in German and English."""

from collections.abc import Mapping

from features.contract.language import Language
from features.declaration.feature_set import Behaviour, DisplayName, Feature, FeatureSet
from features.declaration.operators import OPERATORS
from features.wording.words import WORDS, window_words


def feature_label(feature: Feature, feature_set: FeatureSet, language: Language) -> str:
    """Return what a feature is called, such as ``Demo requested, 7 days: count``."""
    if feature.kind == "behaviour":
        return _behaviour_label(feature, feature_set, language)
    if feature.kind in ("number", "category"):
        return display_name(feature.field, feature_set.names, language) or feature.field
    if feature.kind == "season":
        return f"{WORDS[language]['season']}: {WORDS[language][feature.wave]}"
    return WORDS[language][feature.kind]


def subject_label(feature: Feature, feature_set: FeatureSet, language: Language) -> str:
    """Return what the subject of a feature is called, such as ``Company: Price page visited``."""
    if feature.kind == "season":
        return WORDS[language]["season"]
    if feature.kind != "behaviour":
        return feature_label(feature, feature_set, language)
    words = WORDS[language]
    called = words["activity"]
    if feature.event_type is not None:
        called = _event_label(feature.event_type, feature_set, language)
    return f"{words['account']}: {called}" if feature.level == "account" else called


def _behaviour_label(feature: Behaviour, feature_set: FeatureSet, language: Language) -> str:
    words = WORDS[language]
    label = words["every"]
    if feature.event_type is not None:
        label = _event_label(feature.event_type, feature_set, language)
    if feature.window is not None:
        label += f", {window_words(feature.window, language)}"
    elif feature.half_life is not None:
        label += f", {words['half_life']} {window_words(feature.half_life, language)}"
    prefix = f"{words['account']}: " if feature.level == "account" else ""
    operator = OPERATORS[feature.operator]
    return f"{prefix}{label}: {operator.de if language == 'de' else operator.en}"


def _event_label(event_type: str, feature_set: FeatureSet, language: Language) -> str:
    named = display_name(event_type, feature_set.names, language)
    return named or WORDS[language]["event"].format(name=event_type)


def display_name(name: str, names: Mapping[str, DisplayName], language: Language) -> str | None:
    """Return what an event type or a profile field is called; None if nobody has said."""
    display = names.get(name)
    if display is None:
        return None
    return display.de if language == "de" else display.en
