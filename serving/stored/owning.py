"""Leads given to whoever owns them, each time written, audited and told in one transaction."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from features.contract.lead import moment
from features.contract.mistake import MistakeError
from serving.access.user import User, UserMistakeError, email_of
from serving.lifecycle.moves import Wish
from serving.lifecycle.stages import ASIDE, STAGES
from serving.record.access.audits import note_audit
from serving.record.access.users import find_user, user_called
from serving.record.leads.leads import StoredLead, leads_by_number
from serving.record.leads.owners import leads_owned_by, owner_ids, owners_of, set_owners
from serving.record.leads.roots import lock_roots
from serving.record.queue.outbox import Message, add_messages

OWNER_CHANGED = "owner.changed"

MINE, NOBODYS = "mine", "nobody"
"""Words by which leads are looked for; no owner is called so."""

_USER = re.compile("user [0-9]+")

HANDED_ON_AT_ONCE = 500
"""Leads of one transaction; nobody else can write to SQLite for as long."""


class OwnedMeanwhileError(MistakeError):
    """A lead that somebody else owns than is thought; the message says who."""


class Given(NamedTuple):
    """A lead that is given to somebody.

    Attributes:
        lead: Number of the lead itself.
        owner: A user, such as `user 7`, or an id of the CRM; None is nobody.
        by: Who gives it.
    """

    lead: int
    owner: str | None
    by: str


def owner_named(connection: Connection, said: str, present: str | None) -> str:
    """Return the owner that is meant: the user of an address or a number, or an id as it stands.

    Args:
        connection: Reading.
        said: An e-mail address, a user such as `user 7`, or an id of the CRM.
        present: Who owns the lead now, and may go on with it, whoever that is.

    Raises:
        UserMistakeError: There is no such user, or it is one who may own no lead; or it is no id.
    """
    if said == present:
        return said
    if said in (MINE, NOBODYS):
        raise UserMistakeError(
            "no_owner", f"'{said}' is a word of ours; send null for nobody, or an id"
        )
    if "@" not in said and not _USER.fullmatch(said):
        return said
    user = _user_named(connection, said)
    if user is None:
        raise UserMistakeError(
            "unknown",
            "there is no such user of the workspace; add the user, or send an id that is none",
        )
    if user.actor != present and not user.may_own:
        raise UserMistakeError(
            "no_owner",
            f"{user.actor} is disabled, or has a role that decides nothing; send somebody else",
        )
    return user.actor


def _user_named(connection: Connection, said: str) -> User | None:
    if "@" in said:
        return find_user(connection, email_of(said))
    user = user_called(connection, said)
    # By `user 007`, nobody would find the lead.
    return user if user is not None and user.actor == said else None


def give(connection: Connection, given: Given, now: int) -> bool:
    """Give a lead to somebody, and return whether that is news.

    Args:
        connection: Writing.
        given: Which lead, and to whom.
        now: Microseconds since 1970.
    """
    root = lock_roots(connection, [given.lead])[given.lead]
    return bool(_give(connection, {root: given}, now))


def give_from(connection: Connection, given: Given, expected: str | None, now: int) -> None:
    """Give a lead to somebody, as `give`, where it is owned as it is thought to be.

    Raises:
        OwnedMeanwhileError: Somebody else owns it.
    """
    root = lock_roots(connection, [given.lead])[given.lead]
    owner = owner_ids(connection, [root])[root]
    if owner not in (expected, given.owner):
        raise OwnedMeanwhileError(f"{owner or 'nobody'} owns the lead by now; look again")
    _give(connection, {root: given}, now)


def take_up(connection: Connection, lead: StoredLead, wish: Wish, by: str, now: int) -> None:
    """Let whoever accepts a lead for sales own it, where they may and nobody does already."""
    accepts = wish.to not in ASIDE and STAGES.index(wish.to) >= STAGES.index("SAL")
    if wish.role != "sales" or not accepts:
        return
    if owner_ids(connection, [lead.number])[lead.number] is not None:
        return
    try:
        owner = owner_named(connection, by, None)
    except UserMistakeError:
        return
    _give(connection, {lead.number: Given(lead.number, owner, by)}, now)


def hand_on(connection: Connection, owner: str, to: str | None, by: str, now: int) -> int:
    """Give up to `HANDED_ON_AT_ONCE` leads of somebody to somebody else; return how many.

    Args:
        connection: Writing.
        owner: Who owns them.
        to: Who is to own them; None is nobody.
        by: Who decides it.
        now: Microseconds since 1970.
    """
    numbers = leads_owned_by(connection, owner, HANDED_ON_AT_ONCE)
    roots = set(lock_roots(connection, numbers).values())
    # Somebody may have been given one of them meanwhile.
    still = {n for n, present in owner_ids(connection, roots).items() if present == owner}
    return _give(connection, {n: Given(n, to, by) for n in sorted(still)}, now)


def _give(connection: Connection, given: Mapping[int, Given], now: int) -> int:
    """Give leads to people, by the number of the lead that stands; return how many are news."""
    told = owners_of(connection, given)
    before = {root: told[root].owner if root in told else None for root in given}
    news = {root: one for root, one in given.items() if one.owner != before[root]}
    for root, one in news.items():
        # What was said last counts, also where another clock is ahead.
        at = max(now, told[root].since + 1) if root in told else now
        set_owners(connection, {one.lead: one.owner}, one.by, at)
        said = f"{before[root] or 'nobody'} -> {one.owner or 'nobody'}"
        note_audit(connection, now, one.by, "owner_changed", one.lead, said)
    messages = [
        _message(lead, before[lead.number], news[lead.number], now)
        for lead in leads_by_number(connection, news)
    ]
    add_messages(connection, messages, now)
    return len(news)


def _message(lead: StoredLead, before: str | None, given: Given, now: int) -> Message:
    data = {
        "lead_id": lead.lead_id,
        "account_id": lead.account_id,
        "old": before,
        "new": given.owner,
        "by": given.by,
    }
    payload = {"type": OWNER_CHANGED, "timestamp": moment(now).isoformat(), "data": data}
    return Message(OWNER_CHANGED, lead.number, payload)
