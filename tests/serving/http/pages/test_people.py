"""Pages on oneself, users and keys."""

import re

import httpx
import pytest

from features.contract.clock import now
from serving.access.key import new_key
from serving.http.state import ServiceState
from serving.record.access.audits import operator_audits
from serving.record.access.keys import RecordKeys
from serving.record.access.users import change_password, find_user
from tests.serving.http.pages.browser import text_of
from tests.serving.http.pages.conftest import PASSWORD, Added, Opened

NEW = "noch ein ganzer Satz"


def shown_once(answer: httpx.Response) -> str:
    [found] = re.findall(r"<pre[^>]*>([^<]+)</pre>", answer.text)
    return str(found)


def test_a_new_password_ends_all_sessions_but_this_one(added: Added, opened: Opened) -> None:
    added()
    browser, other = opened("anna"), opened("anna")
    before = browser.http.cookies["leadscore-session"]
    answer = browser.send("/app/profile", current=PASSWORD, new=NEW, again=NEW)
    assert answer.status_code == 303
    assert "The password is changed." in text_of(browser.get("/app/profile"))
    assert browser.http.cookies["leadscore-session"] != before
    assert other.get("/app/").url.path == "/app/login"
    assert other.log_in("anna@example.com", PASSWORD).status_code == 401
    assert other.log_in("anna@example.com", NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "The current password is wrong."),
        (PASSWORD, "elf Zeichen", "elf Zeichen", "At least 12 characters."),
        (PASSWORD, "x" * 1_025, "x" * 1_025, "At most 1,024 characters."),
        (PASSWORD, "Passwort1234", "Passwort1234", "Everybody tries this password first."),
        (PASSWORD, "ababababababab", "ababababababab", "Everybody tries this password first."),
        (PASSWORD, "Anna@example.com", "Anna@example.com", "Your e-mail address is no password."),
        (PASSWORD, NEW, NEW + " ", "The two new passwords differ."),
    ],
)
def test_what_is_wrong_with_a_new_password_stands_beside_its_field(
    added: Added, opened: Opened, current: str, new: str, again: str, said: str
) -> None:
    added()
    browser = opened("anna")
    answer = browser.send("/app/profile", current=current, new=new, again=again)
    assert answer.status_code == 422
    [field] = re.findall(r'name="(\w+)"[^>]*aria-invalid="true" aria-describedby="(\w+)-said"',
                         answer.text)  # fmt: skip
    assert field[0] == field[1]
    assert re.search(f'class="mistake" id="{field[0]}-said">{re.escape(said)}<', answer.text)
    assert new not in answer.text or new == "Anna@example.com"
    assert opened().log_in("anna@example.com", PASSWORD).status_code == 303


def test_who_sits_at_anothers_browser_cannot_guess_the_password(
    added: Added, opened: Opened
) -> None:
    added()
    browser = opened("anna")
    for _ in range(5):
        browser.send("/app/profile", current="guess", new=NEW, again=NEW)
    answer = browser.send("/app/profile", current=PASSWORD, new=NEW, again=NEW)
    assert "Too many attempts" in text_of(answer)


def test_sessions_are_ended_one_by_one_and_only_ones_own(added: Added, opened: Opened) -> None:
    added()
    added("ben")
    browser, other, stranger = opened("anna"), opened("anna"), opened("ben")
    [path] = re.findall(
        r'action="(/app/profile/sessions/\d+/end)"', browser.get("/app/profile").text
    )
    assert stranger.send(path).status_code == 303
    assert other.get("/app/").url.path == "/app/leads"
    browser.send(path)
    assert "The session has ended." in text_of(browser.get("/app/profile"))
    assert other.get("/app/").url.path == "/app/login"


