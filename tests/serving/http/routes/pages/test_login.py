"""Logging in and out, and who tries to without a right."""

import re
from dataclasses import replace

import httpx
import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from features.contract.clock import now
from serving.access.session import Terms, digest_of
from serving.http.pages.answers import own_path
from serving.http.state import ServiceState
from serving.record.access.audits import note_audit
from serving.record.access.login_attempts import (
    MOST_FOR_ONE,
    MOST_FOR_ONE_FROM_ONE,
    WINDOW_US,
    begin_attempt,
    network_of,
)
from serving.record.access.users import disable_user, end_sessions, find_user, users_of
from serving.record.schema import audit, login_attempt, user_account, user_session
from tests.serving.http.pages.browser import Browser, text_of
from tests.serving.http.pages.conftest import PASSWORD, Added, Opened

ANNA = "anna@example.com"


def session_cookie(browser: Browser) -> str | None:
    return browser.http.cookies.get("leadscore-session")


def test_a_guest_logs_in_and_gets_where_they_wanted(added: Added, opened: Opened) -> None:
    added()
    browser = opened()
    asked = browser.http.get("/app/users?a=b")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/app/login?next=%2Fapp%2Fusers%3Fa%3Db"
    page = browser.get(asked.headers["location"])
    assert page.status_code == 200
    assert 'name="next" value="/app/users?a=b"' in page.text
    answer = browser.send("/app/login", email=" Anna@Example.com ", password=PASSWORD,
                          next="/app/users?a=b")  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/users?a=b")
    assert "Anna" in text_of(browser.get("/app/"))
    assert browser.get("/app/login").url.path == "/app/leads"


def test_the_first_page_tells_how_the_first_user_is_added(opened: Opened) -> None:
    said = text_of(opened().get("/app/"))
    assert "leadscore users add anna@example.com" in said


def test_without_a_record_a_page_says_what_is_missing(
    client: httpx.Client, state: ServiceState
) -> None:
    record, state.record = state.record, None
    answer = client.get("/app/", follow_redirects=True)
    assert answer.status_code == 503
    assert "LEADSCORE_DATABASE_URL" in text_of(answer)
    state.record = record


