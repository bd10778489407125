"""Long work of requests in short pieces, one at a time: nobody waits for all of another's."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from serving.http.limits.threads import in_own_thread

Done = TypeVar("Done")


class Turns:
    """Lets pieces of long work take turns, in the order in which they come; within one event loop.

    Work of several requests at once would not be done any sooner, since one thread at a time runs
    Python; but a request that is answered at once would wait for each of them.
    """

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._turn = asyncio.Lock()

    async def take(self, piece: Callable[[], Done]) -> Done:
        """Return what a piece of work returns, once it was its turn."""
        async with self._turn:
            return await in_own_thread(piece)
