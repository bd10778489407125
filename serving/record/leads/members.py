"""Leads together with all that they stand for, asked for in one go."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.record.database.membership import among
from serving.record.leads.leads import LEAD_FIELDS, StoredLead, account_of
from serving.record.schema import lead

_asked, _part, _told = lead.alias("asked"), lead.alias("part"), lead.alias("told")
_BY_ID = (
    select(_asked.c.lead_id, _part.c.number, *LEAD_FIELDS)
    .join(lead, lead.c.number == _asked.c.root)
    .join(_part, _part.c.root == lead.c.number)
    .where(among(_asked.c.lead_id, "lead_ids"))
)
_MEMBERS = (
    select(account_of(lead), lead.c.number, _part.c.number)
    .join(_told, _told.c.root == lead.c.number)
    .join(_part, _part.c.root == lead.c.number)
    .where(among(_told.c.account_id, "account_ids"))
)


class Members(NamedTuple):
    """Who works at companies.

    Attributes:
        leads: By company, the numbers of its leads, of those that stand for others alone.
        parts: By number of each part of them, for which it stands.
    """

    leads: dict[str, set[int]]
    parts: dict[int, int]


def find_with_parts(
    connection: Connection, lead_ids: Collection[str]
) -> tuple[dict[str, StoredLead], dict[int, int]]:
    """Return the leads that stand for ids, and by number of each part of them, for which it stands.

    An id that is not known is left out.
    """
    found: dict[str, StoredLead] = {}
    parts: dict[int, int] = {}
    for lead_id, part, *fields in connection.execute(_BY_ID, {"lead_ids": lead_ids}):
        stands = found.setdefault(lead_id, StoredLead(*fields))
        parts[part] = stands.number
    return found, parts


def members_of(connection: Connection, account_ids: Collection[str]) -> Members:
    """Return who works at companies; those that nobody works at are left out."""
    leads: dict[str, set[int]] = {}
    parts: dict[int, int] = {}
    if account_ids:
        rows = connection.execute(_MEMBERS, {"account_ids": account_ids}).all()
        for account_id, number, part in rows:
            # A lead stands for one company, also where those that it stands for are of several.
            if account_id in account_ids:
                leads.setdefault(account_id, set()).add(number)
                parts[part] = number
    return Members(leads, parts)
