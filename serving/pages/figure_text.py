"""Figures as people read them: with their unit, in their language."""

from babel.numbers import format_currency

from serving.lifecycle.kpis.kpis import KpiName
from serving.lifecycle.kpis.words import UNITS
from serving.pages.frame import Frame
from serving.pages.saying import say


def figure_text(frame: Frame, name: KpiName, value: float, currency: str) -> str:
    """Return a value of a figure.

    Args:
        frame: Whose language counts.
        name: Of the figure.
        value: In its unit; a share is from 0 to 1.
        currency: Of money.
    """
    unit = UNITS[name]
    if unit == "share":
        return frame.percent(value, 1)
    if unit in {"money", "money_per_day"}:
        said: str = format_currency(value, currency, locale=frame.language)
        return said if unit == "money" else say(frame.language, "figures.per_day", number=said)
    key = {"hours": "figures.hours", "days": "figures.days", "per_day": "figures.deals_per_day"}
    return say(frame.language, key[unit], number=frame.number(value, 1 if unit != "per_day" else 2))
