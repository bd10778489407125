"""Profile values with their history: what was recorded of a lead, and when it became true."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from features.contract.lead import ProfileValue
from serving.record.database.database import put
from serving.record.database.membership import among
from serving.record.schema import lead, profile_value

_c = profile_value.c
_KNOWN = (
    select(_c.field, _c.occurred, _c.recorded, _c.lead, _c.received, _c.value)
    .where(among(_c.lead, "numbers"))
    .order_by(_c.lead)
)
_own, _part = lead.alias("own"), lead.alias("part")
_OF_OTHERS = (
    select(_own.c.number, _c.field)
    .join(_part, _part.c.number == _c.lead)
    .join(_own, _own.c.root == _part.c.root)
    .where(among(_own.c.number, "numbers"), _part.c.number != _own.c.number)
    .distinct()
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


class NewValues(NamedTuple):
    """Profile values of a lead that the record may not have yet.

    Attributes:
        lead: Number of the lead.
        values: By field, None where one is taken back.
        occurred: When they became true, microseconds since 1970.
        recorded: When they could be known, microseconds since 1970.
        received: When they were told, microseconds since 1970.
        source: Who tells them.
    """

    lead: int
    values: Mapping[str, ProfileValue]
    occurred: int
    recorded: int
    received: int
    source: str


def add_values(connection: Connection, told: Sequence[NewValues]) -> set[int]:
    """Record profile values, and return the numbers of the leads of whom any was news.

    What is known to have been so at that moment is not written again, so that a message sent twice
    changes nothing, even if something newer came between.

    Args:
        connection: Writing.
        told: Of different leads.
    """
    before = _in_force(connection, told)
    said = [((new.lead, field), value, new) for new in told for field, value in new.values.items()]
    taken_back = {key for key, value, _ in said if value is None and key not in before}
    # What was told of nobody need not be taken back.
    taken_back &= _told_of_others(connection, {number for number, _ in taken_back})
    news = [
        (new, field, value)
        for (number, field), value, new in said
        if (number, field) in taken_back or _is_news(before.get((number, field)), value)
    ]
    rows = [
        {
            "lead": new.lead,
            "field": field,
            "value": value,
            "occurred": new.occurred,
            "recorded": new.recorded,
            "received": new.received,
            "source": new.source,
        }
        for new, field, value in news
    ]
    put(connection, profile_value, rows, update=["value", "source"])
    return {new.lead for new, _, _ in news}


def _told_of_others(connection: Connection, numbers: Collection[int]) -> set[tuple[int, str]]:
    """Return leads with the fields that were told of those who turned out to be the same person."""
    if not numbers:
        return set()
    rows = connection.execute(_OF_OTHERS, {"numbers": numbers})
    return {(number, field) for number, field in rows}


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


def _in_force(connection: Connection, told: Sequence[NewValues]) -> dict[tuple[int, str], Known]:
    """Return by lead and field what was in force at the moment that is told of."""
    moments = {new.lead: new for new in told}
    return newest(
        (key, known)
        for key, known in _histories(connection, {number: number for number in moments})
        if known.recorded <= moments[known.lead].recorded
        and known.occurred <= moments[known.lead].occurred
    )


def _histories(
    connection: Connection, parts: Mapping[int, int]
) -> list[tuple[tuple[int, str], Known]]:
    rows = connection.execute(_KNOWN, {"numbers": sorted(parts)})
    histories = ((field, Known(*known)) for field, *known in rows)
    return [((parts[known.lead], field), known) for field, known in histories]


def _is_news(known: Known | None, value: ProfileValue) -> bool:
    if known is None:
        return value is not None
    # 1 and True are equal, and not the same; 120.0 is kept as 120.
    return isinstance(known.value, bool) is not isinstance(value, bool) or known.value != value
