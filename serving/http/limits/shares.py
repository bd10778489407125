"""Shares of an amount: so much side by side, the rest waits in the order it came."""

import asyncio
from collections import deque


class Shares:
    """Shares out an amount within one event loop."""

    def __init__(self, most: int) -> None:
        """Begin with all of it free."""
        self._free = most
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, size: int) -> None:
        """Wait until so much is free and nobody came before, and take it.

        Args:
            size: At most all there is; more would wait for good.
        """
        if not self._waiting and size <= self._free:
            self._free -= size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            # It may have been given in the same moment.
            if turn.done() and not turn.cancelled():
                self.give(size)
            raise

    def give(self, size: int) -> None:
        """Give back what was taken, and let those go on for whom it is enough now."""
        self._free += size
        while self._waiting:
            wanted, turn = self._waiting[0]
            if not turn.cancelled():
                if wanted > self._free:
                    return
                self._free -= wanted
                turn.set_result(None)
            self._waiting.popleft()