def test_who_logs_in_elsewhere_has_no_password_to_change(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    user = added()
    browser = opened("anna")
    with state.kept().database.writing() as connection:
        change_password(connection, now(), "test", user, None)
    assert browser.log_in("anna@example.com", "").status_code == 401


def test_an_admin_adds_a_user_who_logs_in(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    browser = opened("anna")
    answer = browser.send("/app/users", email="Ben@Example.com", name=" Ben B. ", role="sales")
    assert answer.status_code == 200
    password = shown_once(answer)
    assert "Ben B. is added" in text_of(answer)
    assert password not in browser.get("/app/users").text
    ben = opened()
    assert ben.log_in("ben@example.com", password).status_code == 303
    assert "Ben B." in text_of(ben.get("/app/"))
    for fields, field, said in (
        ({"email": "ben@example.com", "name": "B", "role": "sales"}, "email", "already"),
        ({"email": "ben", "name": "B", "role": "sales"}, "email", "no e-mail address"),
        ({"email": "c@example.com", "name": "\u202ex", "role": "sales"}, "name", "visible"),
        ({"email": "c@example.com", "name": "", "role": "sales"}, "name", "visible"),
        ({"email": "c@example.com", "name": "C", "role": "root"}, "role", "Choose a role"),
    ):
        answer = browser.send("/app/users", **fields)
        assert answer.status_code == 422
        assert re.search(f'id="{field}-said">[^<]*{said}', answer.text), said
    with state.kept().database.reading() as connection:
        assert find_user(connection, "c@example.com") is None


def test_an_admin_disables_and_enables_others_and_never_themselves(
    added: Added, opened: Opened
) -> None:
    anna, ben = added(), added("ben")
    browser, other = opened("anna"), opened("ben")
    path = f"/app/users/{ben.number}"
    browser.send(f"{path}/disable")
    assert "The access is disabled" in text_of(browser.get("/app/users"))
    assert other.get("/app/").url.path == "/app/login"
    assert other.log_in("ben@example.com", PASSWORD).status_code == 401
    browser.get("/app/users")
    browser.send(f"{path}/enable")
    assert other.log_in("ben@example.com", PASSWORD).status_code == 303
    assert browser.send(f"{path}/role", role="root").status_code == 400
    for what in ("disable", "role"):
        answer = browser.send(f"/app/users/{anna.number}/{what}", role="sales")
        assert answer.status_code == 409
    assert browser.get("/app/users").status_code == 200


def test_a_key_is_made_shown_once_and_revoked(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    user = added()
    browser = opened("anna")
    assert "No key yet" in text_of(browser.get("/app/keys"))
    answer = browser.send("/app/keys", name="crm", scopes=["read", "write"], days="30")
    token = shown_once(answer)
    assert re.fullmatch(r"ls_[0-9a-f]{12}_[0-9a-f]{64}", token)
    page = browser.get("/app/keys")
    assert token not in page.text and "read, write" in text_of(page)
    store = RecordKeys(state.kept().database)
    [key] = store.read()
    assert key.expires == key.created + 30 * 86_400_000_000
    assert key.scopes == {"read", "write"} and token.startswith(f"ls_{key.id}_")
    browser.send(f"/app/keys/{key.id}/revoke")
    assert store.read()[0].revoked is not None
    assert "The key is revoked" in text_of(browser.get("/app/keys"))
    assert browser.send(f"/app/keys/{key.id}/revoke").status_code == 303
    assert browser.send("/app/keys/000000000000/revoke").status_code == 404
    with state.kept().database.reading() as connection:
        noted = [one for one in operator_audits(connection) if one.action.startswith("key_")]
    assert [(one.action, one.actor) for one in noted] == [
        ("key_made", user.actor), ("key_revoked", user.actor),
    ]  # fmt: skip


def test_what_is_wrong_with_a_key_stands_beside_its_field(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    browser = opened("anna")
    answer = browser.send("/app/keys", name="anna@example.com", scopes="root", days="0")
    assert answer.status_code == 422
    for field in ("name", "scopes", "days"):
        assert f'class="mistake" id="{field}-said"' in answer.text
    for days in ("-1", "1.5", "3651", "x", "１", "99999"):
        answer = browser.send("/app/keys", name="crm", scopes="read", days=days)
        assert answer.status_code == 422, days
    assert RecordKeys(state.kept().database).read() == []


def test_keys_of_a_file_are_left_to_the_command(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    state.keys_in_file = True
    key, _ = new_key("crm", frozenset({"read"}), now())
    RecordKeys(state.kept().database).put(key)
    browser = opened("anna")
    page = text_of(browser.get("/app/keys"))
    assert "LEADSCORE_KEYS" in page and "crm" not in page
    assert browser.send("/app/keys", name="x", scopes="read").status_code == 409
    assert browser.send(f"/app/keys/{key.id}/revoke").status_code == 409
