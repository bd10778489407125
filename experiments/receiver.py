"""Whoever listens to webhooks, on this machine."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any, NamedTuple


class Heard(NamedTuple):
    """A message, when it came by the clock of `time.perf_counter`, and its `webhook-id`."""

    at: float
    id: str
    message: dict[str, Any]


@contextmanager
def receiver() -> Iterator[tuple[str, "Queue[Heard]"]]:
    """Listen, and give the address with what is heard."""
    heard: Queue[Heard] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at = time.perf_counter()
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.put(Heard(at, self.headers["webhook-id"], json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
