"""Telephone numbers of lists: spreadsheets take them for figures, and drop what they begin with."""

import re

import phonenumbers

from features.contract.lead import ContractError
from serving.intake.contact import canonical_contact
from serving.intake.importing.cells import Cell, text_of

_FIGURE = re.compile(r"([1-9]\d{4,14})(?:\.0)?")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)


def phone_of(cell: Cell, *, german: bool) -> str:
    """Return a cell as a telephone number, E.164.

    A figure has lost its + or its 0. It is read as the one of both that is a number somewhere.

    Args:
        cell: Not empty.
        german: Whether a number without a country is a German one.

    Raises:
        ContractError: It is none, or can be read as two.
    """
    text = text_of(cell, longest=50)
    if _SHORTENED.fullmatch(text):
        raise ContractError(
            "", "was shortened by a spreadsheet; write the number again, in a column of texts"
        )
    figure = _FIGURE.fullmatch(text)
    if figure is not None:
        starts = ("+", "0") if german else ("+",)
        valid = [number for start in starts if _is_valid(number := start + figure[1])]
        if len(valid) != 1:
            raise ContractError(
                "",
                "has lost its beginning, as in a spreadsheet; write it with its country, such as "
                "+49 30 901820, in a column of texts",
            )
        [text] = valid
    elif not german and not text.startswith(("+", "00")):
        raise ContractError(
            "", "needs its country, since the row's is not Germany; write it as +43 1 58858"
        )
    return canonical_contact("phone", text, "")


def _is_valid(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "DE"))
    except phonenumbers.NumberParseException:
        return False
