"""Requests a second of one caller."""

import math
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from serving.http.admission import Limits
from serving.http.rates import Rates
from serving.http.state import ServiceState
from tests.serving.server import running


async def nothing(_: Scope, receive: Receive, send: Send) -> None:
    """Answer nothing."""


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with running(ServiceState(), Limits(rate=0.001)) as client:
        yield client


def test_each_caller_has_a_rate_of_its_own(client: httpx.Client) -> None:
    keys: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer one"},
        {"Authorization": "Bearer two"},
        {"X-API-Key": "three"},
    ]
    for key in keys:
        assert client.get("/v1/model", headers=key).json()["code"] == "not_ready"
        refused = client.get("/v1/leads", headers=key)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert 900 < int(refused.headers["retry-after"]) <= 1000
        assert refused.headers["cache-control"] == "no-store"


def test_what_watches_the_service_may_ask_at_any_time(client: httpx.Client) -> None:
    assert [client.get("/healthz").status_code for _ in range(5)] == [200] * 5
    assert [client.head("/readyz").status_code for _ in range(5)] == [503] * 5


def test_without_a_rate_nobody_is_refused() -> None:
    with running(ServiceState()) as client:
        assert {client.get("/nowhere").status_code for _ in range(50)} == {404}


def test_what_was_not_used_for_ten_seconds_may_be_used_at_once() -> None:
    rates = Rates(nothing, 2.0)
    assert [rates.wait_of("a", 100.0) for _ in range(20)] == [0.0] * 20
    assert rates.wait_of("a", 100.0) == 0.5
    # Who is refused has lost nothing.
    assert rates.wait_of("a", 100.25) == 0.25
    assert rates.wait_of("a", 100.5) == 0.0
    assert rates.wait_of("a", 100.5) == 0.5
    assert rates.wait_of("b", 100.5) == 0.0
    assert [rates.wait_of("a", 1000.0) for _ in range(21)] == [0.0] * 20 + [0.5]


def test_callers_who_are_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.http.rates._MANY_CALLERS", 2)
    rates = Rates(nothing, 0.1)
    assert [rates.wait_of(caller, 0.0) for caller in "abcabc"] == [0.0] * 3 + [10.0] * 3
    # Those whose time is over are as good as new.
    assert [rates.wait_of(caller, 10.0) for caller in "defdef"] == [0.0] * 3 + [10.0] * 3
    assert math.isclose(rates.wait_of("a", 10.0), 0.0)
