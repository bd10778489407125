"""Statements are compiled once for all databases of a process, each of which lasts for one test."""

from collections.abc import Hashable

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import Compiled

Key = tuple[Hashable, ...]
"""The dialect of a database, and all that the statement depends on."""


class Statements(dict[Key, Compiled]):
    """What was compiled, by kind of database and statement instead of by database."""

    def get(self, key: Key, default: Compiled | None = None) -> Compiled | None:  # type: ignore[override]
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Key, compiled: Compiled) -> None:
        super().__setitem__(_of_kind(key), compiled)


def _of_kind(key: Key) -> Key:
    return type(key[0]), *key[1:]


_statements = Statements()


@event.listens_for(Engine, "engine_connect")
def _share(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_statements)
