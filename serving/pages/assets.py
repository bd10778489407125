"""Files that pages load from the service itself; their names change with what they hold."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PATH = "/app/static/"

_FOLDER = Path(__file__).parent / "static"
_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Asset(NamedTuple):
    """A file as browsers get it."""

    content: bytes
    kind: str


def _named(file: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    return f"{file.stem}.{digest}{file.suffix}"


_FILES = sorted(file for file in _FOLDER.iterdir() if file.suffix in _KINDS)
_NAMES: Mapping[str, str] = {file.name: _named(file) for file in _FILES}

ASSETS: Mapping[str, Asset] = {
    _NAMES[file.name]: Asset(file.read_bytes(), _KINDS[file.suffix]) for file in _FILES
}
"""By the name that pages ask for."""


def asset(name: str) -> str:
    """Return the path of a file of the folder."""
    return PATH + _NAMES[name]
