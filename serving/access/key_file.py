"""Keys in a file, for services without a record."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from features.contract.document import DocumentError, read_document
from features.contract.document_part import DocumentPart
from features.contract.lead import moment
from features.contract.moment import Moment
from serving.access.key import NAME, Key, Scope

_HEAD = "# Keys of leadscore, without their secrets; written by `leadscore keys`.\n"


class _Entry(DocumentPart):
    name: Annotated[str, Field(pattern=NAME)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    created: Moment
    expires: Moment | None = None
    revoked: Moment | None = None


class _Document(DocumentPart):
    keys: dict[Annotated[str, Field(pattern="^[0-9a-f]{12}$")], _Entry] = Field(
        default_factory=dict
    )


class KeyFile:
    """A TOML file with a table for each key; services only read it, `leadscore keys` writes it."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is read yet."""
        self._path = path

    def read(self) -> list[Key]:
        """Return all keys, the oldest first.

        Raises:
            DocumentError: The file is missing or wrong; the message names file and key.
        """
        document = read_document(self._path, _Document)
        keys = [
            Key(
                id=key_id,
                name=entry.name,
                scopes=frozenset(entry.scopes),
                digest=entry.sha256,
                created=entry.created,
                expires=entry.expires,
                revoked=entry.revoked,
            )
            for key_id, entry in document.keys.items()
        ]
        return sorted(keys, key=lambda key: key.created)

    def put(self, *keys: Key) -> None:
        """Keep new keys, or until when those that are there count; a new file is made.

        Raises:
            DocumentError: The file is wrong, or cannot be written.
        """
        there = self.read() if self._path.exists() else []
        kept = {key.id: key for key in (*there, *keys)}
        text = _HEAD + "".join(_written(one) for one in kept.values())
        unfinished = self._path.with_name(f".{self._path.name}.unfinished")
        try:
            # In one go: a service may be reading.
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(self._path)
        except OSError as error:
            raise DocumentError(f"{self._path}: cannot be written: {error.strerror}") from None

    def note_uses(self, uses: Mapping[str, int]) -> None:
        """Forget it: a file may be of several services, none of which may write it."""


def _written(key: Key) -> str:
    values = {
        # Names hold nothing that JSON and TOML write differently.
        "name": json.dumps(key.name, ensure_ascii=False),
        "scopes": json.dumps(sorted(key.scopes)),
        "sha256": json.dumps(key.digest),
        "created": moment(key.created).isoformat(),
        "expires": None if key.expires is None else moment(key.expires).isoformat(),
        "revoked": None if key.revoked is None else moment(key.revoked).isoformat(),
    }
    lines = [f"{name} = {value}\n" for name, value in values.items() if value is not None]
    return f"\n[keys.{key.id}]\n" + "".join(lines)
