"""Durations as people write them in a project file: ``7d``, ``12h``, ``90d``."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_UNITS = {"h": HOUR_US, "d": DAY_US, "w": 7 * DAY_US}
_LONGEST_US = 36_525 * DAY_US
_PATTERN = re.compile(r"\s*(\d{1,6})\s*([hdw])\s*")


def parse_duration(text: object) -> int:
    """Return a duration in microseconds.

    Args:
        text: A whole number and a unit: ``h`` hours, ``d`` days, ``w`` weeks. Microseconds that
            make whole hours pass as they are.

    Raises:
        ValueError: The text is no duration, not longer than nothing, or longer than a century.
    """
    if isinstance(text, int) and text >= HOUR_US and text % HOUR_US == 0:
        return text
    match = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError(f"{text!r} is not a duration; write a number and h, d or w, such as '7d'")
    found = int(match[1]) * _UNITS[match[2]]
    if found > _LONGEST_US:
        raise ValueError(f"{text!r} is longer than a hundred years; leave it out for all of time")
    return found


def format_duration(micros: int) -> str:
    """Return the shortest text that `parse_duration` reads as `micros`."""
    days, rest = divmod(micros, DAY_US)
    return f"{days}d" if rest == 0 else f"{micros // HOUR_US}h"


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["7d"]}),
]
"""Microseconds inside, ``"7d"`` in TOML and JSON."""
