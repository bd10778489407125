"""Forms as browsers send them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request

from serving.http.body import read_body
from serving.http.pages.mistakes import PageError
from serving.http.pages.multipart import read_parts

_MOST_FIELDS = 1_000


class File(NamedTuple):
    """A file that somebody chose."""

    name: str
    content: bytes


class Form:
    """What a form holds; fields that it lacks are empty."""

    def __init__(
        self,
        fields: Mapping[str, list[str]],
        files: Mapping[str, File] = MappingProxyType({}),
    ) -> None:
        """Hold values, and files, by the name of their field."""
        self._fields = fields
        self._files = files

    def get(self, name: str) -> str:
        """Return the value of a field, without the spaces around it."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Return the value of a field as it was typed, as a password needs it."""
        values = self._fields.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """Return all values of a field, such as of ticks."""
        return self._fields.get(name, [])

    def file(self, name: str) -> File | None:
        """Return the file of a field, None where none was chosen."""
        return self._files.get(name)


async def read_form(request: Request) -> Form:
    """Return the form of a request.

    Raises:
        PageError: It is none.
    """
    kind = request.headers.get("content-type", "")
    read = _READ.get(kind.partition(";")[0].strip().lower())
    body = await read_body(request)
    if read is None:
        if body:
            raise PageError(415, "invalid")
        return Form({})
    try:
        form = read(kind, body)
    except ValueError:
        raise PageError(400, "invalid") from None
    return form


def _encoded(_: str, body: bytes) -> Form:
    text = body.decode("ascii")
    fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    return Form(_storable(fields))


def _in_parts(kind: str, body: bytes) -> Form:
    fields: dict[str, list[str]] = {}
    files: dict[str, File] = {}
    for part in read_parts(kind, body):
        if part.file is None:
            fields.setdefault(part.name, []).append(part.content.decode())
        elif part.file or part.content:
            files[part.name] = File(part.file, part.content)
    return Form(_storable(fields), files)


def _storable(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    if any("\0" in value for values in fields.values() for value in values):
        raise ValueError("no database takes it")
    return fields


_READ: Mapping[str, Callable[[str, bytes], Form]] = {
    "application/x-www-form-urlencoded": _encoded,
    "multipart/form-data": _in_parts,
}
