"""So much side by side, the rest in order."""

import asyncio

from serving.http.limits.shares import Shares


def test_what_fits_goes_on_and_the_rest_waits_in_order() -> None:
    async def told() -> list[str]:
        shares, said = Shares(10), list[str]()

        async def go(name: str, size: int) -> None:
            await shares.take(size)
            said.append(name)

        await go("a", 6)
        await go("b", 4)
        waiting = [asyncio.create_task(go(name, size)) for name, size in (("c", 10), ("d", 1))]
        await asyncio.sleep(0)
        shares.give(6)
        await asyncio.sleep(0)
        # The small one does not overtake, or a large one would wait for good.
        assert said == ["a", "b"]
        shares.give(4)
        await asyncio.sleep(0)
        assert said == ["a", "b", "c"]
        shares.give(10)
        await asyncio.gather(*waiting)
        return said

    assert asyncio.run(told()) == ["a", "b", "c", "d"]


def test_who_gives_up_takes_nothing() -> None:
    async def check() -> None:
        shares = Shares(10)
        await shares.take(10)
        waits, given, last = (asyncio.create_task(shares.take(10)) for _ in range(3))
        await asyncio.sleep(0)
        waits.cancel()
        shares.give(10)
        # In the same moment in which it was its turn.
        given.cancel()
        await last
        assert [task.cancelled() for task in (waits, given)] == [True, True]

    asyncio.run(check())
