"""Keys of the API that the record keeps."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import bindparam, or_, select, update

from serving.access.key import Key
from serving.access.key_file import KeyFile
from serving.access.keyring import Keyring
from serving.record.database import Database, RecordAwayError, put
from serving.record.schema import api_key

_USED = (
    update(api_key)
    .where(
        api_key.c.id == bindparam("of"),
        or_(api_key.c.used.is_(None), api_key.c.used < bindparam("at")),
    )
    .values(used=bindparam("at"))
)


def known_keys(file: Path | None, database: Database | None) -> Keyring:
    """Return the keys that count: those of a file, if one is named, or else of a record.

    While the database does not answer, none does; they are read as soon as the keyring is started.

    Raises:
        DocumentError: The file cannot be used.
    """
    if file is not None:
        keyring = Keyring(KeyFile(file))
    else:
        keyring = Keyring(None if database is None else RecordKeys(database))
    try:
        keyring.read()
    except RecordAwayError:
        keyring.read_later()
    return keyring


class RecordKeys:
    """Keeps keys in a record."""

    def __init__(self, database: Database) -> None:
        """Keep them in the record of a database."""
        self._database = database

    def read(self) -> list[Key]:
        """Return all keys, the oldest first.

        Raises:
            RecordAwayError: The database does not answer.
        """
        columns = api_key.c
        with self._database.reading() as connection:
            rows = connection.execute(
                select(api_key).order_by(columns.created, columns.id)
            ).mappings()
            return [Key(**{**row, "scopes": frozenset(row["scopes"])}) for row in rows]

    def put(self, *keys: Key) -> None:
        """Keep new keys, or until when those that are there count: all of them, or none.

        Raises:
            RecordAwayError: The database does not answer.
        """
        rows = [{**asdict(key), "scopes": sorted(key.scopes)} for key in keys]
        with self._database.writing() as connection:
            put(connection, api_key, rows, update=["expires", "revoked"])

    def note_uses(self, uses: Mapping[str, int]) -> None:
        """Keep when keys were last used: microseconds since 1970, by id.

        Raises:
            RecordAwayError: The database does not answer.
        """
        with self._database.writing() as connection:
            connection.execute(_USED, [{"of": key_id, "at": at} for key_id, at in uses.items()])
