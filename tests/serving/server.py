"""The real application behind a real socket."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx
import uvicorn
from fastapi import FastAPI

from serving.http.app import create_app
from serving.http.limits.admission import Limits
from serving.http.server.connection import Connection
from serving.http.state import ServiceState
from serving.listener import listen

_LIMITS = Limits()


@contextmanager
def running(
    state: ServiceState,
    limits: Limits = _LIMITS,
    connection: type[Connection] = Connection,
) -> Iterator[httpx.Client]:
    """Serve a state on a free port and give a client to it."""
    with serving(create_app(state, limits), connection) as client:
        yield client


@contextmanager
def answering(
    state: ServiceState, connection: type[Connection] = Connection
) -> Iterator[httpx.Client]:
    """Serve a state by the one application of this process: to make one takes most tests' time.

    Tests of what an application keeps from one request to the next have their own, by `running`:
    how much waits, a few seconds old, and who waits for whom, which is of one event loop.
    """
    # What either of them gets from now on, both have.
    _current.__dict__ = state.__dict__
    try:
        with serving(_application(), connection) as client:
            yield client
    finally:
        _current.__dict__ = ServiceState().__dict__


_current = ServiceState()


@cache
def _application() -> FastAPI:
    return create_app(_current)


@contextmanager
def serving(app: FastAPI, connection: type[Connection] = Connection) -> Iterator[httpx.Client]:
    """Serve an application on a free port and give a client to it."""
    server = _Server(uvicorn.Config(app, http=connection, log_level=logging.CRITICAL, ws="none"))
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.001)
            address = f"http://127.0.0.1:{port}"
            # No certificate is looked at, so none needs to be read from the disk.
            with httpx.Client(base_url=address, timeout=30, verify=False) as client:
                yield client
        finally:
            server.stop()
            thread.join()


class _Server(uvicorn.Server):
    """Ends at once; uvicorn's looks ten times a second whether it should, and waits once more."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._told_to_stop = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)

    def stop(self) -> None:
        """Let it end; from any thread."""
        self._loop.call_soon_threadsafe(self._told_to_stop.set)

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._told_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in [*self.server_state.connections]:
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.001)
        await self.lifespan.shutdown()
