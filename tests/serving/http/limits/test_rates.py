"""Requests a second of one caller."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from features.contract.clock import now
from serving.access.key import new_key
from serving.access.key_file import KeyFile
from serving.access.keyring import Keyring
from serving.http.limits.admission import Limits
from serving.http.limits.buckets import Buckets
from serving.http.limits.rates import _place
from serving.http.state import ServiceState
from tests.serving.server import running


@pytest.fixture
def state() -> ServiceState:
    return ServiceState()


@pytest.fixture
def client(state: ServiceState) -> Iterator[httpx.Client]:
    """Return a client that may ask once; then it waits for a quarter of an hour."""
    with running(state, Limits(rate=0.001)) as client:
        yield client


@pytest.fixture
def keys(state: ServiceState, tmp_path: Path) -> list[str]:
    """Return two keys of the service."""
    file = KeyFile(tmp_path / "keys.toml")
    made = [new_key(name, frozenset({"score"}), now()) for name in ("crm", "shop")]
    file.put(*(key for key, _ in made))
    state.keyring = Keyring(file)
    state.keyring.read()
    return [token for _, token in made]


def asked(client: httpx.Client, **headers: str) -> str:
    """Ask, and return what became of it."""
    answer = client.get("/v1/model", headers={k.replace("_", "-"): v for k, v in headers.items()})
    if answer.status_code == 429:
        assert 900 < int(answer.headers["retry-after"]) <= 1000
        assert answer.headers["cache-control"] == "no-store"
    return str(answer.json()["code"])


def test_each_key_has_a_rate_of_its_own_and_so_has_the_address(
    client: httpx.Client, keys: list[str]
) -> None:
    first, second = keys
    assert asked(client, authorization=f"Bearer {first}") == "not_ready"
    # However it is sent.
    assert asked(client, x_api_key=first) == "too_many"
    assert asked(client, x_api_key=second) == "not_ready"
    assert asked(client, authorization=f"bearer  {second}") == "too_many"
    assert asked(client) == "unauthorized"
    assert asked(client) == "too_many"


def test_who_guesses_keys_is_one_caller(client: httpx.Client, keys: list[str]) -> None:
    guessed = keys[0][:-64] + "0" * 64
    assert asked(client, authorization=f"Bearer {guessed}") == "unauthorized"
    for _ in range(20):
        wrong = f"ls_{secrets.token_hex(6)}_{secrets.token_hex(32)}"
        assert asked(client, authorization=f"Bearer {wrong}") == "too_many"
        assert asked(client, x_api_key=guessed) == "too_many"
        assert asked(client, authorization=f"Basic {wrong}") == "too_many"
    # Nothing of it was taken from the one whose key it is.
    assert asked(client, authorization=f"Bearer {keys[0]}") == "not_ready"


def test_where_no_key_is_needed_none_makes_a_caller(client: httpx.Client) -> None:
    assert asked(client, authorization="Bearer one") == "not_ready"
    assert asked(client, authorization="Bearer two") == "too_many"


def test_what_watches_the_service_may_ask_at_any_time(client: httpx.Client) -> None:
    assert [client.get("/healthz").status_code for _ in range(5)] == [200] * 5
    assert [client.head("/readyz").status_code for _ in range(5)] == [503] * 5


def test_without_a_rate_nobody_is_refused() -> None:
    with running(ServiceState()) as client:
        assert {client.get("/nowhere").status_code for _ in range(50)} == {404}


def test_what_was_not_used_for_ten_seconds_may_be_used_at_once() -> None:
    buckets = Buckets(2.0)
    assert [buckets.wait_of(1, 100.0) for _ in range(20)] == [0.0] * 20
    assert buckets.wait_of(1, 100.0) == 0.5
    # Who is refused has lost nothing.
    assert buckets.wait_of(1, 100.25) == 0.25
    assert buckets.wait_of(1, 100.5) == 0.0
    assert buckets.wait_of(1, 100.5) == 0.5
    assert buckets.wait_of(2, 100.5) == 0.0
    assert [buckets.wait_of(1, 1000.0) for _ in range(21)] == [0.0] * 20 + [0.5]


def test_callers_who_are_gone_are_forgotten() -> None:
    buckets = Buckets(0.1)
    assert [buckets.wait_of(caller, 100.0) for caller in (1, 2, 1, 2)] == [0.0, 0.0, 10.0, 10.0]
    assert buckets.wait_of(3, 109.5) == 0.0
    assert len(buckets) == 3
    assert buckets.wait_of(4, 111.0) == 0.0
    assert len(buckets) == 2


def test_more_callers_than_may_be_known_share_what_one_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("serving.http.limits.buckets.MOST_CALLERS", 3)
    buckets = Buckets(0.1)
    assert [buckets.wait_of(caller, 100.0) for caller in range(100)] == [0.0] * 4 + [10.0] * 96
    assert len(buckets) == 4
    # Those who were there have what they had.
    assert buckets.wait_of(0, 105.0) == 5.0
    assert buckets.wait_of(99, 110.0) == 0.0


def place(host: str) -> int:
    return _place({"type": "http", "client": (host, 1)})


def test_one_line_is_one_place() -> None:
    assert place("2001:db8::1") == place("2001:db8::ffff:2")
    assert place("2001:db8::1") != place("2001:db8:0:1::1")
    assert place("192.0.2.1") != place("192.0.2.2")
    assert place("192.0.2.1") == place("::ffff:192.0.2.1")
    # What a gateway may pass on as an address.
    assert place("unknown") == place("x" * 60_000) == _place({"type": "http", "client": None})
