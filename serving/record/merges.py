"""Leads that turn out to be one person: joined without rewriting a row, and taken apart again."""

from sqlalchemy import Connection, select, update

from features.contract.mistake import MistakeError
from serving.record.leads import touch
from serving.record.schema import lead, merge


class MergeError(MistakeError):
    """Leads that cannot be joined or taken apart; the message says why."""


def join_leads(connection: Connection, kept: int, joined: int, by: str, now: int) -> int:
    """Let one lead stand for another and for all that it stands for; return the merge's number.

    Args:
        connection: Writing.
        kept: Number of a lead that stands for itself.
        joined: Number of another such lead.
        by: Who decided it.
        now: Microseconds since 1970.

    Raises:
        MergeError: They are one already.
    """
    if kept == joined:
        raise MergeError("the two are one lead already")
    parts = connection.execute(select(lead.c.number).where(lead.c.root == joined)).scalars().all()
    touch(connection, [kept, joined], now)
    connection.execute(update(lead).where(lead.c.root == joined).values(root=kept, due=None))
    values = {
        "kept": kept, "joined": sorted(parts), "root_before": joined, "by": by, "at": now,
        "undone": None,
    }  # fmt: skip
    statement = merge.insert().values(values).returning(merge.c.number)
    return int(connection.execute(statement).scalar_one())


def undo_merge(connection: Connection, number: int, now: int) -> tuple[int, int]:
    """Take the leads of a merge apart again; return the numbers of the two.

    Raises:
        MergeError: There is no such merge, it is undone already, or one that came later must be
            undone before.
    """
    row = connection.execute(select(merge).where(merge.c.number == number)).one_or_none()
    if row is None or row.undone is not None:
        raise MergeError(f"merge {number} is not there, or is undone already")
    where = lead.c.number.in_(row.joined)
    roots = set(connection.execute(select(lead.c.root).where(where)).scalars())
    if roots != {row.kept}:
        raise MergeError(f"merge {number} was followed by another of these leads; undo that first")
    connection.execute(update(lead).where(where).values(root=row.root_before))
    connection.execute(update(merge).where(merge.c.number == number).values(undone=now))
    touch(connection, [row.kept, row.root_before], now)
    return row.kept, row.root_before
