"""What stands around every page."""

from collections.abc import Mapping

from serving.pages.words.both import Both

FRAME: Mapping[str, Both] = {
    "frame.product": Both("leadscore", "leadscore"),
    "frame.skip": Both("Zum Inhalt springen", "Skip to content"),
    "frame.navigation": Both("Hauptnavigation", "Main"),
    "frame.account": Both("Konto und Sprache", "Account and language"),
    "frame.log_out": Both("Abmelden", "Log out"),
    "frame.language": Both("Deutsch", "English"),
    "frame.errors": Both(
        "Bitte korrigieren Sie die markierten Felder.", "Please correct the marked fields."
    ),
    "frame.optional": Both("freiwillig", "optional"),
    "frame.figures": Both("Kennzahlen", "Figures"),
    "frame.agreed": Both("Regeln", "Rules"),
    "role.sales": Both("Vertrieb", "Sales"),
    "role.marketing": Both("Marketing", "Marketing"),
    "role.data": Both("Daten", "Data"),
    "role.admin": Both("Administration", "Administration"),
    "banner.loading": Both(
        "Der Dienst lädt noch. Bewertungen gibt es in wenigen Sekunden.",
        "The service is still loading. There will be scores in a few seconds.",
    ),
    "banner.no_model": Both(
        "Die Regeln antworten: Zurzeit ist kein Modell geladen.",
        "The rules answer: no model is loaded at the moment.",
    ),
    "banner.model_refused": Both(
        "Die Regeln antworten: Das Modell konnte nicht verwendet werden.",
        "The rules answer: the model could not be used.",
    ),
    "banner.non_finite": Both(
        "Die Regeln antworten: Das Modell gab keine brauchbare Zahl.",
        "The rules answer: the model gave no usable number.",
    ),
    "banner.deadline": Both(
        "Die Regeln antworten: Das Modell brauchte zuletzt zu lange.",
        "The rules answer: the model took too long the last time.",
    ),
}
