"""No room on the disk of the record, of the model's copies, of the log; and room again."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import typer

from experiments.faults.callers import Callers
from experiments.faults.champion import trained
from experiments.faults.finding import Finding, Findings, Kind
from experiments.faults.keys import key_in_record
from experiments.faults.records import lost_and_doubled, postgres, upgraded
from experiments.faults.scorers import Scorers
from experiments.faults.service import service
from experiments.faults.small_disk import SmallDisk, small_disk

_ASKING = {"score": 2, "large": 1, "read": 4, "lead": 4, "write": 8, "metrics": 1}
_MIB = {"sqlite": 16, "postgresql": 200}
_PATIENCE_SECONDS = 60


def disk(
    database: Annotated[Kind, typer.Option(help="Kind of the record.")] = "sqlite",
    seconds: Annotated[float, typer.Option(help="That there is no room.")] = 15,
) -> Findings:
    """Fill the disk of the record under load, and of copies, compiled functions and the log.

    It mounts small disks: be root, or run it under `unshare -rm`.
    """
    with TemporaryDirectory() as made:
        folder = Path(made)
        with small_disk(folder / "disk", _MIB[database]) as small:
            if database == "sqlite":
                url = f"sqlite:///{small.folder / 'record.db'}"
                yield from _record(folder, url, small, seconds, small.make_room)
                yield from _copies_and_log(folder, seconds)
                return
            with postgres(small.folder / "data") as server:

                def make_room() -> None:
                    small.make_room()
                    # It may have ended: PostgreSQL does, where its log has no room.
                    server.start()

                yield from _record(folder, server.url, small, seconds, make_room)


def _record(
    folder: Path, url: str, small: SmallDisk, seconds: float, make_room: Callable[[], None]
) -> Findings:
    token = key_in_record(upgraded(url))
    with service(folder, url, [token]) as tried:
        tried.start()
        callers = Callers(tried.port, token)
        callers.put_leads()
        with callers.asking(**_ASKING):
            time.sleep(seconds / 4)
            callers.phase = "no room for the record"
            small.fill()
            time.sleep(seconds)
            callers.phase = "room again"
            make_room()
            took = max(callers.seconds_until(kind, _PATIENCE_SECONDS) for kind in ("read", "write"))
            callers.phase = "a while after"
            time.sleep(seconds / 4)
        tried.stop()
        yield callers.finding("no room for the record")
        again = f"read and written after {took:.1f} s"
        yield callers.finding("room again", also=again, kept=took < _PATIENCE_SECONDS)
        yield callers.finding(
            "a while after", kept=set(callers.counted("a while after")) <= {"200"}
        )
        lost, doubled = lost_and_doubled(url, callers.acknowledged)
        marks = tried.marks + callers.marks
        told = (
            f"{len(callers.acknowledged):,} events acknowledged, {lost} lost, {doubled} doubled; "
            f"{len(tried.written.splitlines())} lines of log, {marks} marks in them or the metrics"
        )
        yield Finding("in the end", told, not (lost or doubled or marks))


def _copies_and_log(folder: Path, seconds: float) -> Findings:
    champion = trained(folder)
    with (
        small_disk(folder / "copies", 1) as small,
        service(
            folder,
            None,
            LEADSCORE_MODEL=champion.address,
            LEADSCORE_TRACKING_URI=champion.tracking_uri,
            LEADSCORE_MODEL_WATCH_SECONDS="2",
            LEADSCORE_CACHE=str(small.folder / "cache"),
            NUMBA_CACHE_DIR=str(small.folder / "compiled"),
        ) as tried,
    ):
        small.fill()
        tried.start()
        scorers = Scorers(tried.port)
        said = httpx.get(f"http://127.0.0.1:{tried.port}/readyz").json()["message"]
        with scorers.asking(2):
            scorers.phase = "no room for copies of the model and compiled functions"
            time.sleep(seconds / 4)
            scorers.phase = "room for copies"
            small.make_room()
            took = scorers.seconds_until("model")
    yield scorers.finding("no room for copies of the model and compiled functions", also=str(said))
    yield scorers.finding(
        "room for copies", also=f"the model answers after {took:.1f} s", kept=took < 60
    )
    with (
        small_disk(folder / "log", 1) as small,
        service(small.folder, None, LEADSCORE_LOG_REQUESTS="true") as tried,
    ):
        tried.start()
        scorers = Scorers(tried.port)
        with scorers.asking(2):
            scorers.phase = "no room for the log"
            small.fill()
            time.sleep(seconds / 4)
            before = tried.log.stat().st_size
            small.make_room()
            time.sleep(seconds / 4)
            grown = tried.log.stat().st_size - before
    yield scorers.finding(
        "no room for the log", also=f"{grown:,} bytes written once there was", kept=grown > 0
    )
