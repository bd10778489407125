"""Pages in a real browser: no barriers, no errors, and all of it works without scripts."""

import math
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from features.contract.clock import now
from features.contract.duration import DAY_US
from features.contract.language import Language
from features.contract.lead import ProfileValue
from serving.access.key import new_key
from serving.access.password import password_hash
from serving.access.role import Role
from serving.access.user import LANGUAGES
from serving.agreements import Agreements
from serving.http.state import ServiceState
from serving.intake.duplicates import compare_waiting
from serving.intake.events import ToldEvent, Whose, take_events
from serving.intake.leads import ToldLead, take_lead
from serving.lifecycle.agreement import SHIPPED
from serving.lifecycle.handover import HandoverTerms
from serving.record.access.keys import RecordKeys
from serving.record.access.users import add_user, disable_user
from serving.record.database.database import Database
from serving.record.identity.duplicates import FoundPair, suggest
from serving.record.leads.leads import find_lead
from serving.record.leads.owners import set_owners
from serving.record.lifecycle.agreements import Version, agree
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.privacy.consents import NewConsent, add_consent, add_consents
from serving.record.privacy.policy import Policy
from serving.record.scores.scores import GivenScore, give_scores
from serving.scoring.rules import SHIPPED as SHIPPED_RULES
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import rescore_due
from tests.serving.record.telling import put, told
from tests.serving.server import running

PASSWORD = "ein ganzer Satz als Passwort"
HOSTILE = "<b onclick=alert(1)>" + "Wolfeschlegelsteinhausenbergerdorff" * 4

PAGES = (
    "/app/figures?by=month", "/app/figures/handover", "/app/model", "/app/model?truth=yes",
    "/app/agreed/lifecycle", "/app/agreed/rules",
    "/app/agreed/lifecycle/edit", "/app/agreed/rules/versions/1", "/app/data/imports",
    "/app/data/duplicates", "/app/data/duplicates/pair?one=a&other=b", "/app/data/consent",
    "/app/data/consent/a", "/app/audit",
)  # fmt: skip

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
WIDTHS = (360, 1200)


