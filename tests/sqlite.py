"""SQLite that waits for no disk, in every process that imports this: no test outlives the power."""

import sqlite3

from sqlalchemy import Pool, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection


# Whoever connects has asked for safety by then.
@event.listens_for(Pool, "checkout")
def _forgo_safety(
    connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection
) -> None:
    if isinstance(connection, sqlite3.Connection) and "unsafe" not in entry.info:
        connection.execute("PRAGMA synchronous = OFF")
        entry.info["unsafe"] = True
