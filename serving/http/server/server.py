"""The HTTP server around the application, and how it stops: nothing that was accepted is lost."""

import asyncio
import functools
import signal
import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from serving.http.server.connection import Connection
from serving.http.state import ServiceState

_WAITING_CONNECTIONS = 2048
_STEP_SECONDS = 0.05


class Server(uvicorn.Server):
    """Stops in three steps: it says so, listens no more, finishes what is under way."""

    def __init__(
        self,
        app: ASGIApp,
        state: ServiceState,
        *,
        keep_alive: int,
        leave: float,
        grace: int,
    ) -> None:
        """Put it together; it listens on the sockets that `run` gets.

        Args:
            app: What answers.
            state: Tells requests that the service stops.
            keep_alive: Seconds that an idle connection stays open.
            leave: Seconds between saying that it stops and listening no more, unless interrupted.
            grace: Seconds that requests under way have from then on.
        """
        # An access log would hold callers' addresses, and cost a tenth of an answer.
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            log_config=None,
            log_level="info",
            access_log=False,
            server_header=False,
            timeout_keep_alive=keep_alive,
            timeout_graceful_shutdown=grace,
            # New connections are taken one by one, so that processes on one socket share them.
            backlog=1,
        )
        super().__init__(config)
        self._state = state
        self._leave = leave

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(_WAITING_CONNECTIONS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; whoever interrupts by hand does not want to wait for a load balancer."""
        self._state.stopping = True
        if sig == signal.SIGINT:
            self._leave = 0.0
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, with every request answered that was accepted."""
        self._state.stopping = True
        end = asyncio.get_running_loop().time() + self._leave
        while not self.force_exit and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_STEP_SECONDS)
        for listener in sockets or []:
            await self._take_last(listener)
        await super().shutdown(sockets)

    async def _take_last(self, listener: socket.socket) -> None:
        """Listen no more, and take the connections that the system accepted meanwhile."""
        protocol = functools.partial(
            Connection,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        loop = asyncio.get_running_loop()
        with listener.dup() as last:
            last.setblocking(False)
            for server in self.servers:
                server.close()
            accepted = []
            while True:
                try:
                    accepted.append(last.accept()[0])
                except BlockingIOError:
                    break
        for connection in accepted:
            await loop.connect_accepted_socket(protocol, connection)
