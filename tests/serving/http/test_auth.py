"""Who may call what: keys, their scopes, and what is refused."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from features.contract.clock import now
from serving.access.key import SCOPES, Scope, new_key
from serving.access.keyring import Keyring
from serving.http.app import create_app
from serving.http.auth import needs, needs_nothing
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.record.access.keys import RecordKeys
from serving.record.access.users import add_user
from serving.record.database.database import Database, RecordError
from tests.docs.markdown import code, table
from tests.serving.server import running

LEAD = {"lead": {"lead_id": "L1", "created_at": "2026-01-01T00:00:00Z"}}
BODIES = {"/v1/score": LEAD, "/v1/score/batch": {"leads": [LEAD]}}

Made = Callable[..., dict[str, str]]


@pytest.fixture
def store(database: Database) -> RecordKeys:
    return RecordKeys(database)


@pytest.fixture
def made(state: ServiceState, store: RecordKeys) -> Made:
    """Return what makes a key and gives the header that sends it."""

    def make(*scopes: Scope, name: str = "crm") -> dict[str, str]:
        key, token = new_key(name, frozenset(scopes), now())
        store.put(key)
        state.keyring.read()
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def state(state: ServiceState, store: RecordKeys) -> Iterator[ServiceState]:
    state.keyring = Keyring(store)
    yield state
    state.kept().ledger.stop()


def error_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def operations() -> list[tuple[str, str, list[dict[str, Any]]]]:
    paths = create_app(ServiceState()).openapi()["paths"]
    return [
        (method.upper(), path, operation.get("security", []))
        for path, of_path in paths.items()
        for method, operation in of_path.items()
    ]


def call(client: httpx.Client, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    return client.request(method, path.replace("{", "").replace("}", ""), headers=headers)


DOCUMENTED = {
    (*code(row["endpoint"]).split(" "),): row["scope"]
    for row in table("docs/keys.md", "What a key allows")
}


def test_every_route_asks_for_the_scope_that_is_documented(
    client: httpx.Client, made: Made
) -> None:
    keys = {scope: made(scope, name=scope) for scope in SCOPES}
    found = {}
    for method, path, security in operations():
        alone = call(client, method, path, {})
        if not security:
            assert alone.status_code not in (401, 403), path
            found[method, path] = "none"
            continue
        assert error_of(alone) == (401, "unauthorized"), path
        assert alone.headers["www-authenticate"] == 'Bearer realm="leadscore"'
        sent = {scope: call(client, method, path, keys[scope]) for scope in SCOPES}
        refused = {scope for scope in SCOPES if sent[scope].status_code == 403}
        assert all(error_of(sent[scope]) == (403, "forbidden") for scope in refused)
        assert "admin" not in refused
        [allowed] = set(SCOPES) - refused - ({"admin"} if len(refused) < 3 else set())
        found[method, path] = f"`{allowed}`"
    assert found == DOCUMENTED


def test_the_role_of_an_admin_takes_a_key_of_that_scope(client: httpx.Client, made: Made) -> None:
    client.put("/v1/leads/L", json={}).raise_for_status()
    move = {"to": "disqualified", "expected": "lead", "role": "admin", "reason": "spam"}
    path = "/v1/leads/L/transitions"
    # While there is no key, whoever reaches the service may do all.
    assert client.post(path, json={**move, "expected": "MQL"}).status_code == 409
    refused = client.post(path, json=move, headers=made("write", "read"))
    assert error_of(refused) == (403, "forbidden")
    done = client.post(path, json=move, headers=made("admin", name="office"))
    assert (done.status_code, done.json()["by"]) == (200, "office")


def test_addresses_of_users_are_for_admins(
    client: httpx.Client, state: ServiceState, made: Made
) -> None:
    client.put("/v1/leads/L", json={}).raise_for_status()
    with state.kept().database.writing() as connection:
        anna = add_user(
            connection, now(), "test", email="anna@example.com", name="Anna", role="sales"
        ).actor
    usual, office = made("read", "write"), made("admin", name="office")
    path = "/v1/leads/L/owner"
    told = client.put(path, json={"owner": anna}, headers=usual).raise_for_status()
    asked = client.get(path, headers=usual).raise_for_status()
    assert [(one.json()["owner"], one.json()["email"]) for one in (told, asked)] == [
        (anna, None),
        (anna, None),
    ]
    assert client.get(path, headers=office).json()["email"] == "anna@example.com"
    again = client.put(path, json={"owner": anna}, headers=office).raise_for_status()
    assert again.json()["email"] == "anna@example.com"


def test_a_route_that_does_not_say_what_it_needs_cannot_be() -> None:
    routes = APIRouter(route_class=GuardedRoute)

    async def endpoint() -> None: ...

    with pytest.raises(TypeError, match="says neither"):
        routes.get("/")(endpoint)
    routes.get("/")(needs_nothing(endpoint))
    routes.get("/again")(needs("read")(endpoint))


def test_documents_are_open(client: httpx.Client, made: Made) -> None:
    made("score")
    for path in ("/healthz", "/readyz", "/openapi.json", "/docs"):
        assert client.get(path).status_code == 200
    assert client.head("/healthz").status_code == 200
    assert client.get("/opt-in?token=x").status_code == 400


def test_without_any_key_a_service_is_open_until_the_first_is_made(
    client: httpx.Client, made: Made
) -> None:
    assert client.post("/v1/score", json=LEAD).status_code == 200
    key = made("score")
    assert error_of(client.post("/v1/score", json=LEAD)) == (401, "unauthorized")
    assert client.post("/v1/score", json=LEAD, headers=key).status_code == 200


def test_both_headers_are_read_and_the_scheme_in_any_case(client: httpx.Client, made: Made) -> None:
    token = made("score")["Authorization"].removeprefix("Bearer ")
    for headers in (
        {"X-API-Key": token},
        {"Authorization": f"bearer  {token}"},
        {"Authorization": "Basic eDp5", "X-API-Key": token},
    ):
        assert client.post("/v1/score", json=LEAD, headers=headers).status_code == 200
    for headers in (
        {"Authorization": token},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {token}"},
        {"Authorization": "Bearer x", "X-API-Key": token},
        {"X-API-Key": ""},
        {"X-API-Key": f"{token},{token}"},
        {"Authorization": "Bearer \xe4"},
    ):
        sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        answer = client.post("/v1/score", json=LEAD, headers=sent)
        assert error_of(answer) == (401, "unauthorized"), headers


def test_a_key_in_an_address_is_refused_with_a_hint(
    client: httpx.Client, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    key = made("admin")
    token = key["Authorization"].removeprefix("Bearer ")
    with caplog.at_level(logging.DEBUG):
        for query in (f"?key={token}", f"?{token}", f"?a=1&x={token}&b=2"):
            answer = client.get(f"/v1/leads{query}", headers=key)
            assert error_of(answer) == (401, "unauthorized")
            assert "Authorization: Bearer" in answer.text
            assert "leadscore keys rotate" in answer.text
            assert token not in answer.text
    assert token not in "".join(r.getMessage() for r in caplog.records if r.name[:4] != "http")


def test_a_revoked_key_is_refused_from_the_next_reading(
    client: httpx.Client, made: Made, state: ServiceState, store: RecordKeys
) -> None:
    key = made("score")
    [kept] = store.read()
    store.put(replace(kept, revoked=now()))
    state.keyring.read()
    answer = client.post("/v1/score", json=LEAD, headers=key)
    assert error_of(answer) == (401, "unauthorized")
    assert "the key 'crm' was revoked" in answer.json()["detail"]


def test_the_name_of_the_key_is_the_actor_of_the_audit(
    client: httpx.Client, made: Made, state: ServiceState
) -> None:
    crm, office, desk = (
        made("read", "write", name="crm"), made("admin", name="office"),
        made("read", name="desk"),
    )  # fmt: skip
    lead = {"consents": [{"purpose": "profiling", "source": "form"}], "source": "fair"}
    for lead_id in ("L1", "L2"):
        client.put(f"/v1/leads/{lead_id}", json=lead, headers=crm).raise_for_status()
    rows = [{"lead_id": "L1", "industry": "it"}]
    client.post("/v1/leads:import?source=list", json=rows, headers=crm).raise_for_status()
    client.get("/v1/leads/L1/score", headers=crm).raise_for_status()
    client.post("/v1/leads/score", json={"lead_ids": ["L1"]}, headers=office).raise_for_status()
    client.get("/v1/leads/L1/history", headers=desk).raise_for_status()
    client.get("/v1/leads/L1/export", headers=office).raise_for_status()
    merge = {"kept": "L1", "joined": "L2"}
    merged = client.post("/v1/merges", json=merge, headers=crm).raise_for_status().json()
    client.delete(f"/v1/merges/{merged['merge_id']}", headers=crm).raise_for_status()
    assert merged["by"] == "crm"
    state.kept().ledger.flush()
    entries = client.get("/v1/leads/L1/audit", headers=office).json()["entries"]
    assert sorted((one["action"], one["actor"], one["detail"]) for one in entries) == [
        ("exported", "office", None),
        ("history", "desk", None),
        ("merged", "crm", f"merge {merged['merge_id']}"),
        ("scored", "crm", None),
        ("scored", "office", None),
        ("taken_apart", "crm", f"merge {merged['merge_id']}"),
        ("told", "crm", "source fair"),
        ("told", "crm", "source list"),
    ]


def test_known_keys_count_while_the_record_is_away(
    client: httpx.Client, made: Made, state: ServiceState, database: Database
) -> None:
    key = made("score", "read")
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE api_key")
    with pytest.raises(RecordError):
        state.keyring.read()
    for path, body in BODIES.items():
        assert client.post(path, json=body, headers=key).status_code == 200


def test_keys_that_nobody_could_read_for_an_hour_are_not_trusted(
    made: Made, store: RecordKeys, state: ServiceState
) -> None:
    key = made("score")
    seconds = [0.0]
    state.keyring = Keyring(store, elapsed=lambda: seconds[0])
    state.keyring.read()
    with running(state) as client:
        assert client.post("/v1/score", json=LEAD, headers=key).status_code == 200
        seconds[0] = 3601.0
        answer = client.post("/v1/score", json=LEAD, headers=key)
    assert error_of(answer) == (503, "keys_away")
