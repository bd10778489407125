"""Calls that may hang: they are given up after a while."""

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def in_time(seconds: float, call: Callable[[], Result]) -> Result:
    """Return what a call returns, or raise what it raises, if that takes no longer.

    A call that is given up goes on in the background; it does not keep the process alive.

    Raises:
        TimeoutError: It took longer.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    return results[0]
