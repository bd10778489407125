"""Profile values with their history: what was recorded of a lead, and when it became true."""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from features.contract.lead import ProfileValue
from serving.record.among import among
from serving.record.database import put
from serving.record.schema import profile_value

_c = profile_value.c
_KNOWN = (
    select(_c.field, _c.occurred, _c.recorded, _c.lead, _c.received, _c.value)
    .where(among(_c.lead, "numbers"))
    .order_by(_c.lead)
)
Key = TypeVar("Key", bound=Hashable)


class Known(NamedTuple):
    """What is recorded of one field; moments are in microseconds since 1970.

    Attributes:
        occurred: When it became true.
        recorded: When it could be known.
        lead: Number of the lead of which it was told.
        received: When it was told.
        value: None where it was taken back.
    """

    occurred: int
    recorded: int
    lead: int
    received: int
    value: ProfileValue

    @property
    def precedence(self) -> tuple[int, ...]:
        """What values of one field are compared by; the largest counts."""
        return self[:4]


def add_values(
    connection: Connection,
    number: int,
    values: Mapping[str, ProfileValue],
    *,
    occurred: int,
    recorded: int,
    received: int,
    source: str,
) -> bool:
    """Record profile values of a lead, and return whether any was news.

    What is known already is not written again, so that a message sent twice changes nothing; what
    is told otherwise is kept beside what was told before.
    """
    known = profiles(connection, {number: number}, as_of=recorded).get(number, {})
    news = {
        field: value
        for field, value in values.items()
        if field not in known or not _same(known[field], value)
    }
    rows = [
        {
            "lead": number,
            "field": field,
            "value": value,
            "occurred": occurred,
            "recorded": recorded,
            "received": received,
            "source": source,
        }
        for field, value in news.items()
        if field in known or value is not None
    ]
    put(connection, profile_value, rows, update=["value", "source"])
    return bool(rows)


def profiles(
    connection: Connection, parts: Mapping[int, int], as_of: int
) -> dict[int, dict[str, ProfileValue]]:
    """Return what counts of profiles: of what was recorded by `as_of`, the newest of each field.

    Args:
        connection: Reading.
        parts: By number of each lead, for which it stands.
        as_of: Microseconds since 1970.

    Returns:
        Values by field, None where one was taken back, by the number of the lead that stands.
    """
    recorded = (
        (key, known) for key, known in _histories(connection, parts) if known.recorded <= as_of
    )
    found: dict[int, dict[str, ProfileValue]] = {}
    for (root, field), known in newest(recorded).items():
        found.setdefault(root, {})[field] = known.value
    return found


def newest(values: Iterable[tuple[Key, Known]]) -> dict[Key, Known]:
    """Return what counts of values by key, such as their field."""
    found: dict[Key, Known] = {}
    for key, known in values:
        if key not in found or known.precedence > found[key].precedence:
            found[key] = known
    return found


def _histories(
    connection: Connection, parts: Mapping[int, int]
) -> list[tuple[tuple[int, str], Known]]:
    rows = connection.execute(_KNOWN, {"numbers": sorted(parts)})
    histories = ((field, Known(*known)) for field, *known in rows)
    return [((parts[known.lead], field), known) for field, known in histories]


def _same(known: ProfileValue, value: ProfileValue) -> bool:
    # 1 and True are equal, and not the same; 120.0 is kept as 120.
    return isinstance(known, bool) is isinstance(value, bool) and known == value
