"""Profile values with their history: what was recorded of a lead, and when it became true."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from features.contract.lead import ProfileValue
from serving.record.database import put
from serving.record.leads import chunks
from serving.record.schema import profile_value


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


class NewValues(NamedTuple):
    """Profile values of a lead that the record may not have yet.

    Attributes:
        lead: Number of the lead.
        values: By field, None where one is taken back.
        occurred: When they became true, microseconds since 1970.
        recorded: When they could be known, microseconds since 1970.
        source: Who tells them.
    """

    lead: int
    values: Mapping[str, ProfileValue]
    occurred: int
    recorded: int
    source: str


def add_values(connection: Connection, told: Sequence[NewValues]) -> set[int]:
    """Record profile values, and return the numbers of the leads of whom any was news.

    What is known to have been so at that moment is not written again, so that a message sent twice
    changes nothing, even if something newer came between.

    Args:
        connection: Writing.
        told: Of different leads.
    """
    before = _known_before(connection, told)
    news = [
        (new, field, value)
        for new in told
        for field, value in new.values.items()
        if _is_news(before.get((new.lead, field)), value)
    ]
    rows = [
        {
            "lead": new.lead,
            "field": field,
            "value": value,
            "occurred": new.occurred,
            "recorded": new.recorded,
            "source": new.source,
        }
        for new, field, value in news
    ]
    put(connection, profile_value, rows, update=["value", "source"])
    return {new.lead for new, _, _ in news}


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
    histories = _histories(connection, parts)
    visible = (one for one in histories if one[1].recorded <= as_of)
    found: dict[int, dict[str, ProfileValue]] = {}
    for (root, field), known in _newest(visible).items():
        found.setdefault(root, {})[field] = known.value
    return found


def _known_before(
    connection: Connection, told: Sequence[NewValues]
) -> dict[tuple[int, str], Known]:
    """Return by lead and field what was in force at the moment that is told of."""
    moments = {new.lead: new for new in told}
    histories = _histories(connection, {number: number for number in moments})
    return _newest(
        one
        for one in histories
        if one[1].recorded <= moments[one[0][0]].recorded
        and one[1].occurred <= moments[one[0][0]].occurred
    )


def _newest(
    histories: Iterable[tuple[tuple[int, str], Known]],
) -> dict[tuple[int, str], Known]:
    newest: dict[tuple[int, str], Known] = {}
    for key, known in histories:
        before = newest.get(key)
        if before is None or known[:2] >= before[:2]:
            newest[key] = known
    return newest


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


def _is_news(known: Known | None, value: ProfileValue) -> bool:
    if known is None:
        return value is not None
    # 1 and True are equal, and not the same.
    return type(known.value) is not type(value) or known.value != value
