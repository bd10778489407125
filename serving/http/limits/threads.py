"""Threads of those that wait for nobody: whoever waits for the record holds none of them."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync

_MOST = 40

_own: RunVar[CapacityLimiter] = RunVar("own_threads")

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def in_own_thread(
    work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Result:
    """Return what a function returns that only computes, run in a thread.

    Others run in `run_in_threadpool`, where they may all have to wait for the record.
    """
    try:
        limiter = _own.get()
    except LookupError:
        limiter = CapacityLimiter(_MOST)
        _own.set(limiter)
    return await run_sync(partial(work, *given, **named), limiter=limiter)
