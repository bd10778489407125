"""Requests and answers over connections spoken by hand, which cost a client next to nothing."""

import asyncio
from typing import NamedTuple


class Answered(NamedTuple):
    """An answer, and whether its connection goes on."""

    status: int
    body: bytes
    goes_on: bool


def request(path: str, body: bytes) -> bytes:
    """Return a POST as it goes over a connection."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def answered(reader: asyncio.StreamReader) -> Answered:
    """Read an answer.

    Raises:
        IncompleteReadError: The connection was closed before its end.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(size)
    return Answered(int(head.split()[1]), body, b"\r\nconnection: close\r\n" not in head)
