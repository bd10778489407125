"""Keys for those who call a service under trial."""

from pathlib import Path

from features.contract.clock import now
from serving.access.key import new_key
from serving.access.key_file import KeyFile
from serving.record.access.keys import RecordKeys
from serving.record.database.database import Database


def key_in_record(url: str, expires: int | None = None) -> str:
    """Make a key that a record keeps, and return how it is written."""
    database = Database(url)
    key, token = new_key("trial", frozenset({"admin"}), now(), expires)
    RecordKeys(database).put(key)
    database.close()
    return token


def key_in_file(path: Path) -> str:
    """Make a key that a file keeps, and return how it is written."""
    key, token = new_key("trial", frozenset({"admin"}), now())
    KeyFile(path).put(key)
    return token
