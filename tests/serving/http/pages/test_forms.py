"""Forms that other sites send, and whatever else is no form of ours."""

import httpx
import pytest
from fastapi import APIRouter

from serving.access.role import Role
from serving.http.app import create_app
from serving.http.pages.form import Form
from serving.http.pages.multipart import read_parts
from serving.http.pages.route import PageRoute
from serving.http.state import ServiceState
from serving.record.access.users import find_user
from tests.serving.http.pages.browser import text_of
from tests.serving.http.pages.conftest import Added, Opened

MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'

DISABLE = "/app/users/{}/disable"


def is_disabled(state: ServiceState) -> bool:
    with state.kept().database.reading() as connection:
        user = find_user(connection, "ben@example.com")
        assert user is not None
        return user.disabled is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1"},
        {"origin": "nonsense"},
    ],
)
def test_a_form_of_another_site_changes_nothing(
    added: Added, opened: Opened, state: ServiceState, headers: dict[str, str]
) -> None:
    added()
    browser = opened("anna")
    path, fields = DISABLE.format(added("ben").number), {"form_token": browser.token}
    answer = browser.http.post(path, data=fields, headers=headers)
    assert answer.status_code == 403
    assert "This form has expired" in text_of(answer)
    assert not is_disabled(state)


def test_a_form_of_ours_says_so_by_its_token(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    path = DISABLE.format(added("ben").number)
    browser, other, guest = opened("anna"), opened("anna"), opened()
    guest.get("/app/login")
    for token in ("", "x", "ä", other.token, guest.token, browser.token[:-1]):
        assert browser.http.post(path, data={"form_token": token}).status_code == 403
    assert browser.http.post(path).status_code == 403
    assert not is_disabled(state)
    own = {"origin": str(browser.http.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    answer = browser.http.post(path, headers={**own, "x-form-token": browser.token})
    assert answer.status_code == 303
    assert is_disabled(state)


def test_the_public_address_is_an_origin_of_ours(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    path = DISABLE.format(added("ben").number)
    browser = opened("anna")
    state.public_url = "http://leads.example.com/"
    # The gateway calls the service by another name than the browser does.
    browser.http.headers["host"] = "localhost"
    sent = {"form_token": browser.token}
    for origin, status in (("http://leads.example.com", 303), ("http://example.com", 403)):
        answer = browser.http.post(path, data=sent, headers={"origin": origin})
        assert answer.status_code == status


def test_the_login_is_a_form_of_ours_too(added: Added, opened: Opened) -> None:
    added()
    browser, other = opened(), opened()
    other.get("/app/login")
    for token in ("", other.token):
        sent = {"form_token": token, "email": "anna@example.com", "password": "x"}
        assert browser.http.post("/app/login", data=sent).status_code == 403


@pytest.mark.parametrize("path", ["/app/profile", "/app/users", "/app/users/1/role", "/app/keys"])
def test_who_is_not_logged_in_changes_nothing(added: Added, opened: Opened, path: str) -> None:
    added()
    browser = opened()
    browser.get("/app/login")
    answer = browser.send(path, name="x")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/app/login?next=%2Fapp%2F"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a=b", "text/plain", 415),
        (b"a=b", "multipart/form-data", 400),
        (b"a=b", "multipart/form-data; boundary=x", 400),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", MULTIPART, 400),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n--x--', MULTIPART, 400),
        (PART + b"\xff\r\n--x--", MULTIPART, 400),
        (PART + b"\0\r\n--x--", MULTIPART, 400),
        (PART + b"b", MULTIPART, 400),
        ((PART + b"b\r\n") * 101 + b"--x--", MULTIPART, 400),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"a=\xff", "application/x-www-form-urlencoded", 400),
        (b"a=%00", "application/x-www-form-urlencoded", 400),
        (b"a=b&" * 1_001, "application/x-www-form-urlencoded", 400),
        (b"a" * 5_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_form_is_refused_with_a_page(
    client: httpx.Client, content: bytes, kind: str, status: int
) -> None:
    headers = {"content-type": kind, "accept-language": "de"}
    answer = client.post("/app/login", content=content, headers=headers)
    assert answer.status_code == status
    assert "So geht es nicht" in text_of(answer)


def test_fields_that_lack_are_empty() -> None:
    form = Form({"a": [" b ", "c"]})
    assert (form.get("a"), form.raw("a"), form.all("a")) == ("b", " b ", [" b ", "c"])
    assert (form.get("x"), form.raw("x"), form.all("x")) == ("", "", [])


def test_a_form_with_a_file_is_read_as_it_was_sent() -> None:
    content = bytes(range(256)) + b"\r\n--y\r\n\r\n--"
    file = b'--x\r\nContent-Disposition: form-data; name="f"; filename="M\xc3\xbc.csv"\r\n'
    none = b'--x\r\nContent-Disposition: form-data; name="g"; filename=""\r\n\r\n\r\n'
    body = (
        PART + "ü\r\nb".encode() + b"\r\n" + PART + b"c\r\n" + none
        + file + b"Content-Type: text/csv\r\n\r\n" + content + b"\r\n--x--\r\n"
    )  # fmt: skip
    parts = read_parts(MULTIPART, body)
    assert [(part.name, part.file is None, part.content) for part in parts] == [
        ("a", True, "ü\r\nb".encode()), ("a", True, b"c"), ("g", False, b""), ("f", False, content)
    ]  # fmt: skip


def test_a_page_that_does_not_say_for_whom_it_is_cannot_be() -> None:
    routes = APIRouter(route_class=PageRoute)

    def page() -> None: ...

    with pytest.raises(TypeError, match="does not say for whom"):
        routes.get("/app/x")(page)


def test_pages_are_in_no_document() -> None:
    assert not [path for path in create_app(ServiceState()).openapi()["paths"] if "/app" in path]


@pytest.mark.parametrize("role", ["sales", "marketing", "data"])
def test_other_roles_do_not_get_at_users_and_keys(
    added: Added, opened: Opened, state: ServiceState, role: Role
) -> None:
    added("mia", role)
    ben = added("ben")
    browser = opened("mia")
    assert "Users" not in text_of(browser.get("/app/profile"))
    for path in ("/app/users", "/app/keys"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "That is not part of your role" in text_of(answer)
    for path in (
        "/app/users", DISABLE.format(ben.number), f"/app/users/{ben.number}/role", "/app/keys",
    ):  # fmt: skip
        answer = browser.send(path, role="sales", email="x@example.com", name="x", scopes="admin")
        assert answer.status_code == 403
    assert not is_disabled(state)


def test_a_role_counts_from_the_next_request_on(added: Added, opened: Opened) -> None:
    added()
    ben = added("ben")
    browser, other = opened("anna"), opened("ben")
    assert other.get("/app/users").status_code == 200
    browser.send(f"/app/users/{ben.number}/role", role="data")
    assert other.get("/app/users").status_code == 403
