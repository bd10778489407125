"""Several processes that do the same; real ones, killed and stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.serving.places", str(tmp_path)])
    yield process
    process.kill()
    process.wait()


def started(folder: Path) -> dict[int, tuple[bool, bool]]:
    """Return what each process was told: whether it is the first, and late."""
    return {
        int(file.stem): (words[0] == "True", words[1] == "True")
        for file in folder.glob("*.started")
        for words in [file.read_text(encoding="ascii").split()]
    }


def wait_until(happened: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def are_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_the_first_is_alone_until_it_is_ready_and_each_is_replaced(
    parent: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    wait_until(lambda: len(started(tmp_path)) == 1)
    ((first, told),) = started(tmp_path).items()
    assert told == (True, False)
    # It is killed before it is ready: the next one is the first, and alone as well.
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(started(tmp_path)) == 2)
    assert sorted(started(tmp_path).values()) == [(True, False)] * 2
    (tmp_path / "ready").touch()
    wait_until(lambda: len(started(tmp_path)) == 4)
    assert sorted(started(tmp_path).values()) == [(False, True)] * 2 + [(True, False)] * 2
    # Its place is taken by one that does the same, beside the others.
    (second,) = [p for p, told in started(tmp_path).items() if told[0] and p != first]
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: len(started(tmp_path)) == 5)
    assert (True, True) in started(tmp_path).values()
    assert not (tmp_path / "stopping").exists()
    parent.terminate()
    assert parent.wait(60) == 0
    assert (tmp_path / "stopping").exists()
    stopped = {int(file.stem) for file in tmp_path.glob("*.stopped")}
    assert stopped == set(started(tmp_path)) - {first, second}
    ended = {int(file.stem) for file in tmp_path.glob("*.ended")}
    assert ended == {first, second}


def test_without_their_parent_they_stop(parent: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "ready").touch()
    wait_until(lambda: len(started(tmp_path)) == 3)
    parent.kill()
    parent.wait()
    wait_until(lambda: len(list(tmp_path.glob("*.stopped"))) == 3)
    wait_until(lambda: are_gone(list(started(tmp_path))))
