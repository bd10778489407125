"""What an agreement asks of a lead, as people read it, in German and English."""

from collections.abc import Mapping

from features.contract.language import Language
from features.wording.words import number_text
from serving.lifecycle.criteria import Criteria, Wanted
from serving.lifecycle.words import shown

NEEDS: Mapping[Language, Mapping[str, str]] = {
    "de": {
        "fit_at_least": "das Profil zählt mindestens {wanted} (0 ist wie üblich)",
        "behaviour_at_least": "das Verhalten zählt mindestens {wanted} (0 ist wie üblich)",
        "grade": "Klasse {wanted} oder besser",
        "probability_at_least": "Wahrscheinlichkeit mindestens {wanted}",
        "probability_below": "Wahrscheinlichkeit unter {wanted}",
        "consent": "eine Rechtsgrundlage für Profiling besteht",
        "contactable": "E-Mail-Adresse oder Telefonnummer ist bekannt",
        "known": "bekannt ist: {wanted}",
        "bant_at_least": "BANT ist zu mindestens {wanted} von 4 Teilen geklärt",
        "in_stage_at_least": "seit mindestens {wanted} Tagen in der Stufe",
    },
    "en": {
        "fit_at_least": "the profile counts at least {wanted} (0 is as usual)",
        "behaviour_at_least": "the behaviour counts at least {wanted} (0 is as usual)",
        "grade": "grade {wanted} or better",
        "probability_at_least": "probability of at least {wanted}",
        "probability_below": "probability below {wanted}",
        "consent": "there is a basis for profiling",
        "contactable": "an e-mail address or telephone number is known",
        "known": "known: {wanted}",
        "bant_at_least": "BANT is established in at least {wanted} of 4 parts",
        "in_stage_at_least": "in the stage for at least {wanted} days",
    },
}


def needs_texts(criteria: Criteria, language: Language) -> list[str]:
    """Return what is asked, a sentence for each criterion."""
    return [_text(name, shown(name, wanted), language) for name, wanted in criteria.asked.items()]


def _text(name: str, wanted: Wanted, language: Language) -> str:
    if isinstance(wanted, tuple):
        said = ", ".join(wanted)
    elif isinstance(wanted, str):
        said = wanted
    elif name.startswith("probability"):
        said = f"{number_text(100 * wanted, language)} %"
    else:
        said = number_text(float(wanted), language)
    return NEEDS[language][name].format(wanted=said)
