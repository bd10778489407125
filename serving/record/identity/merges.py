"""Leads that turn out to be one person: joined without rewriting a row, and taken apart again."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, or_, select, update

from features.contract.mistake import MistakeError
from serving.record.database.membership import among
from serving.record.leads.leads import touch
from serving.record.leads.roots import lock_roots
from serving.record.schema import lead, merge


class MergeError(MistakeError):
    """Leads that cannot be taken apart; the message says why."""


class StoredMerge(NamedTuple):
    """Two leads that became one.

    Attributes:
        number: The record's own.
        kept: Id of the lead that stands for both.
        joined: Id of the lead that stood for itself before.
        by: Who decided it; `identified` where a visitor told who it is.
        at: Microseconds since 1970.
        undone: When the two were taken apart, microseconds since 1970; None while they are one.
    """

    number: int
    kept: str
    joined: str
    by: str
    at: int
    undone: int | None


def join_leads(connection: Connection, kept: int, joined: int, by: str, now: int) -> int | None:
    """Let one lead stand for another and for all that it stands for.

    Args:
        connection: Writing.
        kept: Number of a lead; whichever stands for it will stand for both.
        joined: Number of another one; whichever stands for it is joined.
        by: Who decided it.
        now: Microseconds since 1970.

    Returns:
        The number of the merge, None if the two are one already.
    """
    roots = lock_roots(connection, [kept, joined])
    root, other = roots[kept], roots[joined]
    if root == other:
        return None
    parts = connection.execute(select(lead.c.number).where(lead.c.root == other)).scalars().all()
    touch(connection, [root, other], now)
    connection.execute(update(lead).where(lead.c.root == other).values(root=root, due=None))
    values = {
        "kept": root, "joined": sorted(parts), "root_before": other, "by": by, "at": now,
        "undone": None,
    }  # fmt: skip
    statement = merge.insert().values(values).returning(merge.c.number)
    return int(connection.execute(statement).scalar_one())


def undo_merge(connection: Connection, number: int, now: int) -> tuple[int, int] | None:
    """Take the leads of a merge apart again.

    Args:
        connection: Writing.
        number: Of a merge that the record has.
        now: Microseconds since 1970.

    Returns:
        The numbers of the two leads, None if they were taken apart already.

    Raises:
        MergeError: One that came later must be undone before.
    """
    statement = select(merge).where(merge.c.number == number).with_for_update()
    row = connection.execute(statement).one()
    if row.undone is not None:
        return None
    if lock_roots(connection, [row.root_before]) != {row.root_before: row.kept}:
        raise MergeError("these leads became part of another one later; undo that merge first")
    apart = update(lead).where(among(lead.c.number, "joined")).values(root=row.root_before)
    connection.execute(apart, {"joined": row.joined})
    connection.execute(update(merge).where(merge.c.number == number).values(undone=now))
    touch(connection, [row.kept, row.root_before], now)
    return row.kept, row.root_before


def leave_leads(connection: Connection, gone: Collection[int]) -> None:
    """Let whoever is part of leads that go stand for itself, as before the two were merged."""
    rows = connection.execute(
        select(merge)
        .where(among(merge.c.kept, "gone"), merge.c.undone.is_(None))
        .order_by(merge.c.number.desc()),
        {"gone": gone},
    ).all()
    for row in rows:
        apart = update(lead).where(among(lead.c.number, "joined")).values(root=row.root_before)
        connection.execute(apart, {"joined": row.joined})
        own = update(lead).where(lead.c.number == row.root_before).values(due=row.at)
        connection.execute(own)


def find_merge(connection: Connection, number: int) -> StoredMerge | None:
    """Return a merge, None where there is none."""
    row = connection.execute(_MERGES.where(merge.c.number == number)).one_or_none()
    return None if row is None else StoredMerge(*row)


def merges_of(connection: Connection, numbers: Collection[int]) -> list[StoredMerge]:
    """Return the merges of any of some leads, undone ones too, in the order they were made."""
    of_them = or_(among(merge.c.kept, "numbers"), among(merge.c.root_before, "numbers"))
    rows = connection.execute(_MERGES.where(of_them).order_by(merge.c.number), {"numbers": numbers})
    return [StoredMerge(*row) for row in rows]


def newest_merges(connection: Connection, most: int) -> list[StoredMerge]:
    """Return the newest merges that still stand, the newest first; none of visitors."""
    standing = merge.c.undone.is_(None) & (_JOINED.c.kind == "lead")
    rows = connection.execute(_MERGES.where(standing).order_by(merge.c.number.desc()).limit(most))
    return [StoredMerge(*row) for row in rows]


_KEPT, _JOINED = lead.alias("kept"), lead.alias("joined")
_MERGES = (
    select(
        merge.c.number, _KEPT.c.lead_id, _JOINED.c.lead_id, merge.c.by, merge.c.at, merge.c.undone
    )
    .join(_KEPT, _KEPT.c.number == merge.c.kept)
    .join(_JOINED, _JOINED.c.number == merge.c.root_before)
)
