"""How long something takes in business hours."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from features.contract.duration import HOUR_US

MINUTE_US = HOUR_US // 60

_UNITS = {"h": HOUR_US, "min": MINUTE_US}
_TIME = re.compile(r"\s*(\d{1,6})\s*(h|min)\s*")


def parse_business_time(written: object) -> int:
    """Return a time in business hours, in microseconds; those pass as they are.

    Raises:
        ValueError: It is none. Days are none, since theirs are of different lengths.
    """
    if isinstance(written, int) and written >= MINUTE_US and written % MINUTE_US == 0:
        return written
    match = _TIME.fullmatch(written) if isinstance(written, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError(
            f"{written!r} is no time in business hours; write '30min', '8h', or '16h' for two days "
            "of eight hours"
        )
    return int(match[1]) * _UNITS[match[2]]


def format_business_time(micros: int) -> str:
    """Return the shortest text that `parse_business_time` reads as a time."""
    hours, rest = divmod(micros, HOUR_US)
    return f"{hours}h" if rest == 0 else f"{micros // MINUTE_US}min"


BusinessTime = Annotated[
    int,
    BeforeValidator(parse_business_time),
    PlainSerializer(format_business_time, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["8h"]}),
]
"""Microseconds inside, ``"8h"`` or ``"30min"`` in TOML and JSON; hours are business hours."""
