"""A lead's rights: all that is held, as one document; and all of it gone, for good."""

from collections.abc import Collection
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select

from serving.record.access.audits import note_audit
from serving.record.access.secret_keys import own_key
from serving.record.database.database import insert_new
from serving.record.database.membership import among
from serving.record.identity.merges import leave_leads
from serving.record.leads.leads import StoredLead, parts_of
from serving.record.schema import (
    audit,
    contact,
    duplicate,
    lead,
    merge,
    metadata,
    tombstone,
)

_KEY = "tombstones"
ERASED = "erased"
"""What the audit calls it."""


def export_lead(connection: Connection, found: StoredLead) -> dict[str, Any]:
    """Return everything held of a lead and of all that it stands for, by table."""
    numbers = list(parts_of(connection, [found.number]))
    held: dict[str, Any] = {}
    for table in metadata.sorted_tables:
        where: ColumnElement[bool]
        if table is lead:
            where = lead.c.number.in_(numbers)
        elif table is merge:
            where = or_(merge.c.kept.in_(numbers), merge.c.root_before.in_(numbers))
        elif table is duplicate:
            where = or_(duplicate.c.first.in_(numbers), duplicate.c.second.in_(numbers))
        elif "lead" in table.c:
            where = table.c.lead.in_(numbers)
        else:
            continue
        rows = connection.execute(select(table).where(where)).mappings()
        held[table.name] = [dict(row) for row in rows]
    return held


def erase_lead(connection: Connection, found: StoredLead, actor: str, now: int) -> int:
    """Remove a lead, all that it stands for and all that hangs on them; return how many leads.

    What is left is a mark that lets nobody guess who it was, and keeps a restored backup from
    bringing the lead back.
    """
    numbers = list(parts_of(connection, [found.number]))
    ids = connection.execute(select(lead.c.lead_id).where(lead.c.number.in_(numbers))).scalars()
    key = own_key(connection, _KEY)
    marks = {mark(key, "lead_id", lead_id) for lead_id in ids}
    marks |= {mark(key, kind, value) for kind, value in _own_contacts(connection, numbers)}
    # Whoever came again, and is erased again, is so from now on.
    connection.execute(delete(tombstone).where(among(tombstone.c.mark, "marks")), {"marks": marks})
    insert_new(connection, tombstone, [{"mark": one, "at": now} for one in sorted(marks)])
    remove_leads(connection, numbers)
    note_audit(connection, now, actor, ERASED, found.number, None)
    return len(numbers)


def _own_contacts(connection: Connection, numbers: Collection[int]) -> list[tuple[str, str]]:
    """Return kind and value of the contacts that no other lead has: colleagues share a number."""
    others = contact.alias()
    shared = select(others.c.lead).where(
        others.c.kind == contact.c.kind,
        others.c.value == contact.c.value,
        others.c.lead.not_in(numbers),
    )
    rows = connection.execute(
        select(contact.c.kind, contact.c.value).where(
            contact.c.lead.in_(numbers), contact.c.kind.in_(("email", "phone")), ~shared.exists()
        )
    )
    return [(kind, value) for kind, value in rows]


def erase_again(connection: Connection) -> int:
    """Remove the leads that tombstones stand for, as after a backup was restored.

    Whoever came again after the erasure stays.
    """
    marks = {row.mark: row.at for row in connection.execute(select(tombstone))}
    if not marks:
        return 0
    key = own_key(connection, _KEY)
    ids = connection.execute(select(lead.c.number, lead.c.lead_id, lead.c.changed))
    known = connection.execute(
        select(contact.c.lead, contact.c.kind, contact.c.value, contact.c.since)
    )
    named = [(number, mark(key, "lead_id", lead_id), since) for number, lead_id, since in ids]
    named += [(number, mark(key, kind, value), since) for number, kind, value, since in known]
    gone = {number for number, one, since in named if since <= marks.get(one, -1)}
    leave_leads(connection, gone)
    remove_leads(connection, gone)
    return len(gone)


def mark(key: str, kind: str, value: str) -> str:
    """Return what stands for an id or contact; without the key it can be checked against none."""
    said = f"{kind}:{value}".encode()
    return blake2b(said, key=bytes.fromhex(key), digest_size=20).hexdigest()


def remove_leads(connection: Connection, numbers: Collection[int]) -> None:
    """Remove leads by number, with all that hangs on them; nothing is left to know them by."""
    # What hangs on a lead goes with it; SQLite and PostgreSQL both see to that.
    connection.execute(delete(lead).where(among(lead.c.number, "gone")), {"gone": numbers})
    of_them = delete(merge).where(among(merge.c.root_before, "gone"))
    connection.execute(of_them, {"gone": numbers})
    silenced = audit.update().where(among(audit.c.lead, "gone")).values(detail=None)
    connection.execute(silenced, {"gone": numbers})
