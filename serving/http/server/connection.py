"""Connections that keep nobody waiting: who is silent, or sends too slowly, is let go.

uvicorn has no such limits of its own.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import RequestResponseCycle

from serving.http.errors import Problem
from serving.http.server.protocol import Protocol

# What anybody can send is no news to an operator, and lines of it could fill a disk.
_of_callers = logging.getLogger(__name__)
_of_callers.setLevel(logging.ERROR)

_TOO_SLOW = Problem(code="too_slow", message="the body came too slowly; send it again")


class Connection(Protocol):
    """A connection whose head, body and answer have their time.

    Attributes:
        head_seconds: From the connection, or the first byte of a head, to the end of the head.
        body_seconds: In which some of a body must come.
        body_bytes: How much, or the rest of it.
        answer_seconds: In which an answer must be taken.
        last_seconds: For a head that is under way when the service stops to listen.
    """

    head_seconds: ClassVar[float] = 10.0
    body_seconds: ClassVar[float] = 10.0
    body_bytes: ClassVar[int] = 640 * 1024
    answer_seconds: ClassVar[float] = 60.0
    last_seconds: ClassVar[float] = 1.0

    _timer: asyncio.TimerHandle | None = None
    _untaken: asyncio.TimerHandle | None = None
    _awaited: object = None
    _awaited_of: RequestResponseCycle | None = None
    _came = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        self.logger = _of_callers
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take in what came, and wait for what is left."""
        self._came += len(data)
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        self._taken()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for the caller to take what it was answered; meanwhile it is asked nothing more."""
        super().pause_writing()
        self._untaken = self.loop.call_later(self.answer_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on with what the caller has sent meanwhile."""
        super().resume_writing()
        self._taken()
        self.flow.resume_reading()
        self.handle_events()
        self._watch()

    def handle_events(self) -> None:
        """Begin the next request, unless answers are still to be taken: it would wait for them.

        It would be under way all the time, and keep others out.
        """
        if self.flow.write_paused:
            self.flow.pause_reading()
        else:
            super().handle_events()

    def on_response_complete(self) -> None:
        """Give the caller time to take the last answer."""
        super().on_response_complete()
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self.loop.call_later(self.answer_seconds, self.transport.abort)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also one whose answer nobody took."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def shutdown(self) -> None:
        """Let go, unless a request is under way, or about to come over a new connection."""
        if self._awaited is h11.IDLE:
            self._wait(self.last_seconds, self.transport.close)
        else:
            super().shutdown()

    def _watch(self) -> None:
        """Set the clock for what is to come next; a request that came whole costs no timer."""
        state = self.conn.their_state
        if self.flow.write_paused:
            # What has come is not read, so nothing is late.
            self._awaited = None
            self._wait_no_more()
            return
        if state is self._awaited and self.cycle is self._awaited_of:
            return
        self._awaited, self._awaited_of = state, self.cycle
        if state is h11.IDLE:
            self._wait(self.head_seconds, self.transport.close)
        elif state is h11.SEND_BODY:
            self._came = 0
            self._wait(self.body_seconds, self._judge_body)
        else:
            self._wait_no_more()

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._wait_no_more()
        self._timer = self.loop.call_later(seconds, then)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _taken(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    def _judge_body(self) -> None:
        # While reading is paused, it is the service that is slow.
        if self._came >= self.body_bytes or self.flow.read_paused:
            self._came = 0
            self._wait(self.body_seconds, self._judge_body)
        elif self.cycle.response_started:
            self.transport.close()
        else:
            self.refuse(408, _TOO_SLOW)
