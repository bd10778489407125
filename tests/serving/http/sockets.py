"""Connections spoken over by hand: what no HTTP client would send."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

_PATIENCE_SECONDS = 60


@contextmanager
def connected(client: httpx.Client) -> Iterator[socket.socket]:
    """Open a connection to the service of a client."""
    address = (client.base_url.host, client.base_url.port or 80)
    with socket.create_connection(address, timeout=_PATIENCE_SECONDS) as connection:
        yield connection


def head(path: str, size: int | None) -> bytes:
    """Return the head of a POST whose body has a size; None sends it in chunks."""
    length = "Transfer-Encoding: chunked" if size is None else f"Content-Length: {size}"
    return f"POST {path} HTTP/1.1\r\nHost: leadscore\r\n{length}\r\n\r\n".encode()


def answered(connection: socket.socket) -> httpx.Response:
    """Read one answer."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += _more(connection)
    said, _, body = read.partition(b"\r\n\r\n")
    status, *lines = said.decode().split("\r\n")
    parts = [line.partition(": ") for line in lines]
    headers = httpx.Headers([(name, value) for name, _, value in parts])
    size = int(headers["content-length"])
    while len(body) < size:
        body += _more(connection)
    return httpx.Response(int(status.split()[1]), headers=headers, content=body)


def is_closed(connection: socket.socket) -> bool:
    """Wait until the other side says or sends something, and tell whether it closed."""
    return connection.recv(1) == b""


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65_536)
    assert part, "the connection was closed before the answer"
    return part
