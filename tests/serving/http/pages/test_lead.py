"""The page on a lead: what it says, to whom, and what can be done on it."""

import math
import re
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import func, select

from features.contract.clock import now
from features.contract.group import Group
from serving.http.state import ServiceState
from serving.record.schema import audit, bant_report, feedback, profile_value, stage_change
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.use_cases import OwnModel
from serving.work.rescoring import rescore_due
from tests.serving.http.pages.browser import Browser, text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.http.pages.test_frame import HOSTILE
from tests.serving.http.routes.pages.test_leads import CONSENT, HOT, put
from tests.tiny import tiny_training

PROFILE = {"role": "CEO", "employees": 240, "industry": "Maschinenbau"}


@pytest.fixture
def hot(client: httpx.Client, state: ServiceState) -> None:
    put(client, "L", "Helga Heiß", *HOT, profile=PROFILE, account_id="firm")
    put(client, "C", "Carl Kollege", account_id="firm")
    rescore_due(state.kept(), state.loaded(), now())


@pytest.fixture
def mia(added: Added, opened: Opened) -> Browser:
    added("mia", "sales")
    browser: Browser = opened("mia")
    return browser


def test_the_page_says_what_the_answer_says(hot: None, mia: Browser, client: httpx.Client) -> None:
    page = mia.get("/app/leads/L")
    assert page.status_code == 200
    said = text_of(page)
    answer = client.get("/v1/leads/L/score", params={"language": "en"}).json()
    for reason in answer["reasons"]:
        assert reason["text"] in said
        assert f"{reason['contribution']:+.2f}".replace("-", "−") in said
    for value in (answer["log_odds"], answer["fit"], answer["behaviour"]):
        assert f"{value:+.2f}".replace("-", "−") in said
    assert f"Score {answer['score']} of 100" in said and f"Grade {answer['grade']}" in said
    assert "Rules instead of a model" in said
    assert "helga" not in said and "L@example.com" not in said and "l@example.com" in said
    assert "Carl Kollege" in said and "Anybody here will become SQL" in said
    assert "0 of 4 established" in said
    # Each event with what it adds; of the three, each fires a rule.
    timeline = page.text.split('id="timeline-title"')[1]
    assert timeline.count('<li class="up">') == 3


def test_every_look_is_in_the_audit_by_number(hot: None, mia: Browser, state: ServiceState) -> None:
    mia.get("/app/leads/L")
    state.kept().ledger.flush()
    with state.kept().database.reading() as connection:
        looks = connection.execute(select(audit.c.actor).where(audit.c.action == "seen")).all()
    assert [actor for [actor] in looks] == ["user 1"]


def test_a_lead_without_consent_is_not_profiled(
    client: httpx.Client, state: ServiceState, mia: Browser
) -> None:
    put(client, "N", "Nina Nein", *HOT, consents=[], profile=PROFILE)
    rescore_due(state.kept(), state.loaded(), now())
    page = mia.get("/app/leads/N")
    said = text_of(page)
    assert "No valid basis for profiling is recorded for this lead (consent)" in said
    for absent in ("Why this score", "What happened", "What changed", "What if", "Grade", "in 10"):
        assert absent not in said, absent
    assert "n@example.com" in said
    assert "Nothing is recorded." in said


def test_a_withdrawal_takes_the_score_away_at_once(
    hot: None, client: httpx.Client, mia: Browser
) -> None:
    assert "Why this score" in text_of(mia.get("/app/leads/L"))
    withdrawn = {"consents": [{**CONSENT, "given": False}]}
    client.patch("/v1/leads/L", json=withdrawn).raise_for_status()
    said = text_of(mia.get("/app/leads/L?since=0&field=role&value=x"))
    assert "No score" in said and "withdrawn" in said and "What happened" not in said


