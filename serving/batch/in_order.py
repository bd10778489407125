"""Pieces of work done by threads, and handed on in the order in which they came."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_MOST_THREADS = 4
"""More would wait for the interpreter's lock, which is held for half of the time."""

_AHEAD = 2
"""Pieces of each thread that are done, or wait to be."""

Piece = TypeVar("Piece")
Done = TypeVar("Done")


def in_order(pieces: Iterable[Piece], do: Callable[[Piece], Done]) -> Generator[Done, None, None]:
    """Yield what comes of pieces of work, in order; only some of them are held at a time.

    The next pieces are fetched by the caller's thread while others work on those before. Whatever
    is raised, on either side, is raised here, once no thread works any more. To be closed by who
    may not take all.

    Args:
        pieces: What is worked on.
        do: Is called by several threads at a time.
    """
    count = min(os.cpu_count() or 1, _MOST_THREADS)
    with ThreadPoolExecutor(count) as threads:
        under_way: deque[Future[Done]] = deque()
        try:
            for piece in pieces:
                under_way.append(threads.submit(do, piece))
                if len(under_way) > _AHEAD * count:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()
