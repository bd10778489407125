"""HubSpot's signature of its webhooks, and the write key, as ways in beside keys."""

import base64
import gzip
import hashlib
import hmac
import json
import time
from codecs import BOM_UTF8

import httpx
import pytest
from pydantic import SecretStr

from features.contract.clock import now
from serving.access.key import new_key
from serving.access.keyring import Keyring
from serving.http.hubspot import FRESH_MS, sign
from serving.http.state import ServiceState
from serving.intake.mapping import Mapping, Sender, Take
from serving.record.access.keys import RecordKeys
from serving.record.database.database import Database

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
BODY = json.dumps([{"objectId": 7, "name": "Müller"}], ensure_ascii=False).encode()
PATH = "/v1/senders/hubspot"


@pytest.fixture
def state(state: ServiceState, database: Database) -> ServiceState:
    """Return a service that has a key, which nobody here sends."""
    store = RecordKeys(database)
    store.put(new_key("crm", frozenset({"admin"}), now())[0])
    state.keyring = Keyring(store)
    state.keyring.read()
    role = Take(lead_id=("objectId",), profile={"role": ("name",)})
    state.mapping = Mapping(senders={"hubspot": Sender(take=(role,))})
    state.hubspot_secret = SecretStr(SECRET)
    return state


def signed(
    address: str, body: bytes = BODY, *, late: int = 0, secret: str = SECRET
) -> dict[str, str]:
    """Sign as HubSpot's documentation says: method, address, body and moment."""
    at = str(time.time_ns() // 1_000_000 - late)
    digest = hmac.new(
        secret.encode(), b"POST" + address.encode() + body + at.encode(), hashlib.sha256
    )
    return {
        "X-HubSpot-Signature-v3": base64.b64encode(digest.digest()).decode(),
        "X-HubSpot-Request-Timestamp": at,
    }


def post(client: httpx.Client, headers: dict[str, str], path: str = PATH) -> tuple[int, str | None]:
    answer = client.post(path, content=BODY, headers=headers)
    return answer.status_code, None if answer.is_success else answer.json()["code"]


@pytest.mark.parametrize(
    ("sent_at", "signature"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_the_signature_is_that_of_hubspots_own_libraries(sent_at: str, signature: str) -> None:
    # What the tests of hubspot-api-python and hubspot-api-ruby expect.
    body = b"{'example_field':'example_value'}"
    address = "https://www.example.com/webhook_uri"
    assert sign(SecretStr(SECRET), "POST", address, body, sent_at) == signature


def test_what_hubspot_signed_is_taken(client: httpx.Client, state: ServiceState) -> None:
    address = str(client.base_url).rstrip("/") + PATH
    assert post(client, signed(address)) == (200, None)
    assert post(client, signed(address, late=FRESH_MS - 60_000)) == (200, None)
    assert post(client, {}) == (401, "unauthorized")
    with state.kept().database.reading() as connection:
        actors = connection.exec_driver_sql("SELECT DISTINCT actor FROM audit").scalars().all()
    assert set(actors) == {"hubspot", "leadscore keys"}


def test_what_is_signed_otherwise_is_refused(client: httpx.Client) -> None:
    base = str(client.base_url).rstrip("/")
    good = signed(base + PATH)
    later = str(int(good["X-HubSpot-Request-Timestamp"]) + 1)
    for headers in (
        signed(base + PATH, secret="another"),
        signed(base + PATH, BODY + b" "),
        signed(base + "/v1/senders/other"),
        signed("https://leads.example.com" + PATH),
        signed(base + PATH, late=FRESH_MS + 60_000),
        signed(base + PATH, late=-FRESH_MS - 60_000),
        good | {"X-HubSpot-Request-Timestamp": later},
        good | {"X-HubSpot-Request-Timestamp": ""},
        good | {"X-HubSpot-Request-Timestamp": "soon"},
        good | {"X-HubSpot-Request-Timestamp": "1" * 5000},
        good | {"X-HubSpot-Signature-v3": ""},
        good | {"X-HubSpot-Signature-v3": good["X-HubSpot-Signature-v3"][:-1]},
        {"X-HubSpot-Signature-v3": good["X-HubSpot-Signature-v3"]},
        {"X-HubSpot-Request-Timestamp": good["X-HubSpot-Request-Timestamp"]},
    ):
        assert post(client, headers) == (401, "unauthorized"), headers
    assert post(client, good, "/v1/events") == (401, "unauthorized")


@pytest.mark.parametrize("sent", [gzip.compress(BODY), BOM_UTF8 + BODY], ids=["packed", "marked"])
def test_the_body_is_signed_byte_for_byte_as_it_is_sent(client: httpx.Client, sent: bytes) -> None:
    packed = {"Content-Encoding": "gzip"} if sent.startswith(b"\x1f\x8b") else {}
    address = str(client.base_url).rstrip("/") + PATH
    for signed_body, status in ((sent, 200), (BODY, 401)):
        headers = signed(address, signed_body) | packed
        answer = client.post(PATH, content=sent, headers=headers)
        assert answer.status_code == status
    assert answer.json()["code"] == "unauthorized"


def test_what_is_signed_is_refused_as_ever_where_it_is_wrong(client: httpx.Client) -> None:
    address = str(client.base_url).rstrip("/") + PATH
    bomb = gzip.compress(b" " * 5 * 1024 * 1024)
    for body, packed, error in (
        (b"no gzip", True, (400, "invalid_gzip")),
        (bomb, True, (413, "too_large")),
        (b" " * 5 * 1024 * 1024, False, (413, "too_large")),
        (b"{", False, (400, "invalid_json")),
    ):
        headers = signed(address, body) | ({"Content-Encoding": "gzip"} if packed else {})
        answer = client.post(PATH, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == error
    # What nobody has signed is not even unpacked.
    unsigned = signed(address, b"") | {"Content-Encoding": "gzip"}
    assert client.post(PATH, content=b"no gzip", headers=unsigned).status_code == 401


def test_the_address_is_that_which_hubspot_called(
    client: httpx.Client, state: ServiceState
) -> None:
    state.public_url = "https://leads.example.com/crm"
    assert post(client, signed(state.public_url + PATH)) == (200, None)
    assert post(client, signed(str(client.base_url).rstrip("/") + PATH))[0] == 401


def test_some_letters_of_the_address_are_signed_as_they_are_read(client: httpx.Client) -> None:
    base = str(client.base_url).rstrip("/")
    sent = f"{PATH}?src=hs%3Aapp%2Fv3&x=%28a%29%20%C3%BC"
    read = f"{PATH}?src=hs:app/v3&x=(a)%20%C3%BC"
    assert post(client, signed(base + read), sent) == (200, None)
    assert post(client, signed(base + sent), sent)[0] == 401


def test_without_its_secret_no_signature_counts(client: httpx.Client, state: ServiceState) -> None:
    state.hubspot_secret = None
    headers = signed(str(client.base_url).rstrip("/") + PATH, secret="")
    assert post(client, headers) == (401, "unauthorized")


def test_the_write_key_lets_in_senders_of_segment_alone(
    client: httpx.Client, state: ServiceState
) -> None:
    state.write_key = "write"
    message = {"userId": "u", "event": "demo"}
    tried: list[tuple[str, tuple[str, str] | None, int]] = [
        ("track", ("write", ""), 200),
        ("track", ("other", ""), 401),
        ("track", ("", "write"), 401),
        ("events", ("write", ""), 401),
        ("senders/hubspot", ("write", ""), 401),
    ]
    for path, user, status in tried:
        auth = httpx.Auth() if user is None else httpx.BasicAuth(*user)
        assert client.post(f"/v1/{path}", json=message, auth=auth).status_code == status, path
    assert client.post("/v1/track", json=message).status_code == 401
    state.write_key = None
    assert client.post("/v1/track", json=message, auth=("", "")).status_code == 401
    assert client.post("/v1/track", json=message, auth=("None", "")).status_code == 401


def test_where_there_are_no_keys_the_write_key_is_still_needed(
    client: httpx.Client, state: ServiceState
) -> None:
    state.keyring, state.write_key = Keyring(), "write"
    message = {"userId": "u", "event": "demo"}
    assert client.post("/v1/track", json=message).status_code == 401
    some = {"Authorization": "Bearer x"}
    assert client.post("/v1/track", json=message, headers=some).status_code == 401
    assert client.post("/v1/track", json=message, auth=("write", "")).status_code == 200