def test_others_without_a_score(
    client: httpx.Client, state: ServiceState, mia: Browser, hot: None
) -> None:
    told = {"events": [{"anonymous_id": "a-1", "event_type": "page_view"}]}
    client.post("/v1/events", json=told).raise_for_status()
    with state.kept().database.reading() as connection:
        [[visitor]] = connection.exec_driver_sql("SELECT lead_id FROM lead WHERE kind = 'visitor'")
    assert "Nobody knows who this visitor is" in text_of(mia.get(f"/app/leads/{quote(visitor)}"))
    scoring, state.scoring = state.scoring, None
    said = text_of(mia.get("/app/leads/L"))
    assert "The score will be there in a few seconds" in said and "Helga Heiß" in said
    state.scoring = scoring
    assert mia.get("/app/leads/unknown").status_code == 404
    assert mia.get("/app/leads/").status_code == 404


def test_sales_accepts_and_rejects_with_a_reason(
    hot: None, mia: Browser, state: ServiceState
) -> None:
    said = text_of(mia.get("/app/leads/L"))
    assert "MQL" in said and "Accept" in said
    answer = mia.send("/app/moves/L", to="SAL", expected="MQL")
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/leads/L")
    said = text_of(mia.get("/app/leads/L"))
    assert "The stage is changed." in said and "Accepted by sales." in said
    assert "BANT established in 0 of 4 parts, needed 4" in said
    # No reason, an unknown one, and one with a note.
    for reason in ("", "because"):
        answer = mia.send("/app/moves/L", to="recycled", expected="SAL", reason=reason)
        assert answer.status_code == 422 and "Choose a reason." in text_of(answer)
    answer = mia.send("/app/moves/L", to="recycled", expected="SAL", reason="no_time", note=HOSTILE)
    assert answer.status_code == 303
    page = mia.get("/app/leads/L")
    assert "No time" in text_of(page) and HOSTILE in text_of(page)
    assert "<script>alert" not in page.text
    assert "Sales: Mia" in text_of(page)


def test_of_two_who_move_a_lead_at_once_the_second_is_told(
    hot: None, mia: Browser, added: Added, opened: Opened, state: ServiceState
) -> None:
    added()
    anna = opened("anna")
    mia.get("/app/leads/L")
    anna.get("/app/leads/L")
    assert mia.send("/app/moves/L", to="SAL", expected="MQL").status_code == 303
    answer = anna.send("/app/moves/L", to="disqualified", expected="MQL", reason="spam")
    assert answer.status_code == 409
    assert "Somebody was faster; nothing was changed." in text_of(answer)
    assert "Accepted by sales." in text_of(answer)
    with state.kept().database.reading() as connection:
        stages = connection.execute(
            select(stage_change.c.stage, stage_change.c.source).where(stage_change.c.role != "rule")
        )
        assert stages.all() == [("SAL", "user 1")]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"to": "SQL", "expected": "MQL"}, 409),
        ({"to": "customer", "expected": "MQL"}, 409),
        ({"to": "x", "expected": "MQL"}, 400),
        ({"to": "SAL", "expected": "x"}, 400),
        ({"to": "SAL"}, 400),
        ({"to": "disqualified", "expected": "MQL", "reason": "spam", "note": "x" * 2001}, 422),
    ],
)
def test_what_is_not_agreed_on_changes_nothing(
    hot: None, mia: Browser, state: ServiceState, form: dict[str, str], status: int
) -> None:
    mia.get("/app/leads/L")
    with state.kept().database.reading() as connection:
        before = connection.execute(select(func.count()).select_from(stage_change)).scalar_one()
    answer = mia.send("/app/moves/L", **form)
    assert answer.status_code == status
    with state.kept().database.reading() as connection:
        after = connection.execute(select(func.count()).select_from(stage_change)).scalar_one()
    assert after == before


def test_marketing_sees_and_does_not_decide(hot: None, added: Added, opened: Opened) -> None:
    added("ben", "marketing")
    browser = opened("ben")
    page = browser.get("/app/leads/L")
    assert "Sales decides about leads." in text_of(page)
    assert 'action="/app/moves' not in page.text and 'action="/app/bant' not in page.text
    for path in ("moves", "bant", "wrong-reasons"):
        assert browser.send(f"/app/{path}/L", to="SAL", expected="MQL").status_code == 403