@pytest.fixture(scope="module")
def state(upgraded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> ServiceState:
    path = tmp_path_factory.mktemp("browser") / "record.db"
    shutil.copy(upgraded_file, path)
    database = Database(f"sqlite:///{path}")
    state = ServiceState()
    state.record = StoredScores(database, Policy())
    state.record.agreements = Agreements(database, None, None)
    terms = HandoverTerms(
        calls_per_week=2, value_of_conversion=1000, cost_of_call=100, currency="EUR"
    )  # fmt: skip
    state.record.lifecycle = state.record.lifecycle.model_copy(update={"handover": terms})
    state.ready(Scoring(read_rules(), "no_model", Conditions(deadline=math.inf)))
    _fill(database)
    return state


LEADS = (
    "/app/leads", "/app/leads?q=nobody", "/app/leads?owner=user+3&stage=all",
    "/app/leads/hot?field=role&value=x", "/app/leads/no",
)  # fmt: skip


def _fill(database: Database) -> None:
    _fill_leads(database)
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
        for lead_id, owner in (("hot", "user 3"), ("mate", HOSTILE)):
            found = find_lead(connection, lead_id)
            assert found is not None
            set_owners(connection, {found.number: owner}, "test", now())
    _tell(database)
    store = RecordKeys(database)
    for name, ends in (("crm", now() + 10**14), ("web", None), ("old", now() - 1)):
        store.put(new_key(name, frozenset({"read", "write"}), now() - 10**13, ends)[0])


def _fill_leads(database: Database) -> None:
    created = now() - 10**12
    profile: dict[str, ProfileValue] = {"role": "CEO", HOSTILE: HOSTILE}
    for lead_id, name in (("hot", "Helga Heiß"), ("no", HOSTILE), ("mate", "Max Mate")):
        contact = {"name": name, "company": HOSTILE, "email": f"{lead_id}@example.com"}
        told = ToldLead(
            lead_id, created, "firm", True, profile, contact, occurred=created, recorded=created
        )
        with database.writing() as connection:
            number = take_lead(connection, told, created).number
            if lead_id != "no":
                given = NewConsent("profiling", "consent", True, HOSTILE, None, None, created)
                add_consents(connection, [(number, given)], created)
    kinds = ("demo_request", "price_page", HOSTILE)
    events = [
        ToldEvent(Whose("lead_id", "hot"), kind, None, now() - 10**11, now() - 10**11, 1.0, HOSTILE)
        for kind in kinds
    ]
    with database.writing() as connection:
        take_events(connection, events, now(), "test")
    scores = StoredScores(database, Policy())
    rules = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
    rescore_due(scores, rules, now())
    with database.writing() as connection:
        compare_waiting(connection, 100)


def _tell(database: Database) -> None:
    """Let there be two leads that may be one person, handed over and scored, and a version."""
    at = now() - 60 * DAY_US
    numbers = [
        put(
            database,
            told(lead_id, at, created=at, profile={"role": HOSTILE, "utm_source": HOSTILE}),
        ).number
        for lead_id in ("a", "b")
    ]
    text = SHIPPED_RULES.read_text(encoding="utf-8").replace("sql = 80", "sql = 90")
    with database.writing() as connection:
        suggest(connection, [FoundPair(numbers[0], numbers[1], True, True, 0.9, 0.8)])
        agree(connection, Version("rules", 1, text, "user 1", at, HOSTILE, 0))
        for number in numbers:
            basis = NewConsent("profiling", "consent", True, HOSTILE, "v1", HOSTILE, at)
            add_consent(connection, number, basis, at)
            score = GivenScore(
                number, at, at, 0.25, 95, "A", "model", None, "m/1", None, 0.0, 0.0, {}
            )  # fmt: skip
            give_scores(connection, [score])
            for n, stage in enumerate(("MQL", "recycled")):
                moved = StageEntry(number, stage, at + n, "mia")
                add_stages(connection, [moved._replace(role="sales", reason="no_time")], at)


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
    page.wait_for_url(re.compile("/app/(leads|profile)$"))


def barriers(page: Page) -> list[str]:
    """Return what axe finds, which is put into the page in spite of its policy."""
    found = Axe().run(page, options={"reporter": "no-passes"}).response["violations"]
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


def barriers_at(page: Page, width: int) -> list[str]:
    """Return the barriers of a page in a window of a width, after it was seen to fit into each."""
    for each in (*WIDTHS, width):
        page.set_viewport_size({"width": each, "height": 800})
        assert fits(page), (page.url, each)
    return barriers(page)


def changed_agreements(page: Page, width: int) -> list[str]:
    """Return the barriers of all that is shown while agreements are changed."""
    found = []
    lifecycle = SHIPPED.read_text(encoding="utf-8")
    anybody = lifecycle.replace("consent = true, fit_at_least = 0.0", "consent = true", 1)
    rules = SHIPPED_RULES.read_text(encoding="utf-8").replace("mal = 20", "mal = 1")
    for kind, text in (("lifecycle", anybody), ("lifecycle", "version ="), ("rules", rules)):
        page.goto(f"/app/agreed/{kind}/edit")
        page.fill("#text", text)
        page.click("main form button")
        page.wait_for_url(f"**/app/agreed/{kind}/try")
        found += barriers_at(page, width)
    return found


# Words stand in the same places whatever their colours, and in the same order at any width.
@pytest.mark.parametrize(
    ("language", "scheme", "width"), [*zip(LANGUAGES, SCHEMES, WIDTHS, strict=True)]
)
def test_no_page_has_barriers(
    chromium: Browser, address: str, language: Language, scheme: Scheme, width: int
) -> None:
    found = []
    with opened(chromium, address, language=language, scheme=scheme, width=width) as page:
        page.goto("/app/login")
        found += barriers(page)
        page.fill("#email", "nobody@example.com")
        page.fill("#password", "wrong")
        page.click("main button")
        found += barriers(page)
        log_in(page)
        for path in ("/app/profile", "/app/users", "/app/keys", "/app/missing", *LEADS, *PAGES):
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            found += barriers_at(page, width)
        page.goto("/app/users")
        page.fill("#email", "anna@example.com")
        page.fill("#name", "Anna")
        page.click(".panel button")
        found += barriers(page)
        page.goto("/app/keys")
        page.fill("#name", "a system")
        page.click(".panel button")
        found += barriers(page)
        found += changed_agreements(page, width)
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


def test_the_list_is_searched_while_one_types(chromium: Browser, address: str) -> None:
    with opened(chromium, address) as page:
        log_in(page)
        page.goto("/app/leads")
        expect(page.locator("a.name")).to_have_count(4)
        page.fill("#q", "helg")
        expect(page.locator("a.name")).to_have_text(["Helga Heiß"])
        expect(page.locator("#told")).to_have_text("1 leads found.")
        assert page.evaluate("document.activeElement.id") == "q"
        assert "q=helg" in page.url
        page.fill("#q", "nobody at all")
        expect(page.locator(".empty h2")).to_have_text("Nobody fits that")


def test_a_lead_is_decided_with_and_without_scripts(chromium: Browser, address: str) -> None:
    for scripts in (True, False):
        with opened(chromium, address, scripts=scripts) as page:
            log_in(page)
            page.goto("/app/leads/hot")
            if scripts:
                # What to ask is computed after the page is there.
                expect(page.locator("#question a")).to_have_count(0)
                page.locator("#what-if #value").fill("student")
                page.get_by_role("button", name="Compute").click()
                expect(page.locator(".supposed")).to_contain_text("If role were student")
                assert "value=student" not in page.url
            else:
                page.click("#question a")
                expect(page.locator("h1")).to_have_text("The best next question")
                page.click("text=To the lead")
                page.click("text=Reject")
                page.locator("#reason-disqualified").select_option("spam")
                page.locator("#note-disqualified").fill(HOSTILE)
                page.locator(".decision:has(#reason-disqualified) button").click()
                expect(page.locator(".note.done")).to_have_text("The stage is changed.")
                expect(page.locator(".standing .stage")).to_have_text("Disqualified")


def test_a_list_is_tried_in_place_and_taken(chromium: Browser, address: str) -> None:
    content = b"Nachname;E-Mail\nBaer;baer@example.com\n"
    with opened(chromium, address) as page:
        log_in(page, "anna")
        page.goto("/app/data/imports")
        chosen: FilePayload = {"name": "l.csv", "mimeType": "text/csv", "buffer": content}
        page.set_input_files("#file", chosen)
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("#report-title")).to_have_text("Tried: nothing was changed")
        # The file that was chosen stays chosen.
        page.get_by_role("button", name="Take it").click()
        expect(page.locator("#report-title")).to_have_text("Taken")
        page.fill("#occurred", "gestern")
        page.get_by_role("button", name="Take it").click()
        expect(page.locator("#report-title")).to_have_text("This file cannot be taken")


def test_rules_are_changed_and_undone_without_scripts(chromium: Browser, address: str) -> None:
    with opened(chromium, address, scripts=False) as page:
        log_in(page, "anna")
        page.goto("/app/agreed/lifecycle")
        page.get_by_role("link", name="Edit").click()
        text = page.input_value("#text")
        page.fill("#text", text.replace('version = "1"', 'version = "2026-11"'))
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Go on editing").click()
        page.fill("#note", "fair")
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".note.done")).to_contain_text("Saved")
        expect(page.locator(".facts")).to_contain_text("2026-11")
        page.get_by_role("link", name="Look at version 0").click()
        page.get_by_role("button", name="Back to version 0").click()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("tbody")).to_contain_text("back to 0")
