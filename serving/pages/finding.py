"""What was found out of budget, authority, need or timeline, as a text."""

from collections.abc import Mapping
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from features.contract.language import Language
from serving.lifecycle.bant import FORMS, Authority, Budget, Need, Subject, Timeline
from serving.pages.saying import say


def finding_text(subject: Subject, value: Mapping[str, Any] | None, language: Language) -> str:
    """Return what is known of a subject.

    Args:
        subject: Of BANT.
        value: In the form that the record keeps; None where there is none.
        language: Of the reader.
    """
    if value is None:
        return say(language, "lead.bant.none")
    match FORMS[subject].model_validate(value):
        case Budget(at_least=least, at_most=most, currency=currency):
            return f"{_range(least, most, language)} {currency}"
        case Authority(part=part):
            return say(language, f"bant.part.{part}")
        case Need(code=code):
            return code.replace("_", " ")
        case Timeline(day=day, quarter=quarter):
            return quarter or format_date(day, "d. MMM y", locale=language)


def _range(least: float | None, most: float | None, language: Language) -> str:
    low, high = (
        None if one is None else format_decimal(one, locale=language) for one in (least, most)
    )
    if low is None or high is None:
        return f"≥ {low}" if high is None else f"≤ {high}"
    return low if low == high else f"{low}–{high}"
