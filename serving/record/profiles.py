"""Profile values with their history: what was recorded of a lead, and when it became true."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from features.contract.lead import ProfileValue
from serving.record.database import put
from serving.record.leads import chunks
from serving.record.schema import lead, profile_value


class Known(NamedTuple):
    """What is recorded of one field, the newest last.

    Attributes:
        occurred: When it became true, microseconds since 1970.
        recorded: When it could be known, microseconds since 1970.
        value: None where it was taken back.
    """

    occurred: int
    recorded: int
    value: ProfileValue


def add_values(
    connection: Connection,
    number: int,
    values: Mapping[str, ProfileValue],
    *,
    occurred: int,
    recorded: int,
    source: str,
) -> bool:
    """Record profile values of a lead, and return whether any was news.

    What is known already is not written again, so that a message sent twice changes nothing.
    """
    known = profiles(connection, {number: number}, as_of=recorded).get(number, {})
    news = {
        field: value
        for field, value in values.items()
        if field not in known or not _same(known[field], value)
    }
    taken_back = {field for field, value in news.items() if value is None} - known.keys()
    if taken_back:
        # What was told of nobody need not be taken back.
        taken_back -= _told_of_others(connection, number)
    rows = [
        {
            "lead": number,
            "field": field,
            "value": value,
            "occurred": occurred,
            "recorded": recorded,
            "source": source,
        }
        for field, value in news.items()
        if field not in taken_back
    ]
    put(connection, profile_value, rows, update=["value", "source"])
    return bool(rows)


def _told_of_others(connection: Connection, number: int) -> set[str]:
    """Return the fields that were told of those who turned out to be the same person."""
    own, part = lead.alias("own"), lead.alias("part")
    rows = connection.execute(
        select(profile_value.c.field)
        .join(part, part.c.number == profile_value.c.lead)
        .join(own, own.c.root == part.c.root)
        .where(own.c.number == number, part.c.number != number)
        .distinct()
    )
    return set(rows.scalars())


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
    newest: dict[tuple[int, str], Known] = {}
    for (root, field), known in _histories(connection, parts):
        if known.recorded <= as_of:
            before = newest.get((root, field))
            if before is None or known[:2] >= before[:2]:
                newest[root, field] = known
    found: dict[int, dict[str, ProfileValue]] = {}
    for (root, field), known in newest.items():
        found.setdefault(root, {})[field] = known.value
    return found


def _histories(
    connection: Connection, parts: Mapping[int, int]
) -> list[tuple[tuple[int, str], Known]]:
    columns = profile_value.c
    found = []
    for some in chunks(sorted(parts)):
        rows = connection.execute(
            select(columns.lead, columns.field, columns.occurred, columns.recorded, columns.value)
            .where(columns.lead.in_(some))
            .order_by(columns.lead)
        )
        found += [((parts[n], field), Known(*known)) for n, field, *known in rows]
    return found


def _same(known: ProfileValue, value: ProfileValue) -> bool:
    # 1 and True are equal, and not the same.
    return type(known) is type(value) and known == value
