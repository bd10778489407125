"""The pages on the lifecycle and the rules: changed after a preview, by one at a time, undone."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from features.contract.clock import now
from serving.access.role import Role
from serving.http.state import ServiceState
from serving.lifecycle.agreement import SHIPPED
from serving.record.lifecycle.agreements import Version, agree, versions_of
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.schema import audit
from serving.scoring.rules import SHIPPED as SHIPPED_RULES
from tests.serving.http.pages.browser import Browser, text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.record.telling import HOUR, put, told

LIFECYCLE = SHIPPED.read_text(encoding="utf-8")
RULES = SHIPPED_RULES.read_text(encoding="utf-8")
OTHER = RULES.replace("sql = 80", "sql = 90")
HOSTILE = "</textarea><script>alert(1)</script>\"'&{{ 7 * 7 }}"
PATH = "/app/agreed/rules"


@pytest.fixture
def browser(added: Added, opened: Opened) -> Browser:
    """Return the browser of somebody who may change rules."""
    added("ben", "marketing")
    return opened("ben")


def kept(state: ServiceState, kind: str = "rules") -> list[Version]:
    with state.kept().database.reading() as connection:
        return versions_of(connection, kind)  # type: ignore[arg-type]


def typed(page: str) -> str:
    """Return what stands in the field for the text."""
    found = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def fill(state: ServiceState) -> None:
    """Let there be leads, all of whom may be scored."""
    at = now() - HOUR
    for lead_id, role in zip("abcde", ["CEO"] * 2 + ["student"] * 3, strict=True):
        number = put(
            state.kept().database, told(lead_id, at, created=at, profile={"role": role})
        ).number
        with state.kept().database.writing() as connection:
            basis = NewConsent("profiling", "consent", True, "t", None, None, at)
            add_consent(connection, number, basis, at)


@pytest.mark.parametrize("role", ["sales", "data"])
def test_all_may_read_and_not_all_may_change(added: Added, opened: Opened, role: Role) -> None:
    added("mia", role)
    mia = opened("mia")
    assert "from MAL by itself the profile counts at least 0" in text_of(mia.get("/app/agreed"))
    shown = text_of(mia.get(PATH))
    assert "Decides (management)" in shown and "+15" in shown and "Edit" not in shown
    assert mia.get(f"{PATH}/edit").status_code == 403
    for path in (PATH, f"{PATH}/try", f"{PATH}/edit"):
        assert mia.send(path, text=OTHER, base="0").status_code == 403
    assert "Back to version" not in text_of(mia.get(f"{PATH}/versions/0"))
    for path in ("/app/agreed/other", f"{PATH}/versions/1", f"{PATH}/versions/-1"):
        assert mia.get(path).status_code == 404


def test_a_change_is_tried_kept_and_undone(browser: Browser, state: ServiceState) -> None:
    assert typed(browser.get(f"{PATH}/edit").text) == RULES
    # As a browser sends it.
    sent = OTHER.replace("\n", "\r\n")
    tried = browser.send(f"{PATH}/try", text=sent, base="0", note="Messe")
    assert tried.status_code == 200 and kept(state) == []
    assert "new sql = 90" in text_of(tried)
    answer = browser.send(PATH, text=sent, base="0", note="Messe")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    [first] = kept(state)
    assert (first.version, first.text, first.note) == (1, OTHER, "Messe")
    page = text_of(browser.get(PATH))
    assert "1 newest Ben" in page and "Messe" in page and "SQL 90" in page
    assert "Back to version 0" in text_of(browser.get(f"{PATH}/versions/0"))
    back = {"text": RULES, "base": "1", "undone_from": "0"}
    assert browser.send(f"{PATH}/try", **back).status_code == 200
    assert browser.send(PATH, **back).status_code == 303
    assert [each.undone_from for each in kept(state)] == [0, None]
    # Whoever changes more does not go back.
    browser.send(PATH, text=OTHER, base="2", undone_from="0")
    assert [each.undone_from for each in kept(state)] == [None, 0, None]
    with state.kept().database.reading() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.action, audit.c.detail)).all()
    assert [tuple(row) for row in rows if row[1] == "rules_changed"] == [
        ("user 1", "rules_changed", "version 1"),
        ("user 1", "rules_changed", "version 2, as version 0 was"),
        ("user 1", "rules_changed", "version 3"),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("rules", "[", "rules.toml: is not TOML"),
        ("rules", RULES.replace("points = 15", "pionts = 15", 1), "did you mean 'points'?"),
        ("rules", HOSTILE, "is not TOML"),
        ("rules", "x = " + "[" * 9_000, "nested too deeply"),
        ("rules", "x" * 100_001, "more than 100,000 characters"),
        ("rules", RULES, "the one that counts already"),
        ("lifecycle", LIFECYCLE.replace("[stages.SAL]", ""), "there is no [stages.SAL]; add it"),
        ("lifecycle", LIFECYCLE.replace('to = "SAL"', 'to = "MQL"'), "leads to where it begins"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_is_kept(
    browser: Browser, state: ServiceState, kind: str, text: str, said: str
) -> None:
    for path in (f"/app/agreed/{kind}/try", f"/app/agreed/{kind}"):
        answer = browser.send(path, text=text, base="0", note=HOSTILE, sure="yes")
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert typed(answer.text).rstrip("\n") == text.rstrip("\n")
        assert "<script>alert" not in answer.text and ">49<" not in answer.text
    assert kept(state, kind) == []


def test_of_two_at_once_the_later_sees_both(
    browser: Browser, added: Added, opened: Opened, state: ServiceState
) -> None:
    added("anna", "admin", shown="Anna " + HOSTILE)
    other = opened("anna")
    assert other.send(PATH, text=OTHER, base="0", note=HOSTILE).status_code == 303
    mine = RULES.replace("mal = 20", "mal = 22")
    for path in (f"{PATH}/try", PATH):
        answer = browser.send(path, text=mine, base="0")
        assert answer.status_code == 409
        shown = text_of(answer)
        assert "There is version 1 now" in shown
        assert "gone sql = 90" in shown and "new sql = 80" in shown and "new mal = 22" in shown
        assert typed(answer.text) == mine
        assert 'name="base" value="1"' in answer.text
        assert "<script>alert" not in answer.text
    assert len(kept(state)) == 1
    assert browser.send(PATH, text=mine, base="1").status_code == 303


def test_a_change_that_moves_many_must_be_confirmed(browser: Browser, state: ServiceState) -> None:
    fill(state)
    for kind, text in (
        ("lifecycle", LIFECYCLE.replace("consent = true, fit_at_least = 0.0", "consent = true", 1)),
        ("rules", RULES.replace("mal = 20\nmql = 45\nsql = 80", "mal = 1\nmql = 2\nsql = 3")),
    ):
        tried = browser.send(f"/app/agreed/{kind}/try", text=text, base="0")
        assert tried.status_code == 200
        assert "of the leads" in text_of(tried) and 'name="sure"' in tried.text
        answer = browser.send(f"/app/agreed/{kind}", text=text, base="0")
        assert answer.status_code == 422 and "Confirm that" in text_of(answer)
        assert kept(state, kind) == []
        assert (
            browser.send(f"/app/agreed/{kind}", text=text, base="0", sure="yes").status_code == 303
        )
        assert len(kept(state, kind)) == 1


def test_a_preview_tells_what_last_month_would_have_been(
    browser: Browser, state: ServiceState
) -> None:
    fill(state)
    text = LIFECYCLE.replace("consent = true, fit_at_least = 0.0", "consent = true", 1)
    shown = text_of(browser.send("/app/agreed/lifecycle/try", text=text, base="0"))
    assert "Tried on 5 leads" in shown
    assert "lead 3 0 -3 MAL 2 5 +3" in shown
    assert "lead → MAL: 3" in shown


def test_a_version_that_cannot_be_used_is_told(browser: Browser, state: ServiceState) -> None:
    with state.kept().database.writing() as connection:
        agree(connection, Version("rules", 1, "x = 1", "user 9", now()))
    state.agreed().look()
    page = text_of(browser.get(PATH))
    assert "cannot use version 1; version 0 stays in force" in page
    assert "unknown key 'x'" in page and "user 9" in page
    assert "Decides (management)" in page


@pytest.mark.parametrize("field", ["base", "undone_from"])
def test_numbers_that_are_none_are_refused(browser: Browser, field: str) -> None:
    for sent in ("x", "-1", "1.5", "9" * 10, "²"):
        assert browser.send(PATH, text=OTHER, **{field: sent}).status_code == 400


def test_one_goes_on_editing_with_what_was_typed(browser: Browser) -> None:
    answer = browser.send(f"{PATH}/edit", text=HOSTILE, base="0", note="n")
    assert typed(answer.text) == HOSTILE + "\n"
