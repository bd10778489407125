"""The real application behind a real socket."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from serving.http.admission import Limits
from serving.http.app import create_app
from serving.http.connection import Connection
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
def serving(app: FastAPI, connection: type[Connection] = Connection) -> Iterator[httpx.Client]:
    """Serve an application on a free port and give a client to it."""
    config = uvicorn.Config(app, http=connection, log_level=logging.CRITICAL, ws="none")
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            address = f"http://127.0.0.1:{port}"
            # No certificate is looked at, so none needs to be read from the disk.
            with httpx.Client(base_url=address, timeout=30, verify=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