def test_bant_is_kept(hot: None, mia: Browser, state: ServiceState) -> None:
    mia.get("/app/leads/L")
    answer = mia.send(
        "/app/bant/L", at_least="20.000", at_most="40.000,50", currency="EUR",
        authority="decides", need="Ersatz Altsystem", timeline="none", source="call",
        confidence="likely", note="Budgetrunde im Herbst",
    )  # fmt: skip
    assert answer.status_code == 303
    with state.kept().database.reading() as connection:
        [row] = connection.execute(select(bant_report)).mappings()
    assert row["said"] == {
        "budget": {"at_least": 20_000, "at_most": 40_000.5, "currency": "EUR"},
        "authority": {"part": "decides"}, "need": {"code": "ersatz_altsystem"}, "timeline": None,
    }  # fmt: skip
    assert (row["confidence"], row["by"]) == (0.8, "user 1")
    said = text_of(mia.get("/app/leads/L"))
    assert "3 of 4 established" in said and "20,000–40,000.5 EUR" in said
    assert "ersatz altsystem" in said and "asked: none" in said


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({}, 422, "Fill in at least one of the four."),
        ({"at_least": "viel"}, 422, "Amounts are numbers from 0"),
        ({"at_least": "5", "at_most": "3"}, 422, "Amounts are numbers from 0"),
        ({"at_least": "-1"}, 422, "Amounts are numbers from 0"),
        ({"at_least": "nan"}, 422, "Amounts are numbers from 0"),
        ({"need": "!?"}, 422, "Up to 60 letters or digits."),
        ({"authority": "rules"}, 400, "That does not work"),
        ({"timeline": "2026-Q9"}, 400, "That does not work"),
        ({"need": "x", "source": "rumour"}, 400, "That does not work"),
        ({"need": "x", "confidence": "2"}, 400, "That does not work"),
        ({"need": "x", "note": "x" * 2001}, 422, "Please correct the marked fields."),
    ],
)
def test_bant_that_cannot_be_read_is_told(
    hot: None, mia: Browser, state: ServiceState, form: dict[str, str], status: int, said: str
) -> None:
    mia.get("/app/leads/L")
    usual = {"currency": "EUR", "source": "call", "confidence": "likely"}
    answer = mia.send("/app/bant/L", **{**usual, **form})
    assert answer.status_code == status
    assert said in text_of(answer)
    with state.kept().database.reading() as connection:
        assert connection.execute(select(bant_report)).all() == []


def test_a_reason_is_called_wrong_once(hot: None, mia: Browser, state: ServiceState) -> None:
    page = mia.get("/app/leads/L")
    subject = re.findall(r'name="subject" value="([^"]+)"', page.text)[0]
    for _ in range(2):
        assert mia.send("/app/wrong-reasons/L", subject=subject).status_code == 303
    with state.kept().database.reading() as connection:
        rows = connection.execute(select(feedback.c.kind, feedback.c.subject, feedback.c.by)).all()
    assert set(rows) == {("wrong_reason", subject, "user 1")}
    page = mia.get("/app/leads/L")
    assert "Reported as wrong" in text_of(page)
    assert f'value="{subject}"' not in page.text
    assert mia.send("/app/wrong-reasons/L", subject="made up").status_code == 400


def test_what_if_is_computed_and_kept_nowhere(
    hot: None, mia: Browser, client: httpx.Client, state: ServiceState
) -> None:
    said = text_of(mia.get("/app/leads/L?field=role&value=student"))
    changed = client.get("/v1/leads/L/score").json()
    assert "If role were student, it would say about" in said
    with state.kept().database.reading() as connection:
        values = connection.execute(
            select(profile_value.c.value).where(profile_value.c.field == "role")
        ).scalars()
        assert list(values) == ["CEO"]
    client.patch("/v1/leads/L", json={"profile": {"role": "student"}}).raise_for_status()
    supposed = client.get("/v1/leads/L/score").json()
    assert supposed["probability"] != changed["probability"]
    assert f"grade {supposed['grade']}, instead of" in said
    for query, mistake in (
        ("field=nothing&value=1", "Choose a field."),
        ("field=employees&value=many", "A number is needed here"),
        (f"field=role&value={'x' * 201}", "200 characters at most."),
    ):
        page = mia.get(f"/app/leads/L?{query}")
        assert page.status_code == 200 and mistake in text_of(page)