def test_nobody_learns_what_was_wrong(added: Added, opened: Opened, state: ServiceState) -> None:
    added()
    ben = added("ben")
    with state.kept().database.writing() as connection:
        disable_user(connection, now(), "test", ben)
    pages = set()
    for email, password in (
        (ANNA, "wrong"),
        ("nobody@example.com", PASSWORD),
        ("ben@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
        (ANNA, "x" * 5_000),
    ):
        answer = opened().log_in(email, password)
        assert answer.status_code == 401
        pages.add(re.sub(r' autofocus=""|value="[^"]*"|[0-9a-f]{64}', "", answer.text))
    assert len(pages) == 1


def test_a_login_begins_a_session_of_its_own(added: Added, opened: Opened) -> None:
    added()
    browser = opened()
    browser.get("/app/login")
    planted = session_cookie(browser)
    browser.send("/app/login", email=ANNA, password=PASSWORD)
    first = session_cookie(browser)
    assert first is not None and first != planted
    thief = opened()
    thief.http.cookies.set("leadscore-session", str(planted), domain="127.0.0.1")
    assert thief.get("/app/").url.path == "/app/login"
    # Again, from another tab that still shows the login: the session before ends.
    browser.get("/app/profile")
    browser.send("/app/login", email=ANNA, password=PASSWORD)
    thief.http.cookies.clear()
    thief.http.cookies.set("leadscore-session", first, domain="127.0.0.1")
    assert thief.get("/app/").url.path == "/app/login"


def test_the_record_holds_no_token(added: Added, opened: Opened, state: ServiceState) -> None:
    added()
    browser = opened("anna")
    with state.kept().database.reading() as connection:
        rows = str(connection.execute(select(user_session)).all())
        users = str(connection.execute(select(user_account)).all())
        attempts = str(connection.execute(select(login_attempt)).all())
    token = str(session_cookie(browser))
    assert token not in rows and digest_of(token) in rows
    assert PASSWORD not in users and "$argon2id$" in users
    assert "127.0.0.1" not in attempts and ANNA not in attempts


def test_logging_out_ends_the_session(added: Added, opened: Opened) -> None:
    added()
    browser = opened("anna")
    kept = str(session_cookie(browser))
    answer = browser.send("/app/logout")
    assert answer.headers["location"] == "/app/login"
    assert "You are logged out." in text_of(browser.get("/app/login"))
    assert "You are logged out." not in text_of(browser.get("/app/login"))
    browser.http.cookies.set("leadscore-session", kept, domain="127.0.0.1")
    assert browser.get("/app/").url.path == "/app/login"
    assert browser.http.get("/app/logout").status_code == 404


@pytest.mark.parametrize("terms", [Terms(idle=1), Terms(whole=1)], ids=["idle", "whole"])
def test_a_session_ends_by_itself(
    added: Added, opened: Opened, state: ServiceState, terms: Terms
) -> None:
    added()
    browser = opened("anna")
    assert browser.get("/app/").url.path == "/app/leads"
    state.session_terms = terms
    assert browser.get("/app/").url.path == "/app/login"


def test_who_is_active_stays_until_the_session_is_over_in_any_case(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    browser = opened("anna")
    database = state.kept().database
    minute = 60_000_000

    def set_back(**moments: int) -> None:
        with database.writing() as connection:
            connection.execute(update(user_session).values(**moments))

    at = now()
    set_back(begun=at - 600 * minute, seen=at - 119 * minute)
    assert browser.get("/app/").url.path == "/app/leads"
    with database.reading() as connection:
        assert connection.execute(select(user_session.c.seen)).scalar_one() >= at
    set_back(begun=at - 720 * minute)
    assert browser.get("/app/").url.path == "/app/login"


def test_whoever_is_disabled_is_out_at_once(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    user = added()
    browser = opened("anna")
    with state.kept().database.writing() as connection:
        connection.execute(update(user_account).values(disabled=now()))
    assert browser.get("/app/").url.path == "/app/login"
    with state.kept().database.writing() as connection:
        connection.execute(update(user_account).values(disabled=None))
        end_sessions(connection, user)
    assert browser.get("/app/").url.path == "/app/login"


def test_who_guesses_has_to_wait_and_nobody_learns_who_exists(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    for email in (ANNA, "nobody@example.com"):
        browser = opened()
        statuses = [
            browser.log_in(email, "a wrong password").status_code
            for _ in range(MOST_FOR_ONE_FROM_ONE + 2)
        ]
        assert statuses == [401] * MOST_FOR_ONE_FROM_ONE + [429] * 2
    answer = browser.log_in(ANNA, PASSWORD)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "Too many attempts" in text_of(answer)
    # What was refused counts no more, so nobody is kept out for ever.
    with state.kept().database.writing() as connection:
        count = connection.execute(select(func.count()).select_from(login_attempt)).scalar_one()
        assert count == 2 * MOST_FOR_ONE_FROM_ONE
        connection.execute(update(login_attempt).values(at=now() - WINDOW_US))
    assert browser.log_in(ANNA, PASSWORD).status_code == 303


def test_attempts_from_many_networks_count_together(state: ServiceState) -> None:
    database, at = state.kept().database, now()

    def tried(email: str, address: str) -> bool:
        return begin_attempt(database, at, email, address) is not None

    for number in range(MOST_FOR_ONE):
        assert tried(ANNA, f"10.0.{number}.1")
    assert not tried(ANNA, "10.1.0.1")
    assert tried("ben@example.com", "10.1.0.1")
    for number in range(MOST_FOR_ONE):
        tried(f"{number}@example.com", "2001:db8::1")
    assert not tried("cem@example.com", "2001:db8::ffff")
    assert tried("cem@example.com", "2001:db8:0:1::1")


def test_networks() -> None:
    assert network_of("10.0.0.7") == "10.0.0.7/32"
    assert network_of("2001:db8::7") == "2001:db8::/64"
    assert network_of("testclient") == "testclient"


def test_a_login_that_succeeds_forgets_the_mistakes_before(added: Added, opened: Opened) -> None:
    added()
    browser = opened()
    for _ in range(3):
        for _ in range(MOST_FOR_ONE_FROM_ONE - 1):
            assert browser.log_in(ANNA, "a wrong password").status_code == 401
        assert browser.log_in(ANNA, PASSWORD).status_code == 303
        browser.get("/app/profile")
        browser.send("/app/logout")


def test_a_hash_that_costs_too_little_is_renewed(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    database = state.kept().database
    with database.writing() as connection:
        connection.execute(update(user_account).values(password=weak))
    opened("anna")
    with database.reading() as connection:
        user = find_user(connection, ANNA)
    assert user is not None and user.password is not None
    assert user.password != weak and "m=19456,t=2,p=1" in user.password


@pytest.mark.parametrize(
    "sent",
    [
        "https://evil.example/", "//evil.example", "/app/../..//evil.example\\", "/app/\\evil",
        "javascript:alert(1)", "/app", "/docs", "", "app/users", "/app/\r\nSet-Cookie: x",
        " /app/users", "/app/" + "x" * 3_000,
    ],
)  # fmt: skip
def test_a_return_address_does_not_leave_the_workspace(
    added: Added, opened: Opened, sent: str
) -> None:
    added()
    answer = opened().log_in(ANNA, PASSWORD, sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/")


@given(st.text())
def test_whatever_is_sent_as_a_return_address_stays_on_the_site(sent: str) -> None:
    for text in (sent, "/" + sent, "/app/" + sent):
        path = httpx.URL("https://leads.example").join(own_path(text))
        assert path.host == "leads.example" and own_path(text).startswith("/app/")


def test_cookies_over_https_are_of_this_host_alone(
    added: Added, client: httpx.Client, state: ServiceState
) -> None:
    added()
    state.public_url = "https://leads.example.com"
    page = client.get("/app/login")
    [cookie] = page.headers.get_list("set-cookie")
    assert re.fullmatch(
        r"__Host-leadscore-session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie
    )
    assert "without encryption" in text_of(page)


def test_cookies_of_another_machine_are_secure(client: httpx.Client) -> None:
    for host, secure in (
        ("127.0.0.1:80", False), ("localhost", False), ("[::1]:1", False), ("10.0.0.1", True),
        ("leads.example.com", True), ("localhost.example.com", True), ("[::1", True),
    ):  # fmt: skip
        client.cookies.clear()
        page = client.get("/app/login", headers={"host": host})
        [cookie] = page.headers.get_list("set-cookie")
        assert ("; Secure" in cookie) is secure, host
        assert ("without encryption" in text_of(page)) is secure
        assert "; HttpOnly;" in cookie and "; SameSite=lax" in cookie


def test_pages_ask_for_a_login_also_where_no_key_is_needed(
    client: httpx.Client, state: ServiceState
) -> None:
    assert state.keyring.open
    assert client.get("/v1/leads").status_code == 200
    assert client.get("/app/users").status_code == 303


def test_the_audit_tells_who_logged_in_and_names_nobody(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    user = added()
    opened("anna")
    with state.kept().database.writing() as connection:
        note_audit(connection, now(), "test", "end", None, None)
        entries = connection.execute(select(audit.c.actor, audit.c.action, audit.c.detail)).all()
        [read] = users_of(connection)
    assert entries[:2] == [
        ("test", "user_added", f"user {user.number}: admin"),
        (f"user {user.number}", "logged_in", None),
    ]
    assert read.seen is not None and replace(read, seen=None) == user
