"""Bodies as they are sent: packed or not, with a mark at their beginning, or no HTTP at all."""

import gzip
import json
import socket
import tracemalloc
import zlib
from http.client import HTTPResponse
from typing import Any

import httpx
import pytest

from serving.http.body import LARGEST_BODY
from serving.http.errors import ErrorBody, RefusedError
from serving.http.unpacking import Body
from tests.serving.problems import problem_of
from tests.serving.sent import lead, request

PLAIN = json.dumps(request()).encode()
PACKED = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "GZIP"])
def test_a_packed_body_is_what_is_in_it(client: httpx.Client, name: str) -> None:
    plain = client.post("/v1/score", content=PLAIN).raise_for_status()
    packed = client.post(
        "/v1/score", content=gzip.compress(PLAIN), headers={"Content-Encoding": name}
    )
    assert packed.raise_for_status().json() == plain.json()
    told = gzip.compress(b'{"account_id": "A"}')
    put = client.put("/v1/leads/L", content=told, headers=PACKED).raise_for_status()
    assert put.json()["account_id"] == "A"


def test_every_body_may_be_packed_and_in_no_other_way(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    tried = 0
    for path, operations in paths.items():
        for method in operations.keys() & {"post", "put", "patch"}:
            if "requestBody" in operations[method]:
                headers = {"Content-Encoding": "br", "Content-Type": "application/json"}
                answer = client.request(method, path, content=b"x", headers=headers)
                assert problem_of(answer) == (415, "unknown_encoding", "content-encoding"), path
                headers["Content-Encoding"] = "gzip"
                answer = client.request(method, path, content=b"x", headers=headers)
                assert problem_of(answer) == (400, "invalid_gzip", None), path
                tried += 1
    assert tried > 15


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (400, "invalid_gzip", None)),
        (PLAIN, (400, "invalid_gzip", None)),
        (zlib.compress(PLAIN), (400, "invalid_gzip", None)),
        (gzip.compress(PLAIN)[:-1], (400, "invalid_gzip", None)),
        (gzip.compress(PLAIN) + b"x", (400, "invalid_gzip", None)),
        (gzip.compress(PLAIN) * 2, (400, "invalid_gzip", None)),
        (gzip.compress(b"{"), (400, "invalid_json", None)),
        (gzip.compress(b" " * (LARGEST_BODY + 1)), (413, "too_large", None)),
    ],
)
def test_what_cannot_be_unpacked_is_refused(
    client: httpx.Client, content: bytes, expected: tuple[int, str, str | None]
) -> None:
    assert problem_of(client.post("/v1/score", content=content, headers=PACKED)) == expected
    # The connection is still good.
    assert client.post("/v1/score", content=PLAIN).status_code == 200


@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_limit_is_what_a_body_may_have(encoding: str, extra: int) -> None:
    content = bytes(1000 + extra)
    body = Body(encoding, 1000)
    sent = gzip.compress(content) if encoding else content
    try:
        # Byte by byte, as a slow caller sends.
        for place in range(len(sent)):
            body.take(sent[place : place + 1])
    except RefusedError as error:
        assert (error.status, error.problem.code, extra) == (413, "too_large", 1)
    else:
        assert (body.whole(), extra) == (content, 0)


def test_a_bomb_is_refused_before_it_grows() -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    body = Body("gzip", 1024 * 1024)
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError, match="larger than 1,024 KiB"):
            body.take(bomb)
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_what_never_unpacks_to_anything_is_refused_as_well() -> None:
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    begin = packer.flush(zlib.Z_SYNC_FLUSH)
    body = Body("gzip", 1000)
    body.take(begin)
    with pytest.raises(RefusedError, match="larger than"):
        for _ in range(300):
            # A block that holds nothing.
            body.take(b"\x00\x00\x00\xff\xff")


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch", "/v1/track"])
def test_a_mark_at_the_beginning_is_no_mistake(client: httpx.Client, path: str) -> None:
    sent: dict[str, Any] = {
        "/v1/score": request(),
        "/v1/score/batch": {"leads": [request()]},
        "/v1/track": {"userId": "L", "event": "click"},
    }
    content = b"\xef\xbb\xbf" + json.dumps(sent[path]).encode()
    client.post(path, content=content).raise_for_status()
    assert problem_of(client.post(path, content=b"\xef\xbb\xbf" + content))[:2] == (
        400, "invalid_json",
    )  # fmt: skip


@pytest.mark.parametrize("number", ["1" * 5000, "-" + "1" * 5000, "1" * 400])
def test_an_endless_number_is_refused_by_name(client: httpx.Client, number: str) -> None:
    content = json.dumps(request(lead=lead(profile={"employees": 123456}))).replace(
        "123456", number
    )
    answer = client.post("/v1/score", content=content)
    assert problem_of(answer) == (422, "invalid_request", "lead.profile.employees")
    answer = client.put("/v1/leads/L", content=f'{{"profile": {{"employees": {number}}}}}')
    assert problem_of(answer) == (422, "invalid_request", "profile.employees")
    event = f'{{"events": [{{"lead_id": "L", "event_type": "x", "value": {number}}}]}}'
    answer = client.post("/v1/events", content=event)
    assert problem_of(answer) == (422, "invalid_request", "events.0.value")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_only_utf_8_is_read(client: httpx.Client, encoding: str) -> None:
    content = json.dumps(request(lead=lead(lead_id="Müller")), ensure_ascii=False)
    answer = client.post("/v1/score", content=content.encode(encoding))
    assert problem_of(answer) == (400, "invalid_json", None)


def test_null_is_the_same_as_left_out(client: httpx.Client) -> None:
    told = {"lead_id": "L", "created_at": "2026-02-01T09:00:00Z"}
    without: dict[str, Any] = {"lead": told, "as_of": "2026-03-01T12:00:00Z"}
    null: dict[str, Any] = {"lead": {**told, "profile": None, "account_id": None}, "events": None}
    null |= {"account_events": None, "as_of": without["as_of"], "language": None}
    alone = [
        client.post("/v1/score", json=one).raise_for_status().json() for one in (without, null)
    ]
    batch = client.post("/v1/score/batch", json={"leads": [without, null]}).json()["results"]
    assert alone[0] == alone[1] == batch[0]["answer"] == batch[1]["answer"]


CHUNKED = b"POST /v1/score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nlong: " + b"x" * 65_600,
        CHUNKED + b"no length\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_the_same_shape(client: httpx.Client, sent: bytes) -> None:
    address = (client.base_url.host, client.base_url.port or 80)
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(sent)
        answer = HTTPResponse(connection)
        answer.begin()
        content = answer.read()
        assert connection.recv(1) == b""
    body = ErrorBody.model_validate_json(content)
    assert (answer.status, body.status, body.code) == (400, 400, "invalid_http")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_answer_under_way_is_not_mixed_with_a_refusal(client: httpx.Client) -> None:
    address = (client.base_url.host, client.base_url.port or 80)
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n\x00 no head\r\n\r\n")
        first = HTTPResponse(connection)
        first.begin()
        assert (first.status, first.read()) == (200, b'{"status":"alive"}')
