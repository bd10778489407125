"""What stands around every page: its policy, files and language, and what is said of errors."""

import logging
import re

import httpx
import pytest
from fastapi import Response

from serving.http.app import create_app
from serving.http.pages.route import for_users, page_router
from serving.http.pages.visit import Visiting
from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from serving.stored.scoring import StoredScores
from tests.serving.http.pages.browser import Browser, text_of
from tests.serving.http.pages.conftest import PASSWORD, Added, Opened
from tests.serving.server import serving

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}"

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def test_every_answer_has_the_policy_and_is_not_kept(added: Added, opened: Opened) -> None:
    added()
    guest, browser = opened(), opened("anna")
    for answer in (
        guest.http.get("/app/login"), guest.http.get("/app/"), guest.http.get("/app/missing"),
        guest.http.post("/app/login"), browser.http.get("/app/users"),
        browser.http.get("/app/profile"), browser.http.get("/app/keys"),
        browser.send("/app/logout"),
    ):  # fmt: skip
        assert answer.headers.get_list("content-security-policy") == [POLICY]
        assert answer.headers.get_list("cache-control") == ["no-store"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        # The policy would not let it work.
        assert not re.search(r"<style|style=|<script>|\son\w+=", answer.text)


def test_files_are_kept_for_ever_under_a_name_of_their_content(client: httpx.Client) -> None:
    page = client.get("/app/login").text
    files = re.findall(r'(?:href|src)="(/app/static/[^"]+)"', page)
    assert len(files) == 2
    for path in files:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert re.search(r"\.[0-9a-f]{12}\.(css|js)$", path)
        assert answer.headers["content-type"].startswith(("text/css", "text/javascript"))
    for path in ("htmx.LICENSE", "workspace.css", "..%2Fframe.py", "x"):
        assert client.get(f"/app/static/{path}").status_code == 404


def test_the_language_is_the_browsers_until_one_is_chosen(added: Added, opened: Opened) -> None:
    added()
    for accepted, title in (
        ("de-DE,de;q=0.9,en;q=0.8", "Anmelden"), ("en-GB,de;q=0.5", "Log in"), ("fr", "Log in"),
    ):  # fmt: skip
        assert f"<h1>{title}</h1>" in opened(**{"accept-language": accepted}).get("/app/login").text
    guest = opened()
    guest.get("/app/login?next=/app/users")
    answer = guest.send("/app/language", language="de", back="/app/login?next=/app/users")
    assert answer.headers["location"] == "/app/login?next=/app/users"
    assert '<html lang="de">' in guest.get("/app/login").text
    assert guest.send("/app/language", language="fr").status_code == 400
    browser = opened("anna")
    browser.send("/app/language", language="de", back="https://evil.example")
    assert "Die Sprache ist geändert." in text_of(browser.get("/app/profile"))
    # It goes with the user, to another browser too.
    assert "Mein Profil" in text_of(opened("anna").get("/app/profile"))


def test_what_is_missing_is_a_page(added: Added, opened: Opened) -> None:
    added()
    browser = opened("anna")
    for path in ("/app/nothing", "/app/users/x/role", "/app/%ff", "/app/users/1/2/3", "/app/a?%ff"):
        answer = browser.http.get(path)
        assert answer.status_code == 404, path
        assert "There is no such page" in text_of(answer)
    for path in ("/app/users/999/role", "/app/users/999999999999999999999/disable"):
        answer = browser.send(path, role="sales")
        assert answer.status_code == 404, path
    assert browser.http.delete("/app/users").status_code == 403
    assert browser.http.get("/app").headers["location"] == "/app/"


def test_a_defect_is_a_page_without_a_trace_and_a_line_of_the_log(
    added: Added, state: ServiceState, caplog: pytest.LogCaptureFixture
) -> None:
    added()
    routes = page_router()

    @routes.get("/broken")
    @for_users
    def show(visit: Visiting) -> Response:
        raise ValueError(visit.user.email)

    app = create_app(state)
    app.include_router(routes)
    with serving(app) as client, Browser(str(client.base_url)) as browser:
        browser.log_in("anna@example.com", PASSWORD)
        with caplog.at_level(logging.ERROR):
            answer = browser.http.get("/broken")
    assert answer.status_code == 500
    assert "in the log of the service" in text_of(answer)
    assert "ValueError in /broken" in caplog.text
    assert "anna@" not in caplog.text and "Traceback" not in answer.text


def test_while_the_record_is_away_a_page_says_so(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    browser, guest = opened("anna"), opened()
    record = state.kept()
    state.record = StoredScores(Database("sqlite:////nowhere/record.db"), record.policy)
    for answer in (browser.get("/app/profile"), guest.get("/app/login")):
        assert answer.status_code == 503
        assert "The database does not answer" in text_of(answer)
    state.record = record
    assert browser.get("/app/profile").status_code == 200


def test_a_script_is_told_where_to_log_in(opened: Opened) -> None:
    answer = opened().http.get("/app/users", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/app/login")


def test_everybody_logged_in_is_told_that_the_rules_answer(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    browser, told = opened("anna"), "The rules answer: no model is loaded at the moment."
    assert told in text_of(browser.get("/app/profile"))
    assert told not in text_of(opened().get("/app/login"))
    state.ready(Scoring(read_rules(), "model_refused"))
    assert "the model could not be used" in text_of(browser.get("/app/profile"))
    state.scoring = None
    assert "The service is still loading" in text_of(browser.get("/app/profile"))


def test_hostile_names_are_text(added: Added, opened: Opened) -> None:
    added(shown=HOSTILE)
    browser = opened("anna")
    for path in ("/app/profile", "/app/users"):
        answer = browser.get(path)
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
        assert HOSTILE in text_of(answer)
    answer = browser.send("/app/users", email=HOSTILE, name=HOSTILE, role=HOSTILE)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    answer = browser.get(f"/app/login?next=/app/{HOSTILE}")
    assert "<script>alert" not in answer.text
    # A cookie of theirs names no words but of what was done.
    browser.http.cookies.set("leadscore-done", "../error.failed.text", domain="127.0.0.1")
    assert browser.get("/app/profile").status_code == 200
