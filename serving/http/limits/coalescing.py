"""Requests that come at the same time, answered in one go: one thread, one look into the record."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from contextvars import Context
from typing import Generic, NamedTuple, TypeVar

from fastapi.concurrency import run_in_threadpool

Kind = TypeVar("Kind", bound=Hashable)
Said = TypeVar("Said")

MOST = 64
"""Requests of one go: more would wait for each other for long."""


class _Waiting(NamedTuple, Generic[Kind, Said]):
    asked: str
    kind: Kind
    said: asyncio.Future[Said]


class Together(Generic[Kind, Said]):
    """Answers requests of one kind that wait at the same time together; within one event loop.

    While some are answered in a thread, those that come wait for the next go. Alone, a request
    waits for nobody.
    """

    def __init__(self, answer: Callable[[Sequence[str], Kind], Sequence[Said]]) -> None:
        """Answer by a function that takes what is asked and of which kind all of it is."""
        self._answer = answer
        self._waiting: list[_Waiting[Kind, Said]] = []
        self._going: asyncio.Task[None] | None = None

    async def ask(self, asked: str, kind: Kind) -> Said:
        """Return what is said; whatever a go raises, each of its requests raises."""
        said: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(asked, kind, said))
        if self._going is None:
            # In no request's context: it goes on for those that come later.
            self._going = asyncio.create_task(self._go(), context=Context())
        return await said

    async def _go(self) -> None:
        # Those that came in the same turn of the loop are there after it.
        await asyncio.sleep(0)
        while self._waiting:
            kind = self._waiting[0].kind
            same = [one for one in self._waiting if one.kind == kind]
            others = [one for one in self._waiting if one.kind != kind]
            self._waiting = same[MOST:] + others
            await self._settle(same[:MOST], kind)
        self._going = None

    async def _settle(self, some: list[_Waiting[Kind, Said]], kind: Kind) -> None:
        try:
            answers = await run_in_threadpool(self._answer, [one.asked for one in some], kind)
        except Exception as error:
            for one in some:
                if not one.said.done():
                    one.said.set_exception(error)
            return
        for one, answer in zip(some, answers, strict=True):
            # Whoever hung up is told nothing.
            if not one.said.done():
                one.said.set_result(answer)
