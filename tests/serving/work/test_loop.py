"""Work done again and again: what fails is tried again, and what stands still is seen."""

import logging
import threading

import pytest

from serving.record.database.database import RecordAwayError
from serving.work.loop import STILL_SECONDS, Loop
from tests.serving.work.counted import Counted


class Work:
    """Fails once as it is told to, and is done then."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.turns = 0
        self.done = threading.Event()
        self.__name__ = "rescore"

    def __call__(self) -> int:
        self.turns += 1
        if self.error is not None and self.turns == 1:
            raise self.error
        self.done.set()
        return 0


@pytest.mark.parametrize("error", [RecordAwayError("it is away"), ValueError("erika")])
def test_what_fails_is_counted_and_tried_again(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("serving.work.loop._AWAY_SECONDS", 0.0)
    failures, work = Counted("leadscore_work_failures_total"), Work(error)
    loop = Loop(work)
    with caplog.at_level(logging.WARNING):
        loop.start()
        assert work.done.wait(20)
        loop.stop()
        loop.join()
    assert failures() == {("rescore",): 1.0}
    assert "erika" not in caplog.text
    assert len(caplog.records) == 1


def test_a_turn_that_takes_too_long_is_seen_and_its_end_too() -> None:
    at, begun, goes_on = [0.0], threading.Event(), threading.Event()

    def compare() -> int:
        begun.set()
        goes_on.wait(20)
        return 0

    loop = Loop(compare, elapsed=lambda: at[0])
    at[0] = 10.0
    loop.start()
    assert begun.wait(20)
    turns = Counted("leadscore_work_turn_timestamp_seconds")
    at[0] += STILL_SECONDS - 1
    alive = [loop.alive]
    at[0] += 1
    alive.append(loop.alive)
    assert turns() == {}
    goes_on.set()
    loop.stop()
    loop.join()
    assert [*alive, loop.alive] == [True, False, True]
    assert [*turns()] == [("compare",)]
