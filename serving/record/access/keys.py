"""Keys of the API that the record keeps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from sqlalchemy import Connection, RowMapping, bindparam, or_, select, update

from features.contract.clock import now
from serving.access.key import Key
from serving.access.key_file import KeyFile
from serving.access.keyring import Keyring
from serving.record.access.audits import note_audit
from serving.record.database.database import Database, RecordAwayError, put
from serving.record.database.membership import among
from serving.record.schema import api_key

ACTOR = "leadscore keys"
"""Who the audit says it was: the command. It names systems, no persons."""

_THERE = select(api_key).where(among(api_key.c.id, "ids")).order_by(api_key.c.id).with_for_update()
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
    """Keeps keys in a record, and notes in its audit what became of them."""

    def __init__(
        self, database: Database, *, by: str = ACTOR, clock: Callable[[], int] = now
    ) -> None:
        """Keep them in the record of a database.

        Args:
            database: Of the record.
            by: Who makes or revokes them, for the audit.
            clock: Microseconds since 1970.
        """
        self._database = database
        self._by = by
        self._clock = clock

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
            return [_key(row) for row in rows]

    def put(self, *keys: Key) -> None:
        """Keep new keys, or until when those that are there count: all of them, or none.

        A key that was revoked meanwhile stays revoked.

        Raises:
            RecordAwayError: The database does not answer.
        """
        with self._database.writing() as connection:
            there = _there(connection, keys)
            kept = [_kept(there.get(key.id), key) for key in keys]
            rows = [{**asdict(key), "scopes": sorted(key.scopes)} for key in kept]
            put(connection, api_key, rows, update=["expires", "revoked"])
            at = self._clock()
            for key in kept:
                if action := _action(there.get(key.id), key):
                    note_audit(connection, at, self._by, action, None, _shown(key))

    def note_uses(self, uses: Mapping[str, int]) -> None:
        """Keep when keys were last used: microseconds since 1970, by id.

        Raises:
            RecordAwayError: The database does not answer.
        """
        with self._database.writing() as connection:
            connection.execute(_USED, [{"of": key_id, "at": at} for key_id, at in uses.items()])


def _there(connection: Connection, keys: Sequence[Key]) -> dict[str, Key]:
    rows = connection.execute(_THERE, {"ids": [key.id for key in keys]}).mappings()
    return {row["id"]: _key(row) for row in rows}


def _key(row: RowMapping) -> Key:
    return Key(**{**row, "scopes": frozenset(row["scopes"])})


def _kept(before: Key | None, key: Key) -> Key:
    if before is None or before.revoked is None:
        return key
    return replace(key, revoked=before.revoked)


def _action(before: Key | None, key: Key) -> str | None:
    """Return what the audit calls the change of a key, None where there is none."""
    if before is None:
        return "key_made"
    if before.revoked != key.revoked:
        return "key_revoked"
    return None if before.expires == key.expires else "key_rotated"


def _shown(key: Key) -> str:
    return f"{key.id} ({key.name}): {', '.join(sorted(key.scopes))}"
