"""What answers in time is heard; what does not is given up."""

import threading

import pytest

from serving.registry.patience import in_time


def _fail() -> None:
    raise KeyError("gone")


def test_a_call_that_is_in_time_is_as_without() -> None:
    assert in_time(60.0, lambda: 7) == 7
    assert in_time(60.0, lambda: None) is None
    with pytest.raises(KeyError, match="gone"):
        in_time(60.0, _fail)


def test_a_call_that_hangs_is_given_up() -> None:
    never = threading.Event()
    with pytest.raises(TimeoutError, match=r"no answer within 0\.01 seconds"):
        in_time(0.01, never.wait)
    never.set()
