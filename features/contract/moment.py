"""Moments as people write them in a document: ISO dates and times with a time zone."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from features.contract.lead import micros, moment


def parse_moment(value: object) -> int:
    """Return microseconds since 1970.

    Args:
        value: A datetime with a time zone, as TOML or as ISO text.

    Raises:
        ValueError: It is no datetime, or has no time zone.
    """
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        parsed = None
    if not isinstance(parsed, datetime) or parsed.tzinfo is None:
        raise ValueError("write a moment with a time zone, such as 2026-03-01T00:00:00Z")
    return micros(parsed, "moment")


Moment = Annotated[
    int,
    BeforeValidator(parse_moment),
    PlainSerializer(lambda at: moment(at).isoformat(), return_type=str),
]
"""Microseconds since 1970 inside, an ISO datetime in TOML and JSON."""