def test_why_the_score_changed_since_a_moment(
    hot: None, mia: Browser, client: httpx.Client
) -> None:
    since = now()
    more = {"events": [{"lead_id": "L", "event_type": "whitepaper"}]}
    client.post("/v1/events", json=more).raise_for_status()
    said = text_of(mia.get(f"/app/leads/L?since={since}"))
    assert "What the lead did" in said
    assert "Nothing has changed." in text_of(mia.get(f"/app/leads/L?since={now()}"))
    for odd in ("0", str(2**53)):
        assert mia.get(f"/app/leads/L?since={odd}").status_code == 200
    for wrong in ("-1", "x", str(2**60)):
        assert mia.get(f"/app/leads/L?since={wrong}").status_code == 404


def test_hostile_text_is_text_everywhere(
    client: httpx.Client, state: ServiceState, mia: Browser
) -> None:
    lead_id = "<i>1/2?&#x\"'"
    lead = {
        "account_id": "A<b>x</b>", "profile": {"role": HOSTILE, HOSTILE[:60]: HOSTILE},
        "contact": {"name": HOSTILE, "company": HOSTILE, "email": "x@example.com"},
        "consents": [{**CONSENT, "source": HOSTILE}],
    }  # fmt: skip
    path = quote(lead_id, safe="")
    client.put(f"/v1/leads/{path}", json=lead).raise_for_status()
    events = [{"lead_id": lead_id, "event_type": HOSTILE, "item": HOSTILE}]
    client.post("/v1/events", json={"events": events}).raise_for_status()
    told = [{"lead_id": lead_id, "stage": HOSTILE}]
    client.post("/v1/stages", json={"stages": told}).raise_for_status()
    page = mia.get(f"/app/leads/{path}?field={quote(HOSTILE)}&value={quote(HOSTILE)}")
    assert page.status_code == 200
    for executed in ("<script>alert", "<img src=x", "<i>1", "A<b>", "49}}"):
        assert executed not in page.text
    assert text_of(page).count(HOSTILE) >= 6
    # Its forms lead back to it.
    [found] = re.findall(r'action="/app/bant/([^"]+)"', page.text)
    answer = mia.send(f"/app/bant/{found}", need="x", currency="EUR", source="call",
                      confidence="likely")  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, f"/app/leads/{path}")


def test_the_page_goes_by_the_model_of_its_use_case(
    hot: None, mia: Browser, state: ServiceState, tmp_path: Path
) -> None:
    assert state.scoring is not None
    model = tiny_training(trees=False).load(tmp_path / "own", "own/3")
    own = Scoring(state.scoring.rules, model, Conditions(deadline=math.inf))
    when: Group = {"industry": ("Maschinenbau",)}
    rules = state.scoring
    state.ready(rules.divided([OwnModel("machines", when, "models:/own/3", own)]))
    said = text_of(mia.get("/app/leads/L?field=employees&value=50"))
    assert "Model own/3 (use case machines)" in said
    # What only the model looks at can be supposed, and a reason of it be called wrong.
    assert "industry" in said and "What if" in said
    reasons = mia.send("/app/wrong-reasons/L", subject="profile.industry")
    assert reasons.status_code == 303
    state.ready(rules.divided([OwnModel("machines", when, "models:/own/3", None)]))
    said = text_of(mia.get("/app/leads/L"))
    assert "The model of the use case machines is not loaded" in said
    assert "Rules instead of a model" in said
