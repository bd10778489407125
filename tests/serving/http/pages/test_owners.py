"""Who owns leads in the workspace: on the list, on the page, and handed on."""

import httpx
import pytest

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.record.access.users import disable_user
from serving.work.rescoring import rescore_due
from tests.serving.http.pages.browser import Browser, text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.http.pages.test_lead import PROFILE
from tests.serving.http.routes.pages.test_leads import HOT, names, put


@pytest.fixture
def filled(client: httpx.Client, state: ServiceState) -> None:
    for lead_id in ("one", "two", "three"):
        put(client, lead_id, f"Frau {lead_id}", *HOT, profile=PROFILE)
    while rescore_due(state.kept(), state.loaded(), now()):
        pass


@pytest.fixture
def mia(added: Added, opened: Opened) -> Browser:
    added("mia", "sales")
    browser: Browser = opened("mia")
    return browser


def test_who_accepts_owns_and_finds_it_among_theirs(filled: None, mia: Browser) -> None:
    assert names(mia.get("/app/leads?owner=mine")) == []
    mia.get("/app/leads/one")
    assert mia.send("/app/moves/one", to="SAL", expected="MQL").status_code == 303
    page = mia.get("/app/leads?owner=mine")
    assert names(page) == ["one"] and "Owner: Mia" in text_of(page)
    assert sorted(names(mia.get("/app/leads?owner=nobody"))) == ["three", "two"]
    assert "Handed on" not in text_of(page) and 'action="/app/owners"' not in page.text


def test_a_lead_is_given_to_somebody_else(
    filled: None, mia: Browser, added: Added, opened: Opened
) -> None:
    ben, data = added("ben", "sales"), added("dora", "data")
    assert '<option value="">nobody</option>' not in mia.get("/app/leads").text
    page = mia.get("/app/leads/one")
    assert '<option value="" selected>nobody</option>' in page.text
    assert f'<option value="{ben.actor}">Ben</option>' in page.text and "Dora" not in page.text
    assert mia.send("/app/owners/one", owner=ben.actor, expected="").status_code == 303
    assert "The owner is changed." in text_of(mia.get("/app/leads/one"))
    assert names(opened("ben").get("/app/leads?owner=mine")) == ["one"]
    # Somebody who looks at an older page.
    answer = mia.send("/app/owners/one", owner="user 1", expected="")
    assert answer.status_code == 409 and "nothing was changed" in text_of(answer)
    for wrong in ("u-17", data.actor, "user 99", "ben@example.com", "\0"):
        sent = mia.send("/app/owners/one", owner=wrong, expected=ben.actor)
        assert sent.status_code == 400, wrong
    assert mia.send("/app/owners/one", owner="", expected=ben.actor).status_code == 303
    assert len(names(mia.get("/app/leads?owner=nobody"))) == 3
    assert mia.send("/app/owners/x", owner="", expected="").status_code == 404


def test_marketing_sees_owners_and_changes_none(
    filled: None, client: httpx.Client, added: Added, opened: Opened
) -> None:
    client.put("/v1/leads/one/owner", json={"owner": "0055g"}).raise_for_status()
    added("ben", "marketing")
    browser = opened("ben")
    page = browser.get("/app/leads/one")
    assert "Owner: 0055g" in text_of(page) and "/app/owners" not in page.text
    assert browser.send("/app/owners/one", owner="", expected="0055g").status_code == 403
    assert browser.send("/app/owners", **{"from": "0055g", "to": ""}).status_code == 403
    assert names(browser.get("/app/leads?owner=0055g")) == ["one"]


def test_leads_of_who_left_are_found_and_handed_on(
    filled: None,
    client: httpx.Client,
    state: ServiceState,
    mia: Browser,
    added: Added,
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("serving.stored.owning.HANDED_ON_AT_ONCE", 1)
    left, anna = added("leo", "sales"), added("anna", "admin")
    for lead_id in ("one", "two"):
        client.put(f"/v1/leads/{lead_id}/owner", json={"owner": "leo@example.com"})
    with state.kept().database.writing() as connection:
        disable_user(connection, now(), "test", left)
    browser = opened("anna")
    page = browser.get(f"/app/leads?owner={left.actor}")
    assert sorted(names(page)) == ["one", "two"]
    assert "Leo (disabled)" in text_of(page) and "Hand on all leads of Leo (disabled)" in text_of(
        page
    )
    for wrong in ({"to": left.actor}, {"to": "u-1"}, {"to": anna.actor, "from": ""}):
        assert browser.send("/app/owners", **{"from": left.actor, **wrong}).status_code == 400
    sent = browser.send("/app/owners", **{"from": left.actor, "to": "user 1"})
    assert sent.headers["location"] == "/app/leads?stage=open&owner=user+1"
    assert sorted(names(mia.get("/app/leads?owner=mine"))) == ["one", "two"]
    # Nobody has any of them still, so nobody looks for them.
    assert "Leo" not in browser.get("/app/leads").text


def test_an_owner_that_no_text_can_name_is_refused(mia: Browser) -> None:
    assert mia.get("/app/leads?owner=%00").status_code == 400
    assert names(mia.get("/app/leads?owner=%3Cscript%3E")) == []
