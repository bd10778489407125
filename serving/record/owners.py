"""Who owns leads; of leads that are one person, what was told last counts."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Alias, ColumnElement, Connection, Table, select

from serving.access.user import User
from serving.record.among import among
from serving.record.database import put
from serving.record.roots import roots_of
from serving.record.schema import lead, lead_owner
from serving.record.users import users_of

_c = lead_owner.c
_TOLD = (
    select(lead.c.root, _c.owner, _c.since, _c.by)
    .join(lead, lead.c.number == _c.lead)
    .where(among(lead.c.root, "roots"))
    .order_by(_c.since, _c.lead)
)


class Owner(NamedTuple):
    """Who owns a lead.

    Attributes:
        owner: A user of the workspace, such as `user 7`, or an id of the CRM; None is nobody.
        since: When that was said, microseconds since 1970.
        by: Who said so.
    """

    owner: str | None
    since: int
    by: str


def owners_of(connection: Connection, roots: Collection[int]) -> dict[int, Owner]:
    """Return who owns leads, by the number of the lead that stands; left out where none was told.

    Args:
        connection: Reading.
        roots: Numbers of leads that stand for themselves.
    """
    rows = connection.execute(_TOLD, {"roots": roots})
    return {root: Owner(*told) for root, *told in rows}


def users_owning(connection: Connection, numbers: Collection[int]) -> dict[int, User]:
    """Return by the number of leads the users who own whatever stands for them, and may log in."""
    roots = roots_of(connection, numbers)
    owners = owners_of(connection, set(roots.values()))
    users = {user.actor: user for user in users_of(connection) if user.disabled is None}
    return {
        number: users[owners[root].owner or ""]
        for number, root in roots.items()
        if root in owners and owners[root].owner in users
    }


def owner_of(root: Table | Alias) -> ColumnElement[str | None]:
    """Return the owner of leads that stand for themselves, as a column; null is nobody."""
    part = lead.alias()
    return (
        select(_c.owner)
        .join(part, part.c.number == _c.lead)
        .where(part.c.root == root.c.number)
        .order_by(_c.since.desc(), _c.lead.desc())
        .limit(1)
        .scalar_subquery()
    )


def is_owned_by(root: Table | Alias, owner: str | None) -> ColumnElement[bool]:
    """Return the condition that somebody owns leads that stand for themselves; None is nobody."""
    part = lead.alias()
    told = select(part.c.root).join(lead_owner, _c.lead == part.c.number)
    if owner is None:
        # Of whom nobody was told is known at once.
        ever = told.where(_c.owner.is_not(None))
        return root.c.number.not_in(ever) | owner_of(root).is_(None)
    # Few are somebody's: these are found first, and then looked at.
    return root.c.number.in_(told.where(_c.owner == owner)) & (owner_of(root) == owner)


def set_owners(connection: Connection, owners: Mapping[int, str | None], by: str, now: int) -> None:
    """Note who owns leads, by the number of the lead itself; None is nobody."""
    rows = [
        {"lead": number, "owner": owner, "since": now, "by": by}
        for number, owner in sorted(owners.items())
    ]
    put(connection, lead_owner, rows, update=["owner", "since", "by"])


def owners_told(connection: Connection) -> list[str]:
    """Return whoever was said to own a lead, and may own some."""
    statement = select(_c.owner).where(_c.owner.is_not(None)).distinct().order_by(_c.owner)
    return list(connection.execute(statement).scalars())


def leads_owned_by(connection: Connection, owner: str, limit: int) -> list[int]:
    """Return the numbers of some leads that somebody owns and that stand for themselves."""
    statement = select(lead.c.number).where(lead.c.number == lead.c.root, is_owned_by(lead, owner))
    return list(connection.execute(statement.order_by(lead.c.number).limit(limit)).scalars())
