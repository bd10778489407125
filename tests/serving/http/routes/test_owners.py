"""Leads given to whoever owns them, over HTTP; on both databases."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.record.access.users import add_user, disable_user, find_user, remove_user
from serving.record.schema import audit, outbox
from tests.serving.http.routes.test_lifecycle import heat, move, put
from tests.serving.problems import problem_of


@pytest.fixture
def anna(state: ServiceState) -> str:
    """Add a user; return by which name the audit knows her."""
    with state.kept().database.writing() as connection:
        return add_user(
            connection, now(), "test", email="anna@example.com", name="Anna", role="sales"
        ).actor


def give(client: httpx.Client, owner: object, lead_id: str = "L", **more: object) -> httpx.Response:
    return client.put(f"/v1/leads/{lead_id}/owner", json={"owner": owner, **more})


def owner(client: httpx.Client, lead_id: str = "L") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/leads/{lead_id}/owner").raise_for_status().json()
    return found


def audited(state: ServiceState) -> list[tuple[str, str]]:
    changed = audit.c.action == "owner_changed"
    with state.kept().database.reading() as connection:
        rows = connection.execute(
            select(audit.c.actor, audit.c.detail).where(changed).order_by(audit.c.number)
        )
        return [(actor, detail) for actor, detail in rows]


def test_a_user_is_named_by_address_and_kept_without_it(
    client: httpx.Client, state: ServiceState, anna: str
) -> None:
    put(client)
    assert owner(client) == dict.fromkeys(("owner", "email", "since", "by")) | {"lead_id": "L"}
    answer = give(client, "Anna@Example.com", by="crm").raise_for_status().json()
    assert (answer["owner"], answer["email"], answer["by"]) == (anna, "anna@example.com", "crm")
    # Told again, nothing changes.
    assert give(client, anna, by="other").json() == answer
    assert client.get("/v1/leads", params={"sort": "changed"}).json()["leads"][0]["owner"] == anna
    assert client.patch("/v1/leads/L", json={}).json()["owner"] == anna
    give(client, "0055g0000012AbC").raise_for_status()
    assert (owner(client)["owner"], owner(client)["email"]) == ("0055g0000012AbC", None)
    give(client, None).raise_for_status()
    assert owner(client)["owner"] is None and owner(client)["by"] is not None
    assert [detail for _, detail in audited(state)] == [
        f"nobody -> {anna}", f"{anna} -> 0055g0000012AbC", "0055g0000012AbC -> nobody",
    ]  # fmt: skip
    with state.kept().database.reading() as connection:
        told = connection.execute(select(outbox.c.payload).where(outbox.c.type == "owner.changed"))
        data = [payload["data"] for payload in told.scalars()]
    assert [(one["old"], one["new"]) for one in data][:2] == [
        (None, anna),
        (anna, "0055g0000012AbC"),
    ]


def test_leads_are_listed_by_owner(client: httpx.Client, anna: str) -> None:
    for lead_id, of in (("L", anna), ("M", "u-17"), ("N", None)):
        put(client, lead_id)
        if of is not None:
            give(client, of, lead_id).raise_for_status()

    def listed(of: str) -> list[str]:
        query = {"sort": "changed", "owner": of}
        return [one["lead_id"] for one in client.get("/v1/leads", params=query).json()["leads"]]

    assert (listed(anna), listed("u-17"), listed("user 17")) == (["L"], ["M"], [])


@pytest.mark.parametrize(
    "body",
    [
        {"owner": "ben@example.com"}, {"owner": "a @"}, {"owner": ""}, {"owner": "x\0"},
        {"owner": 7}, {"owner": "x" * 300}, {}, {"owner": None, "by": "k@example.com"},
        {"owner": None, "since": "2026-01-01"}, {"owner": "user 99"}, {"owner": "user 007"},
        {"owner": f"user {'9' * 30}"}, {"owner": "mine"}, {"owner": "nobody"},
    ],
)  # fmt: skip
def test_what_is_no_owner_changes_nothing(client: httpx.Client, body: dict[str, object]) -> None:
    put(client)
    give(client, "u-1").raise_for_status()
    answer = client.put("/v1/leads/L/owner", json=body)
    field = next((name for name in ("by", "since") if name in body), "owner")
    assert problem_of(answer) == (422, "invalid_request", field)
    assert owner(client)["owner"] == "u-1"
    assert "ben@example.com" not in answer.text


@pytest.mark.parametrize("owner_id", ["u-17", "user", "user x", "users 7", "User 7", "Mine"])
def test_an_id_of_the_crm_is_taken_as_it_is(client: httpx.Client, owner_id: str) -> None:
    put(client)
    assert give(client, owner_id).raise_for_status().json()["owner"] == owner_id


def test_no_lead_is_given_to_who_may_own_none(
    client: httpx.Client, state: ServiceState, anna: str
) -> None:
    with state.kept().database.writing() as connection:
        dora = add_user(
            connection, now(), "test", email="dora@example.com", name="Dora", role="data"
        )
    put(client)
    put(client, "M")
    give(client, anna).raise_for_status()
    with state.kept().database.writing() as connection:
        user = find_user(connection, "anna@example.com")
        assert user is not None
        disable_user(connection, now(), "test", user)
    for said in (dora.actor, dora.email, anna, "anna@example.com", f"user 00{dora.number}"):
        answer = give(client, said, "M")
        assert problem_of(answer) == (422, "invalid_request", "owner"), said
        assert "@" not in answer.json()["detail"].replace("e-mail", "")
    assert owner(client, "M")["owner"] is None
    # A CRM sends all it knows with every change of anything.
    for said in (anna, "Anna@example.com"):
        assert give(client, said).raise_for_status().json()["owner"] == anna
    assert len(audited(state)) == 1


def test_an_unknown_lead_has_no_owner(client: httpx.Client) -> None:
    for answer in (give(client, "u-1", "x"), client.get("/v1/leads/x/owner")):
        assert problem_of(answer) == (404, "unknown_lead", None)
    assert client.put("/v1/leads/a/owner/owner", json={"owner": None}).status_code == 404
    assert client.patch("/v1/leads/a/owner", json={}).status_code == 405


def test_who_accepts_a_lead_owns_it(client: httpx.Client, state: ServiceState) -> None:
    heat(client, state)
    assert owner(client)["owner"] is None
    move(client, "SAL", "MQL").raise_for_status()
    assert owner(client)["owner"] == "u-17"
    # Whoever takes it up again later does not take it away.
    move(client, "recycled", "SAL", reason="no_time").raise_for_status()
    assert owner(client)["owner"] == "u-17"
    move(client, "MQL", "recycled", role="marketing", by="u-2").raise_for_status()
    move(client, "SAL", "MQL", by="u-3").raise_for_status()
    assert owner(client)["owner"] == "u-17"


@pytest.mark.parametrize("by", [None, "user 99", "mine"])
def test_who_is_nobody_owns_nothing_by_a_move(
    client: httpx.Client, state: ServiceState, by: str | None
) -> None:
    heat(client, state)
    told = {"to": "SAL", "expected": "MQL", "role": "sales"} | ({} if by is None else {"by": by})
    client.post("/v1/leads/L/transitions", json=told).raise_for_status()
    assert owner(client)["owner"] is None


def test_a_user_who_left_is_an_owner_still(
    client: httpx.Client, state: ServiceState, anna: str
) -> None:
    put(client)
    give(client, "anna@example.com").raise_for_status()
    with state.kept().database.writing() as connection:
        user = find_user(connection, "anna@example.com")
        assert user is not None
        disable_user(connection, now(), "test", user)
        remove_user(connection, now(), "test", user)
    assert (owner(client)["owner"], owner(client)["email"]) == (anna, None)
