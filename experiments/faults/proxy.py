"""What stands between a service and a server, and can refuse, hang or dawdle."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Mood = Literal["passes", "refuses", "hangs", "dawdles", "dawdles with files"]

_DAWDLE_SECONDS = 0.5
_DAWDLE_BYTES = 20
_LARGE = 8_192
"""Bytes of a connection from which on they are of a file."""


class Proxy:
    """Passes on what it is sent, or not.

    Attributes:
        mood: Of it; to be set from outside. What hangs or dawdles is what the server says.
    """

    def __init__(self, target: int) -> None:
        """Stand before a port of this machine."""
        self.mood: Mood = "passes"
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def run(self) -> None:
        """Take connections until it is closed."""
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                if self.mood == "refuses":
                    caller.close()
                else:
                    threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, caller: socket.socket) -> None:
        with suppress(OSError), caller, socket.create_connection(("127.0.0.1", self._target)) as to:
            back = threading.Thread(target=self._answer, args=(to, caller), daemon=True)
            back.start()
            while sent := caller.recv(65_536):
                to.sendall(sent)
            to.shutdown(socket.SHUT_WR)
            back.join()

    def _answer(self, server: socket.socket, caller: socket.socket) -> None:
        came = 0
        with suppress(OSError):
            while said := server.recv(65_536):
                came += len(said)
                while self.mood == "hangs":
                    time.sleep(_DAWDLE_SECONDS)
                large = came > _LARGE and self.mood == "dawdles with files"
                if self.mood == "dawdles" or large:
                    self._dawdle(said, caller)
                else:
                    caller.sendall(said)
            caller.shutdown(socket.SHUT_WR)

    def _dawdle(self, said: bytes, caller: socket.socket) -> None:
        for start in range(0, len(said), _DAWDLE_BYTES):
            caller.sendall(said[start : start + _DAWDLE_BYTES])
            time.sleep(_DAWDLE_SECONDS if self.mood.startswith("dawdles") else 0)


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """Stand before a port of this machine."""
    stands = Proxy(target)
    thread = threading.Thread(target=stands.run, daemon=True)
    thread.start()
    try:
        yield stands
    finally:
        stands.close()
        thread.join()
