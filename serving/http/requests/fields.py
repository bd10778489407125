"""Fields of what callers send: each checked in the same way, wherever it stands."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from features.contract.lead import LARGEST_NUMBER, ContractError, micros
from features.contract.personal import holds_email
from features.contract.text import LONGEST_NAME

MOST_EVENTS = 10_000
MOST_LEADS = 1_000
HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half of a pair of UTF-16, which JSON can hold and no text can."""

CLOCK_SKEW_US = 5 * 60 * 1_000_000
"""How far a caller's clock may be ahead of ours where it leaves `as_of` to us."""


def _iso_text(value: object) -> object:
    """Refuse numbers of seconds, also as text: they hide whether they are milliseconds."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and value[4:5] == "-"):
        raise PydanticCustomError("datetime_type", "is no moment")
    return value


def _profile_value(value: object) -> object:
    if value is not None and not isinstance(value, str | bool | int | float):
        raise PydanticCustomError("profile_value", "must be a text, a number, true, false or null")
    if isinstance(value, str) and HALF_CHARACTER.search(value):
        raise PydanticCustomError("string_unicode", "holds half a character")
    if isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER:
        raise PydanticCustomError("number", f"must be a number between ±{LARGEST_NUMBER:g}")
    return value


def storable(text: str) -> str:
    """Return a text that a database can keep.

    Raises:
        PydanticCustomError: It holds the character 0.
    """
    if "\0" in text:
        raise PydanticCustomError("null_character", "holds the character 0; leave it out")
    return text


def _nobodys(text: str) -> str:
    if holds_email(text):
        raise PydanticCustomError("email_address", "holds an e-mail address; send an id or a name")
    return text


Name = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NAME, strict=True), AfterValidator(storable)
]
Label = Annotated[Name, AfterValidator(_nobodys)]
"""A name that features, or the audit log, will know."""

LONGEST_NOTE = 2_000

Note = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NOTE, strict=True), AfterValidator(storable)
]
"""Free text, which is personal data."""

Moment = Annotated[AwareDatetime, BeforeValidator(_iso_text)]
AsOf = Annotated[
    Moment,
    WithJsonSchema(
        {"type": "string", "format": "date-time", "pattern": r"^(19[7-9]\d|2[01]\d\d)-"}
    ),
]
"""A moment between 1970 and 2200."""

Figure = Annotated[
    float, Field(strict=True, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER, allow_inf_nan=False)
]
CheckedValue = Annotated[
    Any,
    BeforeValidator(_profile_value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
                {"type": "boolean"},
                {"type": "null"},
            ]
        }
    ),
]


def moment_until(sent: datetime | None, field: str, now: int) -> int:
    """Return a moment, now if none was sent; one that is minutes ahead is taken as now.

    Raises:
        ContractError: It lies before 1970, or further ahead than clocks differ.
    """
    at = now if sent is None else micros(sent, field)
    if at < 0:
        raise ContractError(field, "is before 1970; send when it happened, in UTC")
    if at > now + CLOCK_SKEW_US:
        raise ContractError(field, "lies in the future; send when it happened, in UTC")
    return min(at, now)
