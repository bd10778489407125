"""What was found out of budget, authority, need and timeline; only added to."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from serving.lifecycle.bant import Report
from serving.record.database.membership import among
from serving.record.schema import bant_report

_FIELDS = ("said", "source", "confidence", "at", "by", "note")
_c = bant_report.c
_REPORTS = (
    select(_c.lead, *(_c[name] for name in _FIELDS))
    .where(among(_c.lead, "numbers"))
    .order_by(_c.at, _c.number)
)


def add_report(connection: Connection, number: int, new: Report, now: int) -> bool:
    """Add what was found out of a lead, and return whether it was not there yet."""
    known = reports_of(connection, {number: number}).get(number, [])
    if new in known:
        return False
    values = {name: getattr(new, name) for name in _FIELDS}
    connection.execute(bant_report.insert().values(lead=number, recorded=now, **values))
    return True


def reports_of(connection: Connection, parts: Mapping[int, int]) -> dict[int, list[Report]]:
    """Return what was found out of leads, the oldest first, by the number of the one that stands.

    Args:
        connection: Reading.
        parts: By number of each part of the leads, for which it stands.
    """
    found: dict[int, list[Report]] = {}
    for number, *said in connection.execute(_REPORTS, {"numbers": sorted(parts)}):
        found.setdefault(parts[number], []).append(Report(*said))
    return found
