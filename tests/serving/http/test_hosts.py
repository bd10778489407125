"""Pages in a browser on the service's machine, which could call it where it needs no key."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from features.contract.clock import now
from serving.access.hosts import Hosts, hosts_of
from serving.access.key import new_key
from serving.access.key_file import KeyFile
from serving.access.keyring import Keyring
from serving.http.state import ServiceState
from serving.settings import Settings
from tests.serving.http.sockets import answered, connected
from tests.serving.server import answering

PATH = "/v1/model"


@pytest.fixture
def state() -> ServiceState:
    state = ServiceState()
    listed = Settings(hosts="CRM.example.com, gateway").listed_hosts
    state.hosts = hosts_of("127.0.0.1", listed, "https://leads.example.com:8443/crm")
    return state


@pytest.fixture
def client(state: ServiceState) -> Iterator[httpx.Client]:
    with answering(state) as client:
        yield client


def told(client: httpx.Client, host: str, **headers: str) -> tuple[int, str]:
    answer = client.get(PATH, headers={"Host": host, **headers})
    # Nothing allows a page to read an answer.
    assert not [name for name in answer.headers if name.startswith("access-control")]
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST:8000", "localhost.", "shop.localhost:80", "127.0.0.1:8000",
        "127.9.9.9", "[::1]:8000", "crm.example.com", "crm.example.com.:80", "gateway:8000",
        "leads.example.com",
    ],
)  # fmt: skip
def test_its_own_names_and_those_listed_are_answered(client: httpx.Client, host: str) -> None:
    assert told(client, host) == (503, "not_ready")
    assert told(client, "localhost", origin=f"https://{host}") == (503, "not_ready")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example",
        "notlocalhost", "0.0.0.0:8000", "192.168.1.7:8000", "[::]:8000", "[::1", "[", "null",
        "x.crm.example.com", "example.com", "evil.example#localhost", "evil.example?localhost",
        "evil.example/localhost", "",
    ],
)  # fmt: skip
def test_a_page_of_another_host_is_refused(client: httpx.Client, host: str) -> None:
    refused = (403, "foreign_host")
    assert told(client, host) == refused
    assert told(client, "localhost", origin=f"https://{host}") == refused
    assert told(client, "localhost", origin=host) == refused
    assert told(client, host, origin="https://localhost") == refused


def test_what_anybody_may_ask_is_answered_under_any_name(client: httpx.Client) -> None:
    for path, status in (("/healthz", 200), ("/readyz", 503), ("/problems/foreign_host", 200)):
        assert client.get(path, headers={"Host": "evil.example"}).status_code == status


def test_a_page_may_not_ask_what_it_may(client: httpx.Client) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/v1/score", headers=asked)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_without_a_host_nothing_is_answered(client: httpx.Client) -> None:
    with connected(client) as connection:
        connection.sendall(f"GET {PATH} HTTP/1.0\r\n\r\n".encode())
        assert answered(connection).json()["code"] == "foreign_host"
    for hosts in ("", "Host: localhost\r\nHost: evil.example\r\n"):
        with connected(client) as connection:
            connection.sendall(f"GET {PATH} HTTP/1.1\r\n{hosts}\r\n".encode())
            assert answered(connection).json()["code"] == "invalid_http"


def test_with_keys_the_name_says_nothing(
    client: httpx.Client, state: ServiceState, tmp_path: Path
) -> None:
    file = KeyFile(tmp_path / "keys.toml")
    key, token = new_key("crm", frozenset({"score"}), now())
    file.put(key)
    state.keyring = Keyring(file)
    state.keyring.read()
    state.hubspot_secret = SecretStr("secret")
    assert told(client, "evil.example") == (401, "unauthorized")
    assert told(client, "any.example", authorization=f"Bearer {token}") == (503, "not_ready")


def test_on_other_addresses_only_a_list_limits_the_names() -> None:
    assert hosts_of("0.0.0.0", (), "https://leads.example.com") is None
    for address in ("127.0.0.1", "::1"):
        alone = hosts_of(address, (), None)
        assert alone is not None
        assert not alone.knows("leads.example.com")
    listed = hosts_of("0.0.0.0", ("leadscore",), None)
    assert listed is not None
    assert (listed.knows("leadscore:8000"), listed.knows("other")) == (True, False)
    assert Hosts().knows("localhost")
