"""How the service stops: it says so, listens no more, and finishes what it accepted."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from serving.http.app import create_app
from serving.http.server.connection import Connection
from serving.http.server.server import Server
from serving.http.state import ServiceState
from serving.listener import listen
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from tests.serving.http.sockets import answered, connected, head, is_closed
from tests.serving.logged import logged
from tests.serving.sent import request

LEAD = json.dumps(request()).encode()


@contextmanager
def serving(leave: float) -> Iterator[tuple[Server, httpx.Client]]:
    """Run the server as the service does, and make sure that it has ended at the end."""
    state = ServiceState()
    state.ready(Scoring(read_rules(), "no_model"))
    server = Server(create_app(state), state, keep_alive=75, leave=leave, grace=30)
    with listen("127.0.0.1", 0) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        with httpx.Client(base_url=address, timeout=30, verify=False) as client:
            try:
                client.get("/healthz").raise_for_status()
                yield server, client
            finally:
                server.handle_exit(signal.SIGINT, None)
                thread.join()


def wait_until_refused(client: httpx.Client) -> None:
    """Connect until nobody listens; the test's own limit of time ends it otherwise."""
    while True:
        try:
            with connected(client):
                pass
        except ConnectionError:
            return


def test_first_it_says_that_it_stops_and_answers_on() -> None:
    with serving(leave=600) as (server, client):
        assert client.get("/readyz").status_code == 200
        server.handle_exit(signal.SIGTERM, None)
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["code"]) == (503, "stopping")
        for _ in range(2):
            scored = client.post("/v1/score", content=LEAD)
            assert (scored.status_code, scored.headers["connection"]) == (200, "close")
        assert client.get("/healthz").is_success


def test_what_was_accepted_is_finished() -> None:
    with serving(leave=0) as (server, client), connected(client) as connection:
        connection.sendall(head("/v1/score", len(LEAD)) + LEAD[:-1])
        # It has come once the other request is over, which was sent later.
        client.get("/healthz")
        server.handle_exit(signal.SIGTERM, None)
        wait_until_refused(client)
        connection.sendall(LEAD[-1:])
        response = answered(connection)
        assert (response.status_code, response.headers["connection"]) == (200, "close")
        assert is_closed(connection)


def test_a_connection_that_was_just_made_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "last_seconds", 600.0)
    with (
        serving(leave=0) as (server, client),
        connected(client) as silent,
        connected(client) as half,
    ):
        half.sendall(head("/v1/score", len(LEAD))[:10])
        server.handle_exit(signal.SIGTERM, None)
        wait_until_refused(client)
        half.sendall(head("/v1/score", len(LEAD))[10:] + LEAD)
        assert answered(half).status_code == 200
        silent.sendall(head("/v1/score", len(LEAD)) + LEAD)
        assert answered(silent).status_code == 200


def test_an_idle_connection_is_closed_at_once() -> None:
    with serving(leave=0) as (server, client), connected(client) as idle:
        idle.sendall(head("/v1/score", len(LEAD)) + LEAD)
        assert answered(idle).headers.get("connection") is None
        server.handle_exit(signal.SIGTERM, None)
        assert is_closed(idle)


def test_what_anybody_can_send_is_no_line_of_the_log() -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    with logged(Settings()) as log, serving(leave=0) as (_, client):
        with connected(client) as connection:
            connection.sendall(b"no request\r\n\r\n")
            assert answered(connection).json()["code"] == "invalid_http"
        assert client.get("/healthz", headers=upgrade).is_success
    # Starts and stops are.
    assert "Started server process" in log.getvalue()
    assert "WARNING" not in log.getvalue()
