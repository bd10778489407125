"""Profile values as features: one canonical reading for requests and files alike."""

import math
import re

from features.contract.lead import LARGEST_NUMBER, ContractError, ProfileValue
from features.contract.text import trimmed

_WHOLE_FLOAT = re.compile(r"(-?\d{1,15})\.0+")
_BOOLEANS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}


def profile_number(value: ProfileValue, field: str) -> float:
    """Return a numeric profile value as a float; NaN is missing.

    Raises:
        ContractError: The value is no number, or beyond `LARGEST_NUMBER`.
    """
    if isinstance(value, str):
        value = trimmed(value)
    if value is None:
        return math.nan
    try:
        number = float(value)
    except ValueError:
        number = None
    # Python reads 1_000 and digits of every script.
    if number is None or (isinstance(value, str) and ("_" in value or not value.isascii())):
        raise ContractError(field, "is a numeric field; send a number or null")
    if not abs(number) <= LARGEST_NUMBER:
        raise ContractError(field, f"must be a number between ±{LARGEST_NUMBER:g}, or null")
    return number


def profile_text(value: ProfileValue) -> str | None:
    """Return a categorical profile value as text; None is missing.

    Whole floats lose their fraction and booleans are ``true`` and ``false``, also where they come
    as text, so that a value reads the same from JSON, CSV and Parquet.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if value.is_integer() and abs(value) < LARGEST_NUMBER:
            return str(int(value))
    text = str(value).strip()
    whole = _WHOLE_FLOAT.fullmatch(text)
    return (whole[1] if whole else _BOOLEANS.get(text, text)) or None
