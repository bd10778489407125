"""Routes that are looked up are those that the router would have found."""

from typing import Any

import httpx
import pytest

from serving.http.app import create_app
from serving.http.server.shortcut import Shortcut
from serving.http.state import ServiceState
from tests.serving.problems import problem_of


def test_the_router_would_have_found_the_same() -> None:
    app = create_app(ServiceState())
    [given] = [dict[str, Any](one.kwargs) for one in app.user_middleware if "routers" in one.kwargs]
    looked_up = Shortcut(app.router, **given).routes
    assert ("POST", "/v1/score") in looked_up
    every = [route for router in given["routers"] for route in router.routes]
    for (method, path), found in looked_up.items():
        fitting = [r for r in every if method in r.methods and r.path_regex.match(path)]
        assert fitting[0] is found


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/score", 405, "method_not_allowed"),
        ("POST", "/v1/score/", 404, "not_found"),
        ("POST", "/V1/score", 404, "not_found"),
        ("POST", "/v1/score?require=all", 422, "invalid_request"),
        ("POST", "/v1/score", 400, "invalid_json"),
    ],
)
def test_what_is_refused_is_refused_as_everywhere(
    client: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path, content=b"{")
    assert problem_of(response)[:2] == (status, code)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-request-id"]
    assert response.headers.get("allow") == ("POST" if status == 405 else None)
