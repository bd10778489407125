"""Currencies of ISO 4217."""

from typing import Annotated

from babel.numbers import list_currencies
from pydantic import AfterValidator, Field

_CURRENCIES = frozenset(list_currencies())


def _known(currency: str) -> str:
    if currency not in _CURRENCIES:
        raise ValueError("is no currency of ISO 4217; write one such as EUR")
    return currency


Currency = Annotated[str, Field(pattern="^[A-Z]{3}$"), AfterValidator(_known)]
