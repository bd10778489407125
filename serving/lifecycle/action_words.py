"""What can be done next with a lead, and why, in German and English."""

from collections.abc import Mapping

from babel.numbers import format_currency

from features.contract.language import Language
from features.wording.words import decimal

Fact = float | str | tuple[float, str] | None

ACTIONS: dict[Language, dict[str, str]] = {
    "de": {
        "call": "Anrufen",
        "offer_demo": "Demo anbieten",
        "send_content": "Inhalte schicken",
        "nurture": "Weiter begleiten",
        "let_rest": "Ruhen lassen",
    },
    "en": {
        "call": "Call",
        "offer_demo": "Offer a demo",
        "send_content": "Send content",
        "nurture": "Nurture",
        "let_rest": "Let rest",
    },
}
"""What each action is called."""

_WHY: dict[Language, dict[str, str]] = {
    "de": {
        "customer": "Hat schon gekauft.",
        "disqualified": "Wurde endgültig abgelehnt.",
        "no_basis": "Es gibt keine Rechtsgrundlage für Profiling.",
        "unreachable": "Weder eine E-Mail-Adresse noch eine Telefonnummer ist bekannt.",
        "qualified": "Der Vertrieb hat den Bedarf geprüft (SQL).",
        "accepted": "Der Vertrieb hat den Lead angenommen (SAL).",
        "demo_asked": "Hat {demo} eine Demo angefragt; {chance}.",
        "worth_a_call": "Ein Anruf lohnt sich: {chance}.",
        "handed_over": "Ist an den Vertrieb übergeben: {chance}.",
        "demo_interest": "Hat {demo} eine Demo angefragt.",
        "price_interest": "Hat sich {prices} für Preise interessiert.",
        "quiet": "War zuletzt {silence} aktiv.",
        "active": "War {silence} aktiv und hat Klasse {grade}.",
        "set_aside": "Der Vertrieb hat den Lead zurückgegeben.",
        "no_score": "Hat noch keine Bewertung.",
        "low": "Hat Klasse D und war zuletzt nicht aktiv.",
        "not_yet": "Hat Klasse {grade}, aber ein Anruf lohnt sich noch nicht.",
        "not_handed_over": "Hat Klasse {grade} und ist noch nicht an den Vertrieb übergeben.",
        "chance": "Wahrscheinlichkeit {share}",
        "worth": ", Erwartungswert {money}",
        "0": "heute",
        "1": "gestern",
        "days": "vor {days} Tagen",
        "never": "noch nie",
    },
    "en": {
        "customer": "Has bought already.",
        "disqualified": "Was rejected for good.",
        "no_basis": "There is no basis for profiling.",
        "unreachable": "Neither an e-mail address nor a telephone number is known.",
        "qualified": "Sales has checked the need (SQL).",
        "accepted": "Sales has accepted the lead (SAL).",
        "demo_asked": "Asked for a demo {demo}; {chance}.",
        "worth_a_call": "A call pays: {chance}.",
        "handed_over": "Is handed over to sales: {chance}.",
        "demo_interest": "Asked for a demo {demo}.",
        "price_interest": "Was interested in prices {prices}.",
        "quiet": "Was last active {silence}.",
        "active": "Was active {silence}, and has grade {grade}.",
        "set_aside": "Sales gave the lead back.",
        "no_score": "Has no score yet.",
        "low": "Has grade D, and was not active lately.",
        "not_yet": "Has grade {grade}, but a call does not pay yet.",
        "not_handed_over": "Has grade {grade}, and is not handed over to sales yet.",
        "chance": "probability {share}",
        "worth": ", expected value {money}",
        "0": "today",
        "1": "yesterday",
        "days": "{days} days ago",
        "never": "never",
    },
}


def why_text(code: str, facts: Mapping[str, Fact], language: Language) -> str:
    """Return why something is to be done, as a sentence.

    Args:
        code: The row of the table that decided.
        facts: That sentences may name: days since, a probability, an amount with its currency.
        language: Of the sentence.
    """
    words = _WHY[language]
    return words[code].format(
        grade=facts["grade"],
        chance=_chance(facts, language),
        demo=_ago(facts["demo"], words),
        prices=_ago(facts["prices"], words),
        silence=_ago(facts["silence"], words),
    )


def share_text(share: float, language: Language) -> str:
    """Return a probability in per cent: with two digits that count, and no more than 100."""
    per_cent = 100 * share
    text = f"{per_cent:.0f}" if per_cent >= 9.95 else f"{per_cent:.2g}"
    return f"{decimal(text, language)} %"


def money_text(amount: float, currency: str, language: Language) -> str:
    """Return an amount in whole units of its currency."""
    return str(format_currency(round(amount), currency, "#,##0 ¤", language, currency_digits=False))


def _chance(facts: Mapping[str, Fact], language: Language) -> str:
    words, share, worth = _WHY[language], facts["probability"], facts["worth"]
    if not isinstance(share, float):
        return ""
    said = words["chance"].format(share=share_text(share, language))
    if isinstance(worth, tuple):
        said += words["worth"].format(money=money_text(*worth, language))
    return said


def _ago(days: Fact, words: Mapping[str, str]) -> str:
    if days is None:
        return words["never"]
    return words.get(str(days), words["days"].format(days=days))
