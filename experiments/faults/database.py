"""The record's database taken away, hung and given back, while callers go on asking."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from experiments.faults.callers import Callers
from experiments.faults.finding import Finding, Findings, Kind
from experiments.faults.keys import key_in_file, key_in_record
from experiments.faults.records import Postgres, lost_and_doubled, postgres, upgraded
from experiments.faults.service import Service, service

_ASKING = {"score": 2, "large": 2, "read": 24, "lead": 4, "write": 24, "metrics": 1}
_PATIENCE_SECONDS = 60

_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
"""Root may write to what is read-only, unless it is run by this."""


def database(
    database: Annotated[Kind, typer.Option(help="Kind of the record.")] = "sqlite",
    seconds: Annotated[float, typer.Option(help="That each fault lasts.")] = 40,
) -> Findings:
    """Take the record's database away: before the start, under load, hanging; and give it back.

    PostgreSQL is stopped, and stands still (SIGSTOP). A SQLite file is locked by another writer,
    made read-only and moved away.
    """
    with TemporaryDirectory() as made:
        folder = Path(made)
        if database == "postgresql":
            with postgres(folder / "data") as server:
                yield from _of_server(server, folder, seconds)
        else:
            yield from _of_file(folder, seconds)


def _of_server(server: Postgres, folder: Path, seconds: float) -> Findings:
    url = upgraded(server.url)
    token = key_in_record(url)
    with service(folder, url, [token]) as tried:
        tried.start()
        callers = Callers(tried.port, token)
        callers.put_leads()
        yield from _taken(callers, "server stopped", seconds, server.stop, server.start)
        yield from _taken(callers, "server hangs", seconds, server.stand_still, server.go_on)
        yield _nothing_lost(tried, url, callers)
        tried.stop()
    in_file = key_in_file(folder / "keys.toml")
    for what, key, settings in (
        ("server away at the start, keys in a file", in_file, {"LEADSCORE_KEYS": "keys.toml"}),
        ("server away at the start, keys in the record", token, {}),
    ):
        paths = {name: str(folder / value) for name, value in settings.items()}
        with service(folder, url, [key], **paths) as tried:
            server.stop()
            try:
                yield from _absent_at_start(tried, Callers(tried.port, key), what, server.start)
            finally:
                server.start()


def _of_file(folder: Path, seconds: float) -> Findings:
    file, away = folder / "record.db", folder / "elsewhere.db"
    url = upgraded(f"sqlite:///{file}")
    token = key_in_record(url)
    with service(folder, url, [token]) as tried:
        tried.start(*(_WITHOUT_RIGHTS if os.geteuid() == 0 else ()))
        callers = Callers(tried.port, token)
        callers.put_leads()
        with _other_writer(file) as (lock, release):
            yield from _taken(callers, "file locked", seconds, lock, release)
        for what, take, give in (
            ("file read-only", lambda: _allow(folder, 0o555), lambda: _allow(folder, 0o755)),
            ("file moved away", lambda: file.rename(away), lambda: away.rename(file)),
        ):
            yield from _taken(callers, what, seconds, take, give)
        yield _nothing_lost(tried, url, callers)


def _taken(
    callers: Callers, what: str, seconds: float, take: Callable[[], object],
    give: Callable[[], object],
) -> Findings:  # fmt: skip
    """Take something away under load for a while, give it back, and tell what was answered."""
    callers.phase = f"before: {what}"
    with callers.asking(**_ASKING):
        time.sleep(seconds / 8)
        callers.phase = what
        take()
        try:
            time.sleep(seconds)
        finally:
            callers.phase = f"back: {what}"
            give()
        took = max(callers.seconds_until(kind, _PATIENCE_SECONDS) for kind in ("read", "write"))
        callers.phase = f"after: {what}"
        time.sleep(seconds / 8)
    yield callers.finding(what)
    again = f"read and written again after {took:.1f} s"
    yield callers.finding(f"back: {what}", also=again, kept=took < _PATIENCE_SECONDS)
    after = callers.counted(f"after: {what}")
    yield callers.finding(f"after: {what}", kept=set(after) <= {"200"})


def _absent_at_start(
    tried: Service, callers: Callers, what: str, give: Callable[[], None]
) -> Findings:
    callers.phase = what
    try:
        tried.start()
    except RuntimeError as error:
        yield Finding(what, str(error), kept=False)
        return
    with callers.asking(score=1, large=1, read=2, write=2, metrics=1):
        time.sleep(5)
        callers.phase = f"back: {what}"
        give()
        took = callers.seconds_until("write", _PATIENCE_SECONDS)
    locked = "keys in the record" in what
    yield callers.finding(what, locked=locked)
    again = f"written after {took:.1f} s"
    yield callers.finding(f"back: {what}", also=again, kept=took < _PATIENCE_SECONDS, locked=locked)


def _nothing_lost(tried: Service, url: str, callers: Callers) -> Finding:
    tried.stop()
    lost, doubled = lost_and_doubled(url, callers.acknowledged)
    marks = tried.marks + callers.marks
    told = (
        f"{len(callers.acknowledged):,} events acknowledged, {lost} lost, {doubled} doubled; "
        f"{len(tried.written.splitlines())} lines of log, {marks} marks in them or the metrics"
    )
    return Finding("in the end", told, kept=not (lost or doubled or marks))


@contextmanager
def _other_writer(file: Path) -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    other = sqlite3.connect(file, isolation_level=None)
    try:
        yield lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.execute("ROLLBACK")
    finally:
        other.close()


def _allow(folder: Path, mode: int) -> None:
    for file in folder.glob("record.db*"):
        file.chmod(mode & 0o666)
    folder.chmod(mode)
