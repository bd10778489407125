"""When sales was in touch with leads: by events of certain types, and by what a call found out."""

from collections.abc import Collection

from sqlalchemy import Connection, select, union_all

from serving.record.database.membership import among
from serving.record.schema import bant_report, event, lead


def sales_contacts(
    connection: Connection, roots: Collection[int], types: Collection[str], as_of: int
) -> dict[int, list[int]]:
    """Return the moments of being in touch, in ascending order, by number of the lead that stands.

    Args:
        connection: Reading.
        roots: Leads that are asked about.
        types: Of events that count.
        as_of: What was recorded later does not count; microseconds since 1970.
    """
    events = (
        select(lead.c.root, event.c.occurred.label("at"))
        .join(lead, lead.c.number == event.c.lead)
        .where(
            among(lead.c.root, "roots"), event.c.type.in_(types), event.c.recorded <= as_of,
            event.c.occurred <= as_of,
        )
    )  # fmt: skip
    calls = (
        select(lead.c.root, bant_report.c.at)
        .join(lead, lead.c.number == bant_report.c.lead)
        .where(
            among(lead.c.root, "roots"), bant_report.c.source == "call",
            bant_report.c.recorded <= as_of, bant_report.c.at <= as_of,
        )
    )  # fmt: skip
    rows = connection.execute(union_all(events, calls), {"roots": roots})
    found: dict[int, list[int]] = {}
    for root, at in sorted(map(tuple, rows.all())):
        found.setdefault(root, []).append(at)
    return found
