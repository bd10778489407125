"""The pages on imports, duplicates, consent and the audit."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from features.contract.clock import now
from serving.access.role import Role
from serving.http.state import ServiceState
from serving.record.access.audit_log import AuditEntry, Wanted, audit_log
from serving.record.access.audits import note_audit
from serving.record.identity.duplicates import FoundPair, suggest
from serving.record.leads.leads import find_lead
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.schema import lead
from tests.serving.http.pages.browser import Browser, text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.record.telling import HOUR, put, told

HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 7 }}"
LIST = "Vorname;Nachname;E-Mail;Branche\nMax;Müller;max@example.com;Chemie\nEva;Bär;{};IT\n"


@pytest.fixture
def browser(added: Added, opened: Opened) -> Browser:
    """Return the browser of somebody who tends leads."""
    added("ben", "marketing")
    return opened("ben")


def sent(browser: Browser, content: str, do: str = "try", name: str = "l.csv", **more: str) -> str:
    """Send a list, and return what is read of the answer."""
    browser.get("/app/data/imports")
    return text_of(
        browser.http.post(
            "/app/data/imports",
            data={"form_token": browser.token, "do": do, **more},
            files={"file": (name, content.encode())},
        )
    )


def leads(state: ServiceState) -> int:
    with state.kept().database.reading() as connection:
        return connection.execute(select(func.count()).select_from(lead)).scalar_one()


def audited(state: ServiceState, **wanted: str) -> list[AuditEntry]:
    with state.kept().database.reading() as connection:
        return audit_log(connection, Wanted(**wanted), 100)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["sales", "data"])
def test_others_do_not_get_at_them(added: Added, opened: Opened, role: Role) -> None:
    added("mia", role)
    mia = opened("mia")
    for path in (
        "/app/data", "/app/data/imports", "/app/data/duplicates",
        "/app/data/duplicates/pair?one=a&other=b", "/app/data/consent",
        "/app/data/consent/a", "/app/audit",
    ):  # fmt: skip
        assert mia.get(path).status_code == 403, path
    for path in (
        "/app/data/imports", "/app/data/duplicates/join", "/app/data/duplicates/different",
        "/app/data/duplicates/merges/1/undo", "/app/data/consent", "/app/data/consent/a",
    ):  # fmt: skip
        assert mia.send(path).status_code == 403, path


def test_a_list_is_tried_and_then_taken(browser: Browser, state: ServiceState) -> None:
    good = LIST.format("eva@example.com")
    shown = sent(browser, good, source="fair")
    assert "Tried: nothing was changed" in shown and "new leads 2" in shown
    assert "E-Mail → contact.email" in shown
    assert leads(state) == 0
    assert "Taken CSV" in sent(browser, good, "keep", source="fair")
    assert leads(state) == 2
    assert {one.actor for one in audited(state, action="told")} == {"user 1"}
    assert "unchanged leads 2" in sent(browser, good, "keep", source="fair")


def test_a_list_with_mistakes_is_refused_whole_or_taken_in_part(
    browser: Browser, state: ServiceState
) -> None:
    bad = LIST.format(HOSTILE)
    shown = sent(browser, bad, "keep")
    assert "Not taken" in shown and "Line 3 , E-Mail: is no e-mail address" in shown
    assert leads(state) == 0
    assert "Taken" in sent(browser, bad, "keep", skip_bad_rows="yes")
    assert leads(state) == 1


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("", {}, "no file was chosen"),
        ("x", {}, "This file cannot be taken"),
        (LIST.format("e@example.com"), {"occurred": "gestern"}, "occurred: is no date"),
        (LIST.format("e@example.com"), {"at": "01.03.2026"}, "belongs to an event"),
        (LIST.format("e@example.com"), {"source": "max@example.com"}, "source: holds an e-mail"),
        (LIST.format("e@example.com"), {"columns": HOSTILE}, "say a column as"),
        (LIST.format("e@example.com"), {"columns": "Branche=x.y"}, "cannot become 'x.y'"),
        ("[" * 9_000, {}, "This file cannot be taken"),
    ],
)
def test_what_cannot_be_read_is_told(
    browser: Browser, state: ServiceState, content: str, more: dict[str, str], said: str
) -> None:
    name = "l.json" if content.startswith("[") else "l.csv" if content else ""
    assert said in sent(browser, content, "keep", name, **more)
    assert leads(state) == 0


def pair(state: ServiceState) -> None:
    """Let there be two leads that may be one person."""
    one, other = (
        put(state.kept().database, told(lead_id, profile={"role": role})).number
        for lead_id, role in (("a/b " + HOSTILE, "CEO"), ("c", HOSTILE))
    )
    with state.kept().database.writing() as connection:
        suggest(connection, [FoundPair(one, other, True, False, 0.9, 0.8)])


def test_duplicates_are_compared_merged_and_taken_apart(
    browser: Browser, state: ServiceState
) -> None:
    assert "No duplicates" in text_of(browser.get("/app/data/duplicates"))
    pair(state)
    page = browser.get("/app/data/duplicates")
    assert "same e-mail address" in text_of(page) and "<script>alert" not in page.text
    address = re.search(r'href="(/app/data/duplicates/pair[^"]+)"', page.text)
    assert address is not None
    compared = browser.get(address[1].replace("&amp;", "&"))
    assert "CEO" in text_of(compared) and "<script>alert" not in compared.text
    kept, joined = "a/b " + HOSTILE, "c"
    answer = browser.send("/app/data/duplicates/join", kept=kept, joined=joined)
    assert answer.status_code == 303
    assert browser.send("/app/data/duplicates/join", kept=kept, joined=joined).status_code == 409
    shown = text_of(browser.get("/app/data/duplicates"))
    assert "Merged last" in shown and "same e-mail address" not in shown
    assert "one lead already" in text_of(browser.get(address[1].replace("&amp;", "&")))
    assert browser.send("/app/data/duplicates/merges/1/undo").status_code == 303
    assert browser.send("/app/data/duplicates/merges/9/undo").status_code == 404
    assert "same e-mail address" in text_of(browser.get("/app/data/duplicates"))
    actions = [one.action for one in audited(state, actor="user 1")]
    assert actions.count("merged") == 2 and actions.count("taken_apart") == 2


def test_two_people_are_told_apart(browser: Browser, state: ServiceState) -> None:
    pair(state)
    both = {"one": "a/b " + HOSTILE, "other": "c"}
    assert browser.send("/app/data/duplicates/different", **both).status_code == 303
    assert "No duplicates" in text_of(browser.get("/app/data/duplicates"))
    assert browser.send("/app/data/duplicates/different", one="c", other="c").status_code == 409
    assert browser.send("/app/data/duplicates/different", one="c", other="x").status_code == 404
    assert browser.get("/app/data/duplicates?cursor=nonsense").status_code == 422


def test_consent_is_looked_up_and_withdrawn(browser: Browser, state: ServiceState) -> None:
    lead_id, at = "a/b " + HOSTILE, now() - HOUR
    sent(browser, f"id;E-Mail\n{quote('x')};max@example.com\n", "keep")
    number = put(state.kept().database, told(lead_id)).number
    with state.kept().database.writing() as connection:
        given = NewConsent("profiling", "consent", True, HOSTILE, "v1", "p", at)
        add_consent(connection, number, given, at)
    assert browser.send("/app/data/consent", who="nobody").status_code == 404
    assert browser.send("/app/data/consent", who="max@example.com").status_code == 303
    found = browser.send("/app/data/consent", who=lead_id)
    path = found.headers["location"]
    page = browser.get(path)
    assert "may be scored" in text_of(page) and "<script>alert" not in page.text
    ground = {"purpose": "profiling", "basis": "consent"}
    assert browser.send(path, purpose="profiling", basis="x").status_code == 409
    assert browser.send(path, **ground).status_code == 303
    assert browser.send(path, **ground).status_code == 409
    shown = text_of(browser.get(path))
    assert "is not scored" in shown and "Nothing is given" in shown and "workspace" in shown
    assert browser.get("/app/data/consent/unknown").status_code == 404
    with state.kept().database.reading() as connection:
        stored = find_lead(connection, lead_id)
        assert stored is not None
    assert [one.action for one in audited(state, actor="user 1") if one.lead == number] == [
        "told"
    ]  # fmt: skip


def test_the_audit_is_filtered_and_read_on(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    anna = opened("anna")
    number = put(state.kept().database, told("L-1")).number
    with state.kept().database.writing() as connection:
        for n in range(250):
            note_audit(
                connection, now(), "crm", "told", number if n % 2 else None, f"{n} {HOSTILE}"
            )
        note_audit(connection, now(), "crm", "erased", number + 99, None)
    first = anna.get("/app/audit?actor=crm&action=told")
    assert "249 " in text_of(first) and "<script>alert" not in first.text
    assert "Older entries" in text_of(first)
    older = re.search(r'href="(/app/audit[^"]*before=\d+)"', first.text)
    assert older is not None
    second = text_of(anna.get(older[1].replace("&amp;", "&")))
    assert "149 " in second and "150 " not in second
    shown = text_of(anna.get("/app/audit?lead=L-1&action=told"))
    assert "249 " in shown and "248 " not in shown
    assert f"gone (no. {number + 99})" in text_of(anna.get("/app/audit?action=erased"))
    assert "There is no such lead" in text_of(anna.get("/app/audit?lead=unknown"))
    assert "The audit has nothing" in text_of(anna.get("/app/audit?actor=nobody"))
    for bad in ("before=x", "before=-1", f"before={'9' * 19}", "actor=%00"):
        assert anna.get(f"/app/audit?{bad}").status_code == 400
