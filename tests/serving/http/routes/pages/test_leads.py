"""The list of work: who is on it, in which order, and what is said of them."""

import re

import httpx
import pytest

from features.contract.clock import now
from features.contract.duration import DAY_US
from serving.http.state import ServiceState
from serving.intake.duplicates import compare_waiting
from serving.record.leads.leads import find_leads
from serving.record.scores.scores import GivenScore, give_scores
from serving.stored.review import draw_week
from serving.work.rescoring import rescore_due
from tests.serving.http.pages.browser import text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.http.pages.test_frame import HOSTILE

CONSENT = {"purpose": "profiling", "source": "form"}
HOT = ("demo_request", "price_page", "webinar")


def put(client: httpx.Client, lead_id: str, name: str, *events: str, **told: object) -> None:
    contact = {"name": name, "company": f"{name} GmbH", "email": f"{lead_id}@example.com"}
    lead = {"contact": contact, "consents": [CONSENT], **told}
    client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()
    if events:
        sent = [{"lead_id": lead_id, "event_type": kind} for kind in events]
        client.post("/v1/events", json={"events": sent}).raise_for_status()


@pytest.fixture
def filled(client: httpx.Client, state: ServiceState) -> None:
    profile = {"role": "CEO", "employees": 240, "industry": "Maschinenbau"}
    put(client, "hot", "Helga Heiß", *HOT, profile=profile)
    put(client, "warm", "Willi Warm", "webinar", profile=profile)
    put(client, "cold", "Karl Kalt")
    put(client, "none", "Nina Nein", consents=[])
    settle(state)


def settle(state: ServiceState) -> None:
    rescore_due(state.kept(), state.loaded(), now())
    with state.kept().database.writing() as connection:
        compare_waiting(connection, 100)


def names(page: httpx.Response) -> list[str]:
    return re.findall(r'class="name" href="/app/leads/([^"]+)"', page.text)


def test_the_most_promising_come_first_with_their_reasons(
    filled: None, added: Added, opened: Opened
) -> None:
    added("mia", "sales")
    page = opened("mia").get("/app/")
    assert page.url.path == "/app/leads"
    assert names(page) == ["hot", "warm", "cold"]
    said = text_of(page)
    assert "Helga Heiß GmbH" in said and "MQL" in said and "new" in said
    assert "For it:" in said
    assert "3 leads; the oldest score is of" in said


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=MQL", ["hot", "warm"]),
        ("stage=all", ["hot", "warm", "cold"]),
        ("stage=customer", []),
        ("grade=A&grade=B", ["hot", "warm"]),
        ("grade=C&grade=D", ["cold"]),
        ("q=heiss", ["hot"]),
        ("q=gmbh", ["hot", "warm", "cold"]),
        ("q=gmbh&stage=all", ["hot", "warm", "cold", "none"]),
        ("q=none@example.com&stage=all", ["none"]),
        ("q=cold", ["cold"]),
        ("q=%3Cscript%3E", []),
    ],
)
def test_filters(
    filled: None, added: Added, opened: Opened, query: str, expected: list[str]
) -> None:
    added()
    page = opened("anna").get(f"/app/leads?{query}")
    assert page.status_code == 200
    assert names(page) == expected
    assert ("Nobody fits that" in text_of(page)) is (expected == [])


@pytest.mark.parametrize(
    "query", ["stage=x", "grade=E", "use_case=x", "after=x", "after=W10=", "stage=MQL%00"]
)
def test_what_no_form_asks_for_is_refused(added: Added, opened: Opened, query: str) -> None:
    added()
    page = opened("anna").get(f"/app/leads?{query}")
    assert page.status_code in (400, 422)
    assert "That does not work" in text_of(page)


def test_who_is_done_with_is_not_open(
    filled: None, client: httpx.Client, added: Added, opened: Opened
) -> None:
    added()
    browser = opened("anna")
    told = {"stages": [{"lead_id": "hot", "stage": "won"}]}
    client.post("/v1/stages", json=told).raise_for_status()
    # At once: nobody waits for the next score.
    assert names(browser.get("/app/leads")) == ["warm", "cold"]
    assert names(browser.get("/app/leads?stage=customer")) == ["hot"]


