"""Clients that are slow, silent or too many, beside one that is none of it."""

import asyncio
import re
import resource
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from experiments.faults.connections import request
from experiments.faults.finding import Findings
from experiments.faults.marks import marked_request
from experiments.faults.scorers import Scorers
from experiments.faults.service import Service, service

_FILES = 1024
"""That a process may have open, as most systems have it unless told otherwise."""

_SMALL_BUFFER = 4096
_FEW = 4
_PATIENCE_SECONDS = 30

Acts = Callable[[int, float], Awaitable[str]]
"""What one client does to a port until a moment, and how it ends."""


def clients(
    clients: Annotated[int, typer.Option(help="Of each bad kind.")] = 450,
    flood: Annotated[int, typer.Option(help="Connections opened at once.")] = 3_000,
    seconds: Annotated[float, typer.Option(help="That each kind stays.")] = 25,
) -> Findings:
    """Send heads byte by byte, stop in bodies, read no answers, say nothing, hang up, flood.

    Beside each kind lawful clients ask for leads, over one connection and over new ones. The
    service may have 1,024 files open unless it sees to it itself, as on most systems.
    """
    _allow_files(2 * flood)
    with (
        TemporaryDirectory() as folder,
        service(Path(folder), None) as tried,
    ):
        tried.start("prlimit", f"--nofile={_FILES}:{2 * flood}")
        for name, acts in _KINDS.items():
            yield from _beside(tried, f"{clients} clients {name}", acts, clients, seconds)
        yield from _beside(tried, f"{flood:,} connections at once", _say_nothing, flood, seconds)


def _beside(tried: Service, what: str, acts: Acts, count: int, seconds: float) -> Findings:
    scorers = Scorers(tried.port)
    scorers.phase = what
    with scorers.asking(1, anew=1):
        ends = asyncio.run(_all(acts, tried.port, count, seconds))
        under_way = _left_under_way(tried)
    told = ", ".join(f"{times:,} {end}" for end, times in sorted(ends.items()))
    yield scorers.finding(
        what, also=f"{told}; {under_way} requests under way after it", kept=under_way <= _FEW
    )


async def _all(acts: Acts, port: int, count: int, seconds: float) -> Counter[str]:
    end = time.monotonic() + seconds
    return Counter(await asyncio.gather(*[_ended(acts, port, end) for _ in range(count)]))


async def _ended(acts: Acts, port: int, end: float) -> str:
    try:
        return await acts(port, end)
    except OSError as error:
        return f"ended by {type(error).__name__}"


async def _trickle(port: int, sent: bytes, end: float) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for byte in sent:
            if time.monotonic() > end:
                return "open still"
            writer.write(bytes([byte]))
            said = await _read_within(reader, 0.5)
            if said is not None:
                return f"told {said.split()[1].decode()}" if said else "closed"
        return "all sent"
    finally:
        writer.transport.abort()


async def _read_within(reader: asyncio.StreamReader, seconds: float) -> bytes | None:
    try:
        return await asyncio.wait_for(reader.read(65_536), seconds)
    except TimeoutError:
        return None


async def _slow_head(port: int, end: float) -> str:
    return await _trickle(port, _SCORE, end)


async def _slow_body(port: int, end: float) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, body = _SCORE.split(b"\r\n\r\n")
    writer.write(head + b"\r\n\r\n" + body[:10])
    said = await _read_within(reader, end - time.monotonic())
    writer.transport.abort()
    return (
        "open still" if said is None else f"told {said.split()[1].decode()}" if said else "closed"
    )


async def _say_nothing(port: int, end: float) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = await _read_within(reader, end - time.monotonic())
    writer.transport.abort()
    return "open still" if said is None else "closed"


async def _hang_up(port: int, end: float) -> str:
    """Ask, and be gone before the answer, again and again."""
    while time.monotonic() < end:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_SCORE)
        await writer.drain()
        writer.transport.abort()
        await asyncio.sleep(1)
    return "hung up"


async def _read_nothing(port: int, end: float) -> str:
    """Ask for much at once, and take none of it."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", port))
        try:
            await asyncio.wait_for(loop.sock_sendall(connection, _BATCHES), end - time.monotonic())
        except TimeoutError:
            return "not all taken"
        await asyncio.sleep(max(end - time.monotonic(), 0))
    return "all taken"


def _left_under_way(tried: Service) -> int:
    """Return how many requests are under way once what was asked has had time to be worked on."""
    give_up, count = time.monotonic() + _PATIENCE_SECONDS, _FILES
    while count > _FEW and time.monotonic() < give_up:
        found = re.search(r"^leadscore_requests_under_way (\S+)", tried.metrics, re.MULTILINE)
        count = int(float(found[1])) if found else _FILES
        time.sleep(0.5)
    return count


def _allow_files(count: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, most), most))


_SCORE = request("/v1/score", marked_request(1))
_BATCHES = 30 * request(
    "/v1/score/batch", b'{"leads": [' + b",".join([marked_request(0)] * 100) + b"]}"
)
_KINDS: dict[str, Acts] = {
    "send their head byte by byte": _slow_head,
    "stop in their body": _slow_body,
    "say nothing": _say_nothing,
    "hang up before the answer": _hang_up,
    "read no answer": _read_nothing,
}
