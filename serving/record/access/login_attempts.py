"""Logins that were tried: who tries too often waits, known or not, and nobody for ever.

Neither addresses nor what was typed is kept, only keyed hashes, and those for a quarter of an hour.
"""

import hashlib
import hmac
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from serving.access.keyring import MINUTE_US
from serving.record.access.secret_keys import own_key
from serving.record.database.database import Database
from serving.record.schema import login_attempt

WINDOW_US = 15 * MINUTE_US
"""How long a login that failed counts."""

MOST_FOR_ONE_FROM_ONE = 5
MOST_FOR_ONE = 50
MOST_FROM_ONE = 50
"""Logins that may fail in that time: for one user from one network, for one user, from one network.

Whoever guesses soon waits; only who has many networks can keep a user from logging in.
"""

_KEY = "login_attempts"
_COLUMNS = login_attempt.c


class Attempt(NamedTuple):
    """A login that is being tried: its number, and the hashes of who and whence."""

    number: int
    email: str
    address: str


def begin_attempt(database: Database, now: int, email: str, address: str) -> Attempt | None:
    """Note that somebody tries to log in; return None where it was tried too often.

    It is noted before it is looked at, so that nobody can try many at once.

    Args:
        database: Of the record.
        now: Microseconds since 1970.
        email: As typed.
        address: From which the request came.

    Raises:
        RecordAwayError: The database does not answer.
    """
    with database.writing() as connection:
        connection.execute(login_attempt.delete().where(_COLUMNS.at <= now - WINDOW_US))
        key = bytes.fromhex(own_key(connection, _KEY))
        of = {"email": _mark(key, email), "address": _mark(key, network_of(address))}
        done = connection.execute(login_attempt.insert().values(at=now, **of))
        [number] = done.inserted_primary_key or (0,)
        attempt = Attempt(number, **of)
    with database.writing() as connection:
        if _too_often(connection, attempt):
            # What is refused counts no more, or who goes on would keep the user out.
            connection.execute(login_attempt.delete().where(_COLUMNS.number == attempt.number))
            return None
    return attempt


def forget_attempts(connection: Connection, attempt: Attempt) -> None:
    """Forget what was tried for a user from where they have now logged in."""
    same = (_COLUMNS.email == attempt.email) & (_COLUMNS.address == attempt.address)
    connection.execute(login_attempt.delete().where(same))


def network_of(address: str) -> str:
    """Return what of an address is one caller's: in IPv6, everybody has 64 bits of them."""
    try:
        bits = 32 if ip_address(address).version == 4 else 64
        return str(ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        return address


def _too_often(connection: Connection, attempt: Attempt) -> bool:
    for_one, from_one = _COLUMNS.email == attempt.email, _COLUMNS.address == attempt.address
    counts = connection.execute(
        select(
            func.count().filter(for_one & from_one),
            func.count().filter(for_one),
            func.count().filter(from_one),
        ).select_from(login_attempt)
    ).one()
    most = (MOST_FOR_ONE_FROM_ONE, MOST_FOR_ONE, MOST_FROM_ONE)
    return any(count > limit for count, limit in zip(counts, most, strict=True))


def _mark(key: bytes, text: str) -> str:
    return hmac.new(key, text.casefold().encode("utf-8", "replace"), hashlib.sha256).hexdigest()
