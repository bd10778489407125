"""The tour of the workspace, clicked in a real browser as its page is written."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page

from experiments.demo.past_weeks import PastWeeks
from experiments.simulator import simulate
from features.contract.clock import now
from features.contract.lead import moment
from serving.access.password import password_hash
from serving.record.access.users import add_user
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.record.upgrade import upgrade
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from tests.docs.markdown import ROOT
from tests.e2e.command import ENVIRONMENT, free_port, served
from training.progress import Progress

EMAIL, PASSWORD = "sales@example.com", "ein ganzer Satz als Passwort"
MOST_CLICKS = 9


def steps() -> list[str]:
    """Return the steps of the tour, as they are written."""
    page = (ROOT / "docs/sales.md").read_text(encoding="utf-8")
    tour = page.partition("## A tour of the workspace")[2].partition("\n## ")[0]
    return re.findall(r"^\d+\. (.+)$", tour, re.MULTILINE)


def clicks() -> list[str]:
    """Return what is to be clicked, in order."""
    return [name for step in steps() for name in re.findall(r"\*\*(.+?)\*\*", step)]


def test_the_tour_takes_fewer_than_ten_clicks() -> None:
    assert len(steps()) == 6
    assert clicks()[0] == "Log in" and clicks()[-1] == "Accept"
    assert len(clicks()) <= MOST_CLICKS
    assert EMAIL in steps()[0]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a record in which a sales team has worked up to now, as that of the demo."""
    folder = tmp_path_factory.mktemp("tour")
    at = now()
    market = simulate(folder, leads=450, seed=8, until=moment(at))
    database = Database(f"sqlite:///{folder / 'record.db'}")
    upgrade(database)
    scores = StoredScores(database, Policy())
    scoring = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
    PastWeeks(scores, scoring, market, at, 8).live(Progress())
    with database.writing() as connection:
        kept = password_hash(PASSWORD)
        add_user(connection, at, "test", email=EMAIL, name="Mia", role="sales", password=kept)
    scores.close()
    environment = {**ENVIRONMENT, "LEADSCORE_DATABASE_URL": database.shown}
    port = str(free_port())
    with served(["serve", "--port", port], folder, environment, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with chromium.new_context(locale="en-GB", java_script_enabled=request.param) as context:
        yield context.new_page()


def test_whoever_follows_the_tour_accepts_a_lead(address: str, page: Page) -> None:
    page.goto(f"{address}/app/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    for name in clicks():
        _click(page, name)
        page.wait_for_load_state()
    stage = page.locator("#stage")
    assert "SAL" in stage.inner_text()
    assert f"{datetime.now(UTC):%Y}" in stage.inner_text()
    assert page.locator(".done, [role=status]").first.is_visible()


def _click(page: Page, name: str) -> None:
    """Click what the page calls so."""
    if name == "first lead":
        page.locator("a.name").first.click()
        return
    if page.locator("option", has_text=re.compile(f"^{name}$")).count():
        page.get_by_label("Stage").select_option(label=name)
        return
    _named(page, name).first.click()


def _named(page: Page, name: str) -> Locator:
    summaries = page.locator("summary", has_text=re.compile(f"^{re.escape(name)}$"))
    return page.get_by_role("button", name=name, exact=True).or_(summaries)
