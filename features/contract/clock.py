"""The present moment. Asked at the outermost edges only; inside, a moment is an argument."""

from datetime import UTC, datetime

from features.contract.lead import micros


def now() -> int:
    """Return microseconds since 1970 in UTC."""
    return micros(datetime.now(UTC), "now")
