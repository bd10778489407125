"""Keys that the record makes for itself, once, and keeps."""

import secrets

from sqlalchemy import Connection, select

from serving.record.database.database import insert_new
from serving.record.schema import secret


def known_key(connection: Connection, name: str) -> str | None:
    """Return a key as hexadecimal digits, None where it was never needed yet."""
    where = secret.c.name == name
    return connection.execute(select(secret.c.value).where(where)).scalar_one_or_none()


def own_key(connection: Connection, name: str) -> str:
    """Return a key as hexadecimal digits; the first time, it is made."""
    found = known_key(connection, name)
    if found is not None:
        return found
    insert_new(connection, secret, [{"name": name, "value": secrets.token_hex(32)}])
    return str(connection.execute(select(secret.c.value).where(secret.c.name == name)).scalar_one())
