"""Where a page of a list ended, as callers send it back."""

import base64
import json
import math
from collections.abc import Sequence

from serving.http.errors import RefusedError

_LARGEST = 2**53


def cursor_of(place: tuple[float, ...] | None) -> str | None:
    """Return where a page ended as a text; None on the last page."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def place_of(cursor: str | None, numbers: int) -> tuple[float, Sequence[int]] | None:
    """Return where a page ended: what it is sorted by, and so many numbers of leads.

    Raises:
        RefusedError: It is no cursor of this list.
    """
    if cursor is None:
        return None
    try:
        value, *rest = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        place, found = float(value), [int(number) for number in rest]
    except (ValueError, TypeError, OverflowError, RecursionError):
        place, found = math.nan, []
    if len(found) != numbers or not all(abs(number) <= _LARGEST for number in (place, *found)):
        raise RefusedError(
            422,
            "invalid_request",
            "is no cursor of this list; send next_cursor as it came",
            "cursor",
        )
    return place, found
