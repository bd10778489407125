"""Who is silent, or sends too slowly, is let go."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET, socket

import httpx
import pytest

from serving.http.limits.admission import Limits
from serving.http.server.connection import Connection
from serving.http.state import ServiceState
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from tests.serving.http.sockets import answered, connected, head, is_closed
from tests.serving.sent import request
from tests.serving.server import answering, running

LEAD = json.dumps(request()).encode()


class Hasty(Connection):
    """A connection that nobody need wait for."""

    head_seconds = 0.2
    body_seconds = 0.2
    answer_seconds = 0.2


class Narrow(Connection):
    """A connection with hardly any room on the way to a caller, who takes little at once, too."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, 16_384)
        super().connection_made(transport)


@contextmanager
def narrowly_connected(client: httpx.Client) -> Iterator[socket]:
    with connected(client) as connection:
        connection.setsockopt(SOL_SOCKET, SO_RCVBUF, 16_384)
        yield connection


@pytest.fixture
def state() -> ServiceState:
    state = ServiceState()
    state.ready(Scoring(read_rules(), "no_model"))
    return state


@pytest.fixture
def client(state: ServiceState) -> Iterator[httpx.Client]:
    with answering(state, Hasty) as client:
        yield client


@pytest.mark.parametrize("sent", [b"", b"P", head("/v1/score", 5)[:-1]])
def test_a_head_that_does_not_come_closes_the_connection(client: httpx.Client, sent: bytes) -> None:
    with connected(client) as connection:
        connection.sendall(sent)
        assert is_closed(connection)


def test_the_head_after_an_answer_has_its_time_too(client: httpx.Client) -> None:
    with connected(client) as connection:
        for _ in range(2):
            connection.sendall(head("/v1/score", len(LEAD)) + LEAD)
            assert answered(connection).status_code == 200
        connection.sendall(b"POST /v1")
        assert is_closed(connection)


@pytest.mark.parametrize("size", [len(LEAD), 1_000_000, None])
def test_a_body_that_stalls_is_told_and_closed(client: httpx.Client, size: int | None) -> None:
    with connected(client) as connection:
        connection.sendall(head("/v1/score", size) + b"1")
        response = answered(connection)
        assert (response.status_code, response.json()["code"]) == (408, "too_slow")
        assert response.headers["connection"] == "close"
        assert is_closed(connection)


def test_a_body_nobody_reads_is_not_waited_for(client: httpx.Client) -> None:
    with connected(client) as connection:
        connection.sendall(head("/nowhere", 1_000_000) + b"1")
        assert answered(connection).status_code == 404
        assert is_closed(connection)


def test_a_body_that_comes_on_may_take_long(state: ServiceState) -> None:
    judged = threading.Semaphore(0)

    class Watched(Hasty):
        body_bytes = 0

        def _judge_body(self) -> None:
            super()._judge_body()
            judged.release()

    with answering(state, Watched) as client, connected(client) as connection:
        connection.sendall(head("/v1/score", len(LEAD)) + LEAD[:-1])
        assert all(judged.acquire(timeout=30) for _ in range(3))
        connection.sendall(LEAD[-1:])
        assert answered(connection).status_code == 200


@pytest.mark.parametrize("kept", [True, False])
def test_an_answer_that_nobody_takes_is_not_kept(state: ServiceState, kept: bool) -> None:
    gone = threading.Event()

    class Impatient(Narrow, Hasty):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            gone.set()

        def on_response_complete(self) -> None:
            self.timeout_keep_alive = 1
            super().on_response_complete()

    leads = json.dumps({"leads": [request()] * 200}).encode()
    sent = head("/v1/score/batch", len(leads))
    if not kept:
        sent = sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with answering(state, Impatient) as client, narrowly_connected(client) as connection:
        connection.sendall(sent + leads)
        assert gone.wait(60)


def test_who_takes_no_answers_is_asked_nothing_more_and_keeps_nobody_out(
    state: ServiceState,
) -> None:
    leads = json.dumps({"leads": [request()] * 1000}).encode()
    sent = head("/v1/score/batch", len(leads)) + leads

    class Patient(Connection):
        def on_response_complete(self) -> None:
            self.timeout_keep_alive = 60
            super().on_response_complete()

    with running(state, Limits(requests=5), Patient) as client, ExitStack() as opened:
        greedy = [opened.enter_context(connected(client)) for _ in range(8)]
        for one in greedy:
            one.settimeout(0.5)
            # More than there is room for on the way to it.
            with contextlib.suppress(TimeoutError):
                for _ in range(20):
                    one.sendall(sent)
        # Once what was asked has been worked on; the test's own limit of time ends it otherwise.
        while client.post("/v1/score", content=LEAD).status_code != 200:
            pass
        # Whoever takes them after all gets them.
        greedy[0].settimeout(50)
        taken = b""
        while taken.count(b"HTTP/1.1 200 OK") < 2:
            taken += greedy[0].recv(1_000_000)
