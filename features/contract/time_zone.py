"""The names of time zones."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """Return all that are known; kept, since hundreds of files are looked into to find them."""
    return frozenset(available_timezones())
