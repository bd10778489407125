"""The peak of memory is that of a process itself."""

import subprocess
import sys

_MEGABYTES = 300


def test_what_was_let_go_of_counts() -> None:
    code = f"held = bytearray(b'x' * ({_MEGABYTES} << 20)); del held"
    assert _told_by(code) > _MEGABYTES


def test_what_the_process_that_started_it_held_does_not_count() -> None:
    held = bytearray(b"x" * (_MEGABYTES << 20))
    assert 1 < _told_by("pass") < _MEGABYTES / 2
    assert len(held) == _MEGABYTES << 20


def _told_by(code: str) -> float:
    command = f"{code}\nfrom experiments.benchmarks.memory import peak_megabytes as p; print(p())"
    done = subprocess.run(
        [sys.executable, "-c", command], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout)
