"""No data of a lead in any log: marks in every field of requests, on both databases."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from serving.http.app import create_app
from serving.http.state import ServiceState
from serving.intake.mapping import Mapping, Sender, Take
from serving.settings import Settings
from tests.serving.logged import logged
from tests.serving.server import running

MARK = "Q7zErika"
Document = dict[str, Any]


def marked(value: object) -> object:
    """Return a value with a mark at the end of each text and in a field more of each object."""
    if isinstance(value, dict):
        return {**{key: marked(inner) for key, inner in value.items()}, MARK: MARK}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return f"{value}{MARK}" if isinstance(value, str) else value


def marked_one_by_one(value: dict[Any, Any] | list[Any]) -> Iterator[object]:
    """Yield a value with one of its texts marked, for each of them."""
    inner: Iterable[tuple[Any, Any]]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in list(inner):
        others = list(marked_one_by_one(part)) if isinstance(part, dict | list) else [marked(part)]
        for other in others:
            copy: Any = value.copy()
            copy[key] = other
            yield copy


def bodies(operation: Document) -> Iterator[bytes]:
    """Yield bodies of an operation, all of them marked: good, bad, and no JSON at all."""
    content = operation.get("requestBody", {}).get("content", {})
    example = content.get("application/json", {}).get("example")
    if example is None:
        yield b""
        return
    for body in (*marked_one_by_one(example), marked(example), {MARK: MARK}, [MARK], MARK):
        yield json.dumps(body).encode()
    text = json.dumps(marked(example)).encode()
    yield text[: text.rindex(MARK.encode()) + len(MARK)]
    yield text.replace(MARK.encode(), MARK.encode() + b"\xff")
    yield text.replace(MARK.encode(), MARK.encode() + b"\\ud83d")


def requests(document: Document) -> Iterator[tuple[str, str, bytes]]:
    """Yield requests of every operation, with marks in their paths, parameters and bodies."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parameters = operation.get("parameters", [])
            asked = {one["name"] for one in parameters if one["in"] == "query"} | {MARK}
            ids = [one["name"] for one in parameters if one["in"] == "path"]
            first, *others = (
                filled(path, ids, sent) for sent in ("L-1042", MARK, f"{MARK}@example.org\n")
            )
            for body in bodies(operation):
                yield method, first, body
            for other in (*others, *(f"{first}?{name}={MARK}" for name in asked)):
                yield method, other, next(bodies(operation))


def filled(path: str, ids: list[str], sent: str) -> str:
    """Return a path with an id in the place of each of its parameters."""
    for name in ids:
        path = path.replace(f"{{{name}}}", quote(sent, safe=""))
    return path


def test_no_field_of_any_request_is_logged(state: ServiceState, database_kind: str) -> None:
    state.log_requests = True
    take = Take(lead_id=("objectId",), profile={"role": ("propertyValue",)})
    state.mapping = Mapping(senders={"crm": Sender(moments="epoch_ms", take=(take,))})
    settings = Settings(log_format="json" if database_kind == "sqlite" else "text")
    headers = {"X-Request-ID": f"{MARK}@example.org", "User-Agent": MARK, "Authorization": MARK}
    statuses, sent = set(), list(requests(create_app(state).openapi()))
    with logged(settings) as log, running(state) as client:
        client.headers.update(headers)
        for method, path, body in sent:
            statuses.add(client.request(method, path, content=body).status_code)
        client.get(f"/{MARK}", headers={"Cookie": MARK})
    # Good ones and bad ones were among them, and each is a line.
    assert {200, 400, 404, 422} <= statuses
    assert 500 not in statuses
    assert log.getvalue().count("serving.http.server.observation") == len(sent) + 1
    assert MARK.lower() not in log.getvalue().lower()


def test_a_defect_in_any_route_tells_nothing_of_a_lead(
    state: ServiceState, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state.record is not None
    # The record closed under the service: whatever a driver says of it holds statement and values.
    state.record.database.engine.dispose()
    monkeypatch.setattr(state.record.database, "engine", None)
    with logged(Settings()) as log, running(state) as client:
        told = client.put(f"/v1/leads/{MARK}", json={"profile": {"role": MARK}})
        scored: httpx.Response = client.get(f"/v1/leads/{MARK}/score")
    assert (told.status_code, scored.status_code) == (500, 500)
    assert log.getvalue().count("in /v1/leads/{lead_id") == 2
    assert MARK not in log.getvalue()
