"""Several processes that do the same, each started anew when it ends."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from typing import NamedTuple, cast

_PAUSE_SECONDS = 1.0
"""Between two starts of the same one: what ends at once should not keep the machine busy."""

_STEP_SECONDS = 0.2

_log = logging.getLogger(__name__)


class Place(NamedTuple):
    """What one process is among several.

    Attributes:
        first: Whether it does what only one of them should.
        late: Whether others answer already, so that it should not before it is ready.
        ready: To be set once it is ready.
    """

    first: bool
    late: bool
    ready: Event


class Processes:
    """Keeps a number of processes running.

    The first is alone until it is ready: what it compiled, the others find.
    """

    def __init__(self, count: int, work: Callable[..., None], *given: object) -> None:
        """Start nothing yet.

        Args:
            count: How many.
            work: What each does until it gets SIGTERM, a function of a module: it is called with
                its `Place`, and what is given.
            given: What can be handed to another process.
        """
        self._count = count
        self._work = work
        self._given = given
        self._context = multiprocessing.get_context("spawn")
        self._ready = self._context.Event()
        self._running: dict[int, SpawnProcess] = {}
        self._started: dict[int, float] = {}

    def run(
        self, patience: float, before_stop: Callable[[], None], ended: Callable[[int], None]
    ) -> None:
        """Keep them running until this process gets SIGTERM or SIGINT, then stop them.

        Args:
            patience: Seconds after which those that have not stopped are killed.
            before_stop: Is called before they are told to stop.
            ended: Is called with the id of each that ended while it should run.
        """
        stopped = threading.Event()
        for received in (signal.SIGINT, signal.SIGTERM):
            signal.signal(received, lambda *_: stopped.set())
        while not stopped.is_set():
            self._start_missing()
            wait([process.sentinel for process in self._running.values()], _STEP_SECONDS)
            for process in self._bury():
                ended(process)
        before_stop()
        self._stop(patience)

    def _start_missing(self) -> None:
        wanted = self._count if self._ready.is_set() else 1
        for number in range(wanted):
            paused = time.monotonic() - self._started.get(number, -_PAUSE_SECONDS)
            if number not in self._running and paused >= _PAUSE_SECONDS:
                self._start(number)

    def _start(self, number: int) -> None:
        place = Place(number == 0, self._ready.is_set(), self._ready)
        process = self._context.Process(target=_run, args=(self._work, place, self._given))
        process.start()
        self._running[number] = process
        self._started[number] = time.monotonic()

    def _bury(self) -> Iterator[int]:
        """Take no longer for running what has ended, and yield its ids."""
        for number, process in list(self._running.items()):
            if not process.is_alive():
                _log.error("process %s ended with %s", process.pid, process.exitcode)
                del self._running[number]
                yield cast("int", process.pid)

    def _stop(self, patience: float) -> None:
        end = time.monotonic() + patience
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.join(max(end - time.monotonic(), 0.0))
            if process.is_alive():
                _log.error("process %s did not stop; it is killed", process.pid)
                process.kill()
                process.join()


def _run(work: Callable[..., None], place: Place, given: tuple[object, ...]) -> None:
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    work(place, *given)


def _stop_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
