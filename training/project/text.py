"""A project file as a run keeps it: with its comments, and without secrets."""

from collections.abc import Iterator, MutableMapping

import tomlkit

from serving.registry.address import public

_ADDRESSES = ("database", "tracking_uri")


def public_project(text: str) -> str:
    """Return the text of a project file with its addresses made public.

    Raises:
        tomlkit.exceptions.TOMLKitError: The text is no TOML.
    """
    document = tomlkit.parse(text)
    for table in _tables(document):
        for key in _ADDRESSES:
            if isinstance(table.get(key), str):
                table[key] = public(str(table[key]))
    return tomlkit.dumps(document)


def _tables(part: object) -> Iterator[MutableMapping[str, object]]:
    """Yield every table of a document, itself first."""
    if isinstance(part, MutableMapping):
        yield part
        for inner in part.values():
            yield from _tables(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _tables(inner)