def test_pages_go_on_where_the_one_before_ended(
    client: httpx.Client, state: ServiceState, added: Added, opened: Opened
) -> None:
    added()
    for n in range(30):
        put(client, f"L{n}", f"Nr {n}", *HOT[: n % 3])
    settle(state)
    browser = opened("anna")
    first = browser.get("/app/leads?stage=all")
    [after] = re.findall(r'class="button" href="([^"]+)"', first.text)
    second = browser.get(after.replace("&amp;", "&"))
    assert len(names(first)) == 25 and len(names(second)) == 5
    assert {*names(first), *names(second)} == {f"L{n}" for n in range(30)}
    assert "To the beginning" in text_of(second) and "The next" not in text_of(second)


def test_what_changed_since_yesterday(
    filled: None, state: ServiceState, client: httpx.Client, added: Added, opened: Opened
) -> None:
    added()
    client.patch("/v1/leads/warm", json={"created_at": "2026-01-01T00:00:00Z"}).raise_for_status()
    settle(state)
    with state.kept().database.writing() as connection:
        hot = find_leads(connection, ["hot"])["hot"].number
        before = GivenScore(
            hot, now() - DAY_US - 10**9, now(), 0.001, 1, "D", "rules", None, None, None,
            0.0, 0.0, {},
        )  # fmt: skip
        give_scores(connection, [before])
        connection.exec_driver_sql("DELETE FROM current_score")
    client.patch("/v1/leads/hot", json={"profile": {"x": 1}}).raise_for_status()
    client.patch("/v1/leads/warm", json={"profile": {"x": 1}}).raise_for_status()
    settle(state)
    said = text_of(opened("anna").get("/app/leads?stage=all"))
    assert "D → A" in said
    assert "first score" in said


def test_a_lead_whose_basis_was_just_withdrawn_shows_no_score(
    filled: None, client: httpx.Client, added: Added, opened: Opened
) -> None:
    added()
    withdrawn = {"consents": [{**CONSENT, "given": False}]}
    client.patch("/v1/leads/hot", json=withdrawn).raise_for_status()
    said = text_of(opened("anna").get("/app/leads?q=helga"))
    assert "no score" in said and "in 10" not in said and "For it:" not in said


def test_an_empty_record_says_what_will_come(added: Added, opened: Opened) -> None:
    added("ben", "marketing")
    assert "Nobody has a score yet" in text_of(opened("ben").get("/app/leads"))


def test_data_scientists_see_no_leads(added: Added, opened: Opened) -> None:
    added("dan", "data")
    browser = opened("dan")
    assert browser.get("/app/").url.path == "/app/figures"
    assert browser.get("/app/leads").status_code == 403
    assert browser.get("/app/leads/L").status_code == 403


def test_hostile_text_is_text(
    client: httpx.Client, state: ServiceState, added: Added, opened: Opened
) -> None:
    added()
    put(client, "L", HOSTILE, HOSTILE[:100], "demo_request", account_id="A<b>")
    settle(state)
    page = opened("anna").get(f"/app/leads?q={HOSTILE[:20]}&stage=all")
    assert names(page) == ["L"]
    assert "<script>alert" not in page.text and "<img src=x" not in page.text
    assert HOSTILE in text_of(page)


def test_leads_that_were_drawn_are_put_before_people(
    filled: None, state: ServiceState, added: Added, opened: Opened
) -> None:
    added()
    browser, scores = opened("anna"), state.kept()
    assert names(browser.get("/app/leads?stage=review")) == []
    assert draw_week(scores.database, scores.lifecycle, scores.policy, now()) == 1
    page = browser.get("/app/leads?stage=review")
    assert names(page) == ["cold"]
    assert text_of(page).count("For review") == 2
    assert names(browser.get("/app/leads?stage=review&q=hei")) == []
