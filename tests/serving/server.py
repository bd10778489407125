"""The real application behind a real socket."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from serving.http.app import create_app
from serving.http.protocol import Protocol
from serving.http.state import ServiceState
from serving.service import listen


@contextmanager
def running(state: ServiceState) -> Iterator[httpx.Client]:
    """Serve a state on a free port and give a client to it."""
    config = uvicorn.Config(create_app(state), http=Protocol, log_level=logging.CRITICAL, ws="none")
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
