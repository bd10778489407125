"""What is under way at once is limited, and what is more is told so."""

import contextlib
import json
from collections.abc import Iterator

import httpx
import pytest

from serving.http.body import LARGEST_BODY, MIB, largest_body
from serving.http.limits.admission import Limits
from serving.http.state import ServiceState
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from tests.serving.http.sockets import answered, connected, head
from tests.serving.sent import request
from tests.serving.server import running

LEAD = json.dumps(request()).encode()
LARGE = b" " * (MIB - len(LEAD)) + LEAD


@pytest.fixture
def state() -> ServiceState:
    state = ServiceState()
    state.ready(Scoring(read_rules(), "no_model", Conditions(deadline=60)))
    return state


@pytest.fixture
def client(state: ServiceState) -> Iterator[httpx.Client]:
    with running(state, Limits(held=2 * MIB)) as client:
        yield client


def assert_busy(response: httpx.Response) -> None:
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json()["code"] == "busy"
    assert response.headers["x-content-type-options"] == "nosniff"


def wait_for(client: httpx.Client, status: int, body: bytes) -> httpx.Response:
    """Ask until a status comes; the test's own limit of time ends it otherwise."""
    while True:
        response = client.post("/v1/score", content=body)
        if response.status_code == status:
            return response


def test_more_requests_than_allowed_are_refused_until_one_is_over(state: ServiceState) -> None:
    with (
        running(state, Limits(requests=1)) as client,
        connected(client) as first,
        connected(client) as second,
    ):
        first.sendall(head("/v1/score", len(LEAD)) + LEAD[:-1])
        assert_busy(wait_for(client, 503, LEAD))
        # What watches the service is answered all the same.
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        first.sendall(LEAD[-1:])
        assert answered(first).status_code == 200
        assert client.post("/v1/score", content=LEAD).status_code == 200
        second.sendall(head("/nowhere", 0))
        assert answered(second).status_code == 404
        assert client.post("/v1/score", content=LEAD).status_code == 200


def test_some_room_is_left_for_what_needs_no_record(state: ServiceState) -> None:
    with (
        running(state, Limits(requests=5)) as client,
        contextlib.ExitStack() as opened,
    ):
        for _ in range(4):
            stalled = opened.enter_context(connected(client))
            stalled.sendall(head("/v1/events", len(LEAD)) + LEAD[:-1])
        while client.get("/v1/leads").json()["code"] != "busy":
            pass
        assert client.post("/v1/score", content=LEAD).status_code == 200


def test_large_bodies_are_refused_before_they_come(client: httpx.Client) -> None:
    with connected(client) as first, connected(client) as second:
        first.sendall(head("/v1/score", 2 * MIB - len(LEAD) - 1))
        assert_busy(wait_for(client, 503, LARGE))
        second.sendall(head("/v1/score", MIB))
        assert_busy(answered(second))
        # A small one takes no room.
        assert client.post("/v1/score", content=LEAD).status_code == 200
    # Both have hung up.
    assert wait_for(client, 200, LARGE).json()["basis"] == "rules"


def test_room_is_given_back_whatever_came_of_the_request(client: httpx.Client) -> None:
    for path, status in (("/v1/score", 422), ("/v1/events", 422), ("/nowhere", 404)):
        for _ in range(4):
            sent = b"{" + b" " * MIB + b"}"
            assert client.post(path, content=sent).status_code == status
    assert client.post("/v1/score", content=b" " * (2 * MIB - len(LEAD)) + LEAD).is_success


def test_chunks_count_as_they_come(client: httpx.Client) -> None:
    def chunks(count: int) -> Iterator[bytes]:
        yield from [b" " * 65_536] * count
        yield LEAD

    assert client.post("/v1/score", content=chunks(31)).status_code == 200
    assert_busy(client.post("/v1/score", content=chunks(32)))
    assert client.post("/v1/score", content=chunks(31)).status_code == 200


@pytest.mark.parametrize("first", ["Transfer-Encoding: chunked", "Content-Length: 5"])
def test_no_size_that_is_said_hides_chunks(client: httpx.Client, first: str) -> None:
    both = {"Transfer-Encoding: chunked", "Content-Length: 5"}
    lines = "\r\n".join([first, *(both - {first})])
    size = 2 * MIB + 1
    with connected(client) as connection:
        connection.sendall(f"POST /v1/score HTTP/1.1\r\nHost: leadscore\r\n{lines}\r\n".encode())
        connection.sendall(b"\r\n%x\r\n" % size + b" " * size)
        assert_busy(answered(connection))


@pytest.mark.parametrize(
    ("path", "largest"),
    [
        ("/v1/score", 8 * MIB),
        ("/v1/score/batch", 32 * MIB),
        ("/v1/events", 16 * MIB),
        ("/v1/stages", 4 * MIB),
    ],
)
def test_each_endpoint_takes_what_it_needs(
    client: httpx.Client, state: ServiceState, path: str, largest: int
) -> None:
    assert largest_body(path) == largest <= LARGEST_BODY
    with connected(client) as connection:
        connection.sendall(head(path, largest + 1))
        response = answered(connection)
        assert (response.status_code, response.json()["code"]) == (413, "too_large")
        assert f"{largest // 1024:,} KiB" in response.json()["detail"]
        # The rest is read and forgotten, and the connection goes on.
        connection.sendall(b" " * (largest + 1) + head("/nowhere", 0))
        assert answered(connection).status_code == 404


def test_a_body_as_large_as_allowed_is_read(state: ServiceState) -> None:
    with running(state) as client:
        exact = b" " * (8 * MIB - len(LEAD)) + LEAD
        assert client.post("/v1/score", content=exact).status_code == 200
        assert client.post("/v1/score", content=b" " + exact).status_code == 413
