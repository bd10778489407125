"""What somebody decided of two leads: that they are one person, or two; written and audited."""

from sqlalchemy import Connection

from serving.record.access.audits import note_audit
from serving.record.identity.duplicates import tell_apart
from serving.record.identity.merges import join_leads, undo_merge
from serving.record.leads.leads import StoredLead


def join(
    connection: Connection, kept: StoredLead, joined: StoredLead, by: str, now: int
) -> int | None:
    """Let one lead stand for another, and return the number of the merge; None if they are one.

    Args:
        connection: Writing.
        kept: That stands for both from now on.
        joined: The other one.
        by: Who decided it.
        now: Microseconds since 1970.
    """
    number = join_leads(connection, kept.number, joined.number, by, now)
    if number is not None:
        _note(connection, now, by, "merged", (kept.number, joined.number), f"merge {number}")
    return number


def tell_different(
    connection: Connection, one: StoredLead, other: StoredLead, by: str, now: int
) -> bool:
    """Note that two leads are different people, and return whether that is news."""
    news = tell_apart(connection, one.number, other.number)
    if news:
        _note(connection, now, by, "told_different", (one.number, other.number), None)
    return news


def take_apart(connection: Connection, number: int, by: str, now: int) -> None:
    """Take the two leads of a merge apart again; nothing happens where they are.

    Raises:
        MergeError: One that came later must be undone before.
    """
    apart = undo_merge(connection, number, now)
    if apart is not None:
        _note(connection, now, by, "taken_apart", apart, f"merge {number}")


def _note(
    connection: Connection,
    now: int,
    by: str,
    action: str,
    numbers: tuple[int, int],
    detail: str | None,
) -> None:
    for number in numbers:
        note_audit(connection, now, by, action, number, detail)
