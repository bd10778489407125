"""Pages in a real browser: no barriers, no errors, and all of it works without scripts."""

import math
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from features.contract.clock import now
from features.contract.language import Language
from serving.access.key import new_key
from serving.access.password import password_hash
from serving.access.role import Role
from serving.access.user import LANGUAGES
from serving.agreements import Agreements
from serving.http.state import ServiceState
from serving.record.database import Database
from serving.record.keys import RecordKeys
from serving.record.policy import Policy
from serving.record.users import add_user, disable_user
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from tests.serving.server import running

PASSWORD = "ein ganzer Satz als Passwort"
HOSTILE = "<b onclick=alert(1)>" + "Wolfeschlegelsteinhausenbergerdorff" * 4

PAGES = (
    "/app/agreed/lifecycle", "/app/agreed/rules", "/app/agreed/lifecycle/edit",
    "/app/agreed/rules/versions/0",
)  # fmt: skip

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def state(upgraded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> ServiceState:
    path = tmp_path_factory.mktemp("browser") / "record.db"
    shutil.copy(upgraded_file, path)
    database = Database(f"sqlite:///{path}")
    state = ServiceState()
    state.record = StoredScores(database, Policy())
    state.record.agreements = Agreements(database, None, None)
    state.ready(Scoring(read_rules(), "no_model", Conditions(deadline=math.inf)))
    _fill(database)
    return state


def _fill(database: Database) -> None:
    kept = password_hash(PASSWORD)
    people: tuple[tuple[str, str, Role], ...] = (
        ("anna", "Anna Beispiel", "admin"),
        ("mia", "Mia Muster", "sales"),
        ("hostile", HOSTILE, "data"),
        ("ben", "Ben Bär", "marketing"),
    )
    with database.writing() as connection:
        for name, shown, role in people:
            user = add_user(
                connection, now(), "test", email=f"{name}@example.com", name=shown, role=role,
                password=kept,
            )  # fmt: skip
        disable_user(connection, now(), "test", user)
    store = RecordKeys(database)
    for name, ends in (("crm", now() + 10**14), ("web", None), ("old", now() - 1)):
        store.put(new_key(name, frozenset({"read", "write"}), now() - 10**13, ends)[0])


@pytest.fixture(scope="module")
def address(state: ServiceState) -> Iterator[str]:
    with running(state) as client:
        yield str(client.base_url).rstrip("/")


@contextmanager
def opened(
    chromium: Browser,
    address: str,
    *,
    language: Language = "en",
    scheme: Scheme = "light",
    width: int = 1200,
    scripts: bool = True,
) -> Iterator[Page]:
    """Open a window, and make sure that nothing goes wrong in it."""
    with chromium.new_context(
        base_url=address, locale=language, color_scheme=scheme, java_script_enabled=scripts,
        viewport={"width": width, "height": 800},
    ) as context:  # fmt: skip
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        yield page
        # A browser says so itself where a page is answered by an error.
        assert [one for one in said if "the server responded with a status of" not in one] == []


def log_in(page: Page, name: str = "anna") -> None:
    page.goto("/app/login")
    page.fill("#email", f"{name}@example.com")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/app/profile")


def barriers(page: Page) -> list[str]:
    """Return what axe finds, which is put into the page in spite of its policy."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]
    ]


def fits(page: Page) -> bool:
    """Tell whether nothing sticks out at the side."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_barriers(
    chromium: Browser, address: str, language: Language, scheme: Scheme
) -> None:
    found = []
    with opened(chromium, address, language=language, scheme=scheme) as page:
        page.goto("/app/login")
        found += barriers(page)
        page.fill("#email", "nobody@example.com")
        page.fill("#password", "wrong")
        page.click("main button")
        found += barriers(page)
        log_in(page)
        for path in ("/app/profile", "/app/users", "/app/keys", "/app/missing", *PAGES):
            for width in (1200, 360):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(path)
                expect(page.locator("html")).to_have_attribute("lang", language)
                found += barriers(page)
                assert fits(page), (path, width)
        page.goto("/app/users")
        page.fill("#email", "anna@example.com")
        page.fill("#name", "Anna")
        page.click(".panel button")
        found += barriers(page)
        page.goto("/app/keys")
        page.fill("#name", "a system")
        page.click(".panel button")
        found += barriers(page)
    assert found == []


def test_everything_works_without_scripts_and_by_keyboard(chromium: Browser, address: str) -> None:
    with opened(chromium, address, scripts=False) as page:
        page.goto("/app/users")
        expect(page.locator("#email")).to_be_focused()
        page.keyboard.type("anna@example.com")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/app/users")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        expect(page.locator(".skip")).to_be_in_viewport()
        page.click("text=Deutsch")
        expect(page.locator("h1")).to_have_text("Benutzer")
        page.get_by_label("Rolle von Mia Muster", exact=True).select_option("data")
        page.get_by_role("button", name="Rolle von Mia Muster ändern").click()
        expect(page.locator(".note.done")).to_have_text("Die Rolle ist geändert.")
        page.fill("#email", "neu@example.com")
        page.fill("#name", "Neu")
        page.get_by_role("button", name="Benutzer hinzufügen").click()
        expect(page.locator("pre")).to_have_text(re.compile(r"^[\w-]{20}$"))
        page.click("text=English")
        page.click("text=Log out")
        expect(page.locator(".note.done")).to_have_text("You are logged out.")


def test_scripts_send_the_token_of_forms(chromium: Browser, address: str) -> None:
    with opened(chromium, address) as page:
        log_in(page)
        assert page.evaluate("htmx.config.allowEval") is False
        assert page.evaluate("htmx.config.historyCacheSize") == 0
        with page.expect_response("**/app/language") as answered:
            page.evaluate(
                "htmx.ajax('POST', '/app/language', {source: 'main', values: {language: 'en'}})"
            )
        assert answered.value.status == 303
        # No page is kept in the browser, where somebody else could read it later.
        assert page.evaluate("sessionStorage.getItem('htmx-history-cache')") is None
        assert page.evaluate("localStorage.length") == 0
