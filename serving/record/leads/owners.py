"""Who owns leads; of leads that are one person, what was told last counts."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Alias, ColumnElement, Connection, Select, Table, func, select

from serving.access.user import User
from serving.record.access.users import users_of
from serving.record.database.database import put
from serving.record.database.membership import among
from serving.record.leads.roots import roots_of
from serving.record.schema import lead, lead_owner

_c = lead_owner.c
_TOLD = (
    select(lead.c.root, _c.owner, _c.since, _c.by)
    .join(lead, lead.c.number == _c.lead)
    .where(among(lead.c.root, "roots"))
    .order_by(_c.since, _c.lead)
)


def _owners() -> Select[str]:
    # From one owner to the next by the index, for they are few and their leads are many.
    found = select(func.min(_c.owner).label("owner")).cte("found", recursive=True)
    following = select(func.min(_c.owner)).where(_c.owner > found.c.owner).scalar_subquery()
    found = found.union_all(select(following).where(found.c.owner.is_not(None)))
    return select(found.c.owner).where(found.c.owner.is_not(None))


_OWNERS = _owners()


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


def owner_ids(connection: Connection, roots: Collection[int]) -> dict[int, str | None]:
    """Return the owners of leads that stand for themselves, of each of them; None is nobody."""
    told = owners_of(connection, roots)
    return {root: told[root].owner if root in told else None for root in roots}


def users_owning(connection: Connection, numbers: Collection[int]) -> dict[int, User]:
    """Return by the number of leads the users who own whatever stands for them, and may log in."""
    roots = roots_of(connection, numbers)
    owners = owner_ids(connection, set(roots.values()))
    users = {user.actor: user for user in users_of(connection) if user.disabled is None}
    return {
        number: users[owner]
        for number, root in roots.items()
        if (owner := owners[root]) is not None and owner in users
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
    if owner is None:
        return owner_of(root).is_(None)
    part = lead.alias()
    told = select(part.c.root).join(lead_owner, _c.lead == part.c.number)
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
    return list(connection.execute(_OWNERS).scalars())


def leads_owned_by(connection: Connection, owner: str, limit: int) -> list[int]:
    """Return the numbers of some leads that somebody owns and that stand for themselves."""
    statement = select(lead.c.number).where(lead.c.number == lead.c.root, is_owned_by(lead, owner))
    return list(connection.execute(statement.order_by(lead.c.number).limit(limit)).scalars())
