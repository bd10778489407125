"""People are alerted once of what happens, whatever is done again; on both databases."""

import json
import math
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from features.contract.duration import DAY_US, HOUR_US
from features.contract.lead import Event, micros, moment
from serving.intake.events import Whose
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.bant import Report
from serving.lifecycle.business_hours import BusinessHours
from serving.lifecycle.sla import SlaTerms, StageSla
from serving.lifecycle.sla_moments import RECENT_US
from serving.mail import OWNER, TO_OWNER, Mail, mail_server
from serving.pages.alerts import Reading
from serving.record.access.users import add_user, disable_user
from serving.record.database.database import Database
from serving.record.identity.merges import join_leads, undo_merge
from serving.record.leads.leads import find_lead, touch
from serving.record.leads.owners import set_owners
from serving.record.lifecycle.alerts import StoredAlert, list_alerts
from serving.record.lifecycle.bant import add_report
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.erasure import erase_lead, export_lead
from serving.record.privacy.policy import Policy
from serving.record.queue.outbox import Shape
from serving.record.queue.webhooks import Webhook, add_webhook, list_webhooks
from serving.record.schema import delivery, outbox, score_given, sla_clock
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.alerting import ALERT_RAISED
from serving.stored.scoring import StoredScores
from serving.work.backoff import PAUSES, SECOND_US
from serving.work.delivery import Deliveries
from serving.work.promises import look_at_promises
from serving.work.rescoring import rescore_due
from tests.serving.lifecycle.agreements import small
from tests.serving.post_office import PostOffice, free_port, mail_through, opened
from tests.serving.record.telling import did, put, told
from tests.serving.work.conftest import Receiver
from tests.serving.work.counted import Counted

SCORING = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
GERMAN = Reading("de", "Europe/Berlin", "https://leads.example.com")

HOURS = {
    "time_zone": "Europe/Berlin", "region": "DE",
    **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00"),
}  # fmt: skip
AGREED = Lifecycle.model_validate(
    small(
        sla={"hours": HOURS, "stages": {"MQL": {"within": "8h"}}},
        alerts=[
            {
                "name": "demo", "kind": "event", "events": ["demo_request"], "tell": ["sales"],
                "label": {"de": "Demo angefragt", "en": "Asked for a demo"},
            },
            {
                "name": "prices", "kind": "event", "events": ["page_view"], "items": ["/preise*"],
                "stages": ["MQL"], "tell": ["sales"],
            },
            {"name": "jump", "kind": "grade", "from": "D", "to": "C", "tell": ["sales"]},
            {"name": "soon", "kind": "sla_warning", "tell": ["sales"]},
            {"name": "late", "kind": "sla_broken", "tell": ["sales"]},
            {"name": "up", "kind": "sla_broken", "after": "8h", "tell": ["boss"]},
        ],
    )
)  # fmt: skip


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")), "")


NOW = at("2026-03-25T10:00")  # a Wednesday, before the clocks change, and before Easter
FRIDAY = at("2026-03-27T13:00")
WARNED, DUE = at("2026-03-30T11:00"), at("2026-03-30T13:00")
UP = at("2026-03-31T13:00")


@pytest.fixture
def scores(database: Database) -> StoredScores:
    return StoredScores(database, Policy(), AGREED)


def consent(scores: StoredScores, number: int, moment: int, *, given: bool = True) -> None:
    with scores.database.writing() as connection:
        new = NewConsent("profiling", "consent", given, "test", None, None, moment)
        add_consent(connection, number, new, moment)
        touch(connection, [number], moment)


def lead(scores: StoredScores, lead_id: str = "L", moment: int = NOW, **other: object) -> int:
    known = {"created": NOW - DAY_US, "account_id": None, **other}
    number = put(scores.database, told(lead_id, moment, **known)).number
    consent(scores, number, moment)
    return number


def staged(scores: StoredScores, number: int, stage: str, moment: int) -> None:
    with scores.database.writing() as connection:
        add_stages(connection, [StageEntry(number, stage, moment, "crm")], moment)
        touch(connection, [number], moment)


def event(
    scores: StoredScores, kind: str, moment_: int, lead_id: str = "L", item: str | None = None
) -> None:
    sent = Event(kind, moment(moment_), item=item)
    did(scores.database, Whose("lead_id", lead_id), sent, at=moment_)


def rescored(scores: StoredScores, now: int) -> None:
    # What is told at one moment makes a lead due a microsecond later each time.
    while rescore_due(scores, SCORING, now, settling=-1_000):
        pass


def looked(scores: StoredScores, now: int) -> None:
    while look_at_promises(scores, now):
        pass


def raised(scores: StoredScores, lead_id: str | None = None) -> list[str]:
    return [one.name for one in alerts(scores) if lead_id in (None, one.lead_id)]


def alerts(scores: StoredScores) -> list[StoredAlert]:
    with scores.database.reading() as connection:
        found, end = list_alerts(connection, None, None, None, 1_000)
    assert end is None
    return found[::-1]


def clocks(scores: StoredScores) -> dict[int, int]:
    with scores.database.reading() as connection:
        return {row.lead: row.due for row in connection.execute(select(sla_clock))}


def messages(scores: StoredScores) -> list[dict[str, Any]]:
    with scores.database.reading() as connection:
        found = connection.execute(
            select(outbox.c.payload).where(outbox.c.type == ALERT_RAISED).order_by(outbox.c.number)
        )
        return list(found.scalars())


def test_what_a_lead_does_is_told_once(scores: StoredScores) -> None:
    counted = Counted("leadscore_alerts_total")
    lead(scores)
    event(scores, "demo_request", NOW)
    event(scores, "page_view", NOW, item="/preise")
    rescored(scores, NOW + 1)
    # In its stage, nobody is alerted of prices; and of a first score there was none before.
    assert raised(scores) == ["demo"]
    event(scores, "email_open", NOW + 1)
    rescored(scores, NOW + 2)
    assert raised(scores) == ["demo"]
    assert counted() == {("event",): 1}
    [message] = messages(scores)
    data = message["data"]
    assert (data["alert"], data["kind"], data["lead_id"]) == ("demo", "event", "L")
    assert data["because"] == {
        "event_type": "demo_request", "occurred_at": moment(NOW).isoformat(),
    }  # fmt: skip
    assert data["alert_id"] == alerts(scores)[0].number
    assert (data["stage"], data["grade"], data["tell"]) == ("lead", "C", ["sales"])


def test_after_an_alert_it_is_quiet_for_a_while(scores: StoredScores) -> None:
    lead(scores)
    event(scores, "demo_request", NOW)
    rescored(scores, NOW + 1)
    for hours in (1, 23):
        event(scores, "demo_request", NOW + hours * HOUR_US)
        rescored(scores, NOW + hours * HOUR_US + 1)
    assert raised(scores) == ["demo"]
    # What came meanwhile is not told later on.
    event(scores, "email_open", NOW + 26 * HOUR_US)
    rescored(scores, NOW + 26 * HOUR_US + 1)
    assert raised(scores) == ["demo"]
    event(scores, "demo_request", NOW + 27 * HOUR_US)
    rescored(scores, NOW + 27 * HOUR_US + 1)
    assert raised(scores) == ["demo", "demo"]


@pytest.mark.parametrize(("before", "told"), [(RECENT_US - 1, ["demo"]), (RECENT_US, [])])
def test_what_is_long_past_is_no_news(scores: StoredScores, before: int, told: list[str]) -> None:
    lead(scores, created=NOW - 10 * DAY_US)
    did(
        scores.database, Whose("lead_id", "L"),
        Event("demo_request", moment(NOW + 1 - before)), at=NOW,
    )  # fmt: skip
    rescored(scores, NOW + 1)
    assert raised(scores) == told


def test_items_are_those_that_were_agreed_on(scores: StoredScores) -> None:
    number = lead(scores)
    staged(scores, number, "MQL", NOW)
    event(scores, "page_view", NOW, item="/kontakt")
    rescored(scores, NOW + 1)
    assert raised(scores) == []
    event(scores, "page_view", NOW + 2, item=" /Preise?mail=a@b.de")
    rescored(scores, NOW + 3)
    assert raised(scores) == ["prices"]
    # What a sender wrote freely may hold anything.
    assert "a@b.de" not in json.dumps(messages(scores))


def test_a_grade_that_jumps_is_told(scores: StoredScores) -> None:
    lead(scores)
    rescored(scores, NOW + 1)
    assert raised(scores) == []
    event(scores, "demo_request", NOW + HOUR_US)
    rescored(scores, NOW + HOUR_US + 1)
    assert sorted(raised(scores)) == ["demo", "jump"]
    [jump] = [one for one in messages(scores) if one["data"]["alert"] == "jump"]
    assert jump["data"]["because"] == {"old": "D", "new": "C"}


def test_a_grade_that_jumps_since_something_else_answers_is_none(scores: StoredScores) -> None:
    lead(scores)
    rescored(scores, NOW + 1)
    with scores.database.writing() as connection:
        # As while a model answered, whose place the rules take now.
        connection.execute(update(score_given).values(model_version="m/1", rules=None))
    event(scores, "demo_request", NOW + HOUR_US)
    rescored(scores, NOW + HOUR_US + 1)
    assert raised(scores) == ["demo"]


def test_of_whoever_may_not_be_scored_nobody_is_alerted(scores: StoredScores) -> None:
    number = lead(scores)
    staged(scores, number, "MQL", FRIDAY)
    rescored(scores, FRIDAY + 1)
    assert clocks(scores) == {number: WARNED}
    consent(scores, number, FRIDAY + 2, given=False)
    event(scores, "demo_request", FRIDAY + 3)
    # Also where nothing was scored since.
    looked(scores, DUE + 1)
    rescored(scores, DUE + 2)
    looked(scores, DUE + 3)
    assert (raised(scores), clocks(scores), messages(scores)) == ([], {}, [])
    # Who agrees again is told of as ever.
    consent(scores, number, DUE + 4)
    rescored(scores, DUE + 5)
    assert sorted(raised(scores)) == ["demo", "late"]
    assert clocks(scores) == {number: UP + 1}


def test_a_promise_over_a_weekend_with_a_changed_clock(scores: StoredScores) -> None:
    number = lead(scores)
    staged(scores, number, "MQL", FRIDAY)
    rescored(scores, FRIDAY + 1)
    steps = {
        WARNED - 1: [], WARNED: ["soon"], WARNED + 1: ["soon"], DUE: ["soon"],
        DUE + 1: ["soon", "late"], UP: ["soon", "late"], UP + 1: ["soon", "late", "up"],
        UP + DAY_US: ["soon", "late", "up"],
    }  # fmt: skip
    for now, names in steps.items():
        looked(scores, now)
        assert raised(scores) == names, moment(now)
        # Scored again, nothing is told again.
        with scores.database.writing() as connection:
            touch(connection, [number], now)
        rescored(scores, now)
        assert raised(scores) == names, moment(now)
    assert clocks(scores) == {}
    late = messages(scores)[1]["data"]
    assert late["because"] == {
        "since": moment(FRIDAY).isoformat(), "due_at": moment(DUE).isoformat(),
    }  # fmt: skip


def test_who_moves_on_keeps_the_promise(scores: StoredScores) -> None:
    number = lead(scores)
    staged(scores, number, "MQL", FRIDAY)
    rescored(scores, FRIDAY + 1)
    staged(scores, number, "SQL", DUE)
    rescored(scores, DUE)
    assert clocks(scores) == {}
    looked(scores, DUE + 1)
    assert raised(scores) == []


def test_who_moves_on_and_was_not_scored_since_keeps_it_too(scores: StoredScores) -> None:
    number = lead(scores)
    staged(scores, number, "MQL", FRIDAY)
    rescored(scores, FRIDAY + 1)
    staged(scores, number, "SQL", DUE)
    looked(scores, DUE + 1)
    assert raised(scores) == []


def keeping(*types: str) -> Lifecycle:
    hours = BusinessHours.model_validate(HOURS)
    kept = SlaTerms(hours=hours, stages={"MQL": StageSla(within=8 * HOUR_US, kept_by=types)})
    return AGREED.model_copy(update={"sla": kept})


def test_who_is_spoken_to_keeps_the_promise_where_that_is_agreed_on(scores: StoredScores) -> None:
    scores.lifecycle = keeping("call", "meeting")
    leads = {name: lead(scores, name) for name in ("before", "other", "call", "late", "bant")}
    for name, number in leads.items():
        staged(scores, number, "MQL", FRIDAY)
        kind = {"before": "call", "call": "meeting", "other": "page"}.get(name)
        if kind is not None:
            event(scores, kind, FRIDAY - (name == "before"), name)
    with scores.database.writing() as connection:
        found = Report({"need": None}, "call", 1.0, FRIDAY + 1, "u-1", None)
        assert add_report(connection, leads["bant"], found, FRIDAY + 1)
    rescored(scores, FRIDAY + 2)
    assert set(clocks(scores)) == {leads["before"], leads["other"], leads["late"]}
    looked(scores, WARNED)
    assert sorted(one.lead_id for one in alerts(scores)) == ["before", "late", "other"]
    # Late, it is kept no more; and nobody need be told of it again.
    event(scores, "call", DUE + 1, "late")
    rescored(scores, DUE + 2)
    looked(scores, UP + DAY_US)
    assert [one.name for one in alerts(scores) if one.lead_id == "late"] == ["soon"]
    assert raised(scores, "other") == ["soon", "late", "up"]


def test_leads_of_a_use_case_go_by_its_own_hours(scores: StoredScores) -> None:
    other = {"hours": {**HOURS, "closed": ["03-30"]}}
    use_case = {"name": "austria", "when": {"country": "AT"}, "sla": other}
    alerts = [
        {"name": name, "kind": kind, "tell": ["sales"]}
        for name, kind in (("soon", "sla_warning"), ("late", "sla_broken"))
    ]
    sla = {"hours": HOURS, "stages": {"MQL": {"within": "8h"}}}
    scores.lifecycle = Lifecycle.model_validate(small(sla=sla, alerts=alerts, use_cases=[use_case]))
    for name, country in (("at", "AT"), ("de", "DE")):
        staged(scores, lead(scores, name, profile={"country": country}), "MQL", FRIDAY)
    rescored(scores, FRIDAY + 1)
    looked(scores, WARNED)
    assert (raised(scores, "de"), raised(scores, "at")) == (["soon"], [])
    looked(scores, WARNED + DAY_US)
    assert (raised(scores, "de"), raised(scores, "at")) == (["soon", "late"], ["soon"])


def test_another_agreement_is_kept_from_its_first_look_on(scores: StoredScores) -> None:
    number = lead(scores)
    staged(scores, number, "MQL", FRIDAY)
    rescored(scores, FRIDAY + 1)
    none = StoredScores(scores.database, Policy(), Lifecycle.model_validate(small()))
    looked(none, WARNED)
    assert (raised(scores), clocks(scores)) == ([], {})
    with scores.database.writing() as connection:
        touch(connection, [number], WARNED)
    rescored(none, WARNED)
    assert clocks(scores) == {}
    # And the other way round: within a day everybody is scored again.
    with scores.database.writing() as connection:
        touch(connection, [number], WARNED + 1)
    rescored(scores, WARNED + 1)
    assert raised(scores) == ["soon"]


def test_leads_that_become_one_are_not_told_of_again(scores: StoredScores) -> None:
    one, other = lead(scores, "A"), lead(scores, "B")
    staged(scores, other, "MQL", FRIDAY)
    event(scores, "demo_request", FRIDAY, "B")
    rescored(scores, FRIDAY + 1)
    looked(scores, WARNED)
    assert raised(scores, "B") == ["demo", "soon"]
    with scores.database.writing() as connection:
        merge = join_leads(connection, one, other, "u-1", WARNED + 1)
    rescored(scores, WARNED + 2)
    looked(scores, WARNED + 3)
    # What was told of the one, counts for both; that A has got better by it, is new.
    assert sorted(raised(scores, "A")) == ["demo", "jump", "soon"]
    assert clocks(scores).keys() == {one, other}
    looked(scores, DUE + 1)
    assert sorted(raised(scores)) == ["demo", "jump", "late", "soon"]
    assert clocks(scores) == {one: UP + 1}
    with scores.database.writing() as connection:
        assert merge is not None
        undo_merge(connection, merge, DUE + 2)
    rescored(scores, DUE + 3)
    looked(scores, UP + 1)
    assert sorted(raised(scores, "B")) == ["demo", "late", "soon", "up"]
    assert raised(scores, "A") == ["jump"]


def test_two_at_once_tell_once(scores: StoredScores) -> None:
    numbers = [lead(scores, f"L{n:03}") for n in range(250)]
    with scores.database.writing() as connection:
        entries = [StageEntry(number, "MQL", FRIDAY, "crm") for number in numbers]
        add_stages(connection, entries, FRIDAY)
        touch(connection, numbers, FRIDAY)
    rescored(scores, FRIDAY + 1)

    def together(work: Callable[[], object]) -> None:
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together(lambda: looked(scores, DUE + 1))
    looked(scores, DUE + 1)
    assert sorted(one.lead_id for one in alerts(scores)) == [f"L{n:03}" for n in range(250)]
    assert len(messages(scores)) == 250
    with scores.database.writing() as connection:
        touch(connection, numbers, UP + 1)

    def both() -> None:
        looked(scores, UP + 1)
        rescored(scores, UP + 1)

    together(both)
    looked(scores, UP + 1)
    rescored(scores, UP + 1)
    assert len(messages(scores)) == len(alerts(scores)) == 500


def test_what_was_not_written_whole_is_told_the_next_time(
    scores: StoredScores, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = lead(scores)
    staged(scores, number, "MQL", FRIDAY)
    rescored(scores, FRIDAY + 1)
    with monkeypatch.context() as patched:
        patched.setattr("serving.stored.alerting.add_messages", _dies)
        with pytest.raises(KeyboardInterrupt):
            looked(scores, WARNED)
    assert (raised(scores), clocks(scores)) == ([], {number: WARNED})
    looked(scores, WARNED)
    assert raised(scores) == ["soon"]
    assert len(messages(scores)) == 1


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_alert_goes_with_its_lead(scores: StoredScores) -> None:
    lead(scores)
    event(scores, "demo_request", NOW)
    rescored(scores, NOW + 1)
    with scores.database.writing() as connection:
        found = find_lead(connection, "L")
        assert found is not None
        assert [one["name"] for one in export_lead(connection, found)["alert"]] == ["demo"]
        erase_lead(connection, found, "test", NOW + 2)
    assert (raised(scores), messages(scores)) == ([], [])


def receivers(connection: Connection, url: str) -> None:
    def add(shape: Shape, targets: list[str] | None, url: str = url) -> None:
        add_webhook(connection, url, [ALERT_RAISED], NOW, shape, targets)

    add("standard", None)
    add("slack", ["sales", "other"])
    add("teams", ["sales"])
    add("standard", ["boss"])
    add("mail", ["sales"], "mailto:vertrieb@müller.de")


def sender(scores: StoredScores, mail: Mail | None, now: int = NOW) -> Deliveries:
    clock = lambda: now  # noqa: E731 - a moment that stands still
    return Deliveries(scores.database, local=True, clock=clock, mail=mail, reading=lambda: GERMAN)


def test_receivers_get_what_they_are_there_for_in_their_own_shape(
    scores: StoredScores, receiver: Receiver
) -> None:
    with scores.database.writing() as connection:
        receivers(connection, receiver.url)
    lead_id = "<!channel> [x](http://e.vil)\n\u202eX/1&"
    lead(scores, lead_id)
    event(scores, "demo_request", NOW, lead_id)
    rescored(scores, NOW + 1)
    office, counted = PostOffice(), Counted("leadscore_sent_total")
    with opened(office) as mail:
        assert sender(scores, mail, NOW + 1).send_due() == 4
    assert counted() == {("webhook", "delivered"): 3, ("mail", "delivered"): 1}
    bodies = [json.loads(body) for _, body in receiver.heard]
    [standard] = [one for one in bodies if one.get("type") == ALERT_RAISED]
    [slack] = [one for one in bodies if "blocks" in one]
    [teams] = [one for one in bodies if one.get("type") == "message"]
    title = "Demo angefragt: Lead <!channel> [x](http://e.vil) X/1&"
    link = (
        "https://leads.example.com/app/leads/"
        "%3C%21channel%3E%20%5Bx%5D%28http%3A%2F%2Fe.vil%29%0A%E2%80%AEX%2F1%26"
    )
    sentences = (
        "demo_request am 25. März 2026, 10:00 Uhr (MEZ).", "Stufe lead.",
        "Klasse C, Wahrscheinlichkeit ",
    )  # fmt: skip
    assert (standard["data"]["title"], standard["data"]["link"]) == (title, link)
    assert standard["data"]["lead_id"] == lead_id
    assert all(one in standard["data"]["text"] for one in sentences)
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert slack["text"] == escaped
    lines = slack["blocks"][0]["text"]["text"].split("\n")
    assert (lines[0], lines[-1]) == (f"*{escaped}*", f"<{link}|Lead öffnen>")
    assert lines[1:3] == list(sentences[:2])
    card = teams["attachments"][0]["content"]
    assert [one["inlines"][0]["text"] for one in card["body"]][:3] == [title, *sentences[:2]]
    assert {one["type"] for one in card["body"]} == {"RichTextBlock"}
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Lead öffnen", "url": link}]
    [letter] = office.mails
    assert letter["Subject"] == title
    assert letter["To"] == "vertrieb@xn--mller-kva.de"
    assert letter["Content-Language"] == "de"
    assert letter["Message-ID"].startswith("<msg_")
    assert link in letter.get_content()
    assert sentences[0] in letter.get_content()


def test_owners_are_told_of_their_own_leads(scores: StoredScores) -> None:
    [demo, *_] = AGREED.alerts
    told = demo.model_copy(update={"tell": ("owner",), "quiet_for": 0})
    scores.lifecycle = AGREED.model_copy(update={"alerts": (told,)})
    with scores.database.writing() as connection:
        add_webhook(connection, TO_OWNER, [ALERT_RAISED], NOW, "mail", [OWNER])
        users = [
            add_user(connection, NOW, "t", email=f"{one}@example.com", name=one, role="sales")
            for one in ("mia", "ben", "leo")
        ]
    leads = {name: lead(scores, name) for name in ("mias", "bens", "leos", "crms", "nobodys")}
    with scores.database.writing() as connection:
        owners = [*(user.actor for user in users), "u-17"]
        for number, owner in zip(leads.values(), owners, strict=False):
            set_owners(connection, {number: owner}, "t", NOW)
        disable_user(connection, NOW, "t", users[2])
    for name in leads:
        event(scores, "demo_request", NOW, name)
    rescored(scores, NOW + 1)
    assert {one["data"]["lead_id"]: one["data"]["owner"] for one in messages(scores)} == dict(
        zip(leads, [*owners, None], strict=True)
    )
    with scores.database.writing() as connection:
        # Whoever owns it when the mail is sent gets it; of another one nobody can be told.
        set_owners(connection, {leads["mias"]: users[1].actor}, "t", NOW + 1)
        set_owners(connection, {leads["bens"]: None}, "t", NOW + 1)
    office = PostOffice()
    with opened(office) as mail:
        assert sender(scores, mail, NOW + 1).send_due() == 2
    assert [letter["To"] for letter in office.mails] == ["ben@example.com"]
    assert "Lead mias" in office.mails[0]["Subject"]
    [receiver] = webhooks(scores)
    assert (receiver.waiting, receiver.dead) == (0, 1)


def webhooks(scores: StoredScores) -> list[Webhook]:
    with scores.database.reading() as connection:
        return list_webhooks(connection)


def waiting(scores: StoredScores) -> list[tuple[int, int, str | None]]:
    with scores.database.reading() as connection:
        return [(one.waiting, one.dead, one.fault) for one in list_webhooks(connection)]


def test_while_the_mail_server_is_away_a_mail_waits_and_is_said_to(
    scores: StoredScores, receiver: Receiver
) -> None:
    with scores.database.writing() as connection:
        receivers(connection, receiver.url)
    lead(scores)
    event(scores, "demo_request", NOW)
    rescored(scores, NOW + 1)
    counted, port = Counted("leadscore_sent_total"), free_port()
    away = mail_through(mail_server(f"smtp://127.0.0.1:{port}"))
    sender(scores, away, NOW + 1).send_due()
    assert waiting(scores)[-1] == (1, 0, "ConnectionRefusedError")
    # Others were told in the same turn.
    assert len(receiver.heard) == 3
    later = NOW + 1 + PAUSES[0] * SECOND_US
    sender(scores, None, later).send_due()
    assert waiting(scores)[-1] == (1, 0, "no mail server is set; see LEADSCORE_SMTP_URL")
    office = PostOffice()
    with opened(office, port):
        later += PAUSES[1] * SECOND_US
        assert sender(scores, away, later).send_due() == 1
        assert sender(scores, away, later + DAY_US).send_due() == 0
    assert waiting(scores)[-1] == (0, 0, None)
    assert len(office.mails) == 1
    assert counted() == {
        ("webhook", "delivered"): 3, ("mail", "failed"): 2, ("mail", "delivered"): 1,
    }  # fmt: skip


def test_a_mail_refused_for_good_is_given_up_and_others_go_on(scores: StoredScores) -> None:
    with scores.database.writing() as connection:
        add_webhook(connection, "mailto:weg@example.com", [ALERT_RAISED], NOW, "mail")
    lead(scores)
    event(scores, "demo_request", NOW)
    rescored(scores, NOW + 1)
    office = PostOffice()
    office.rcpt = "550 no such user"
    with opened(office) as mail:
        sender(scores, mail, NOW + 1).send_due()
    assert waiting(scores) == [(0, 1, None)]
    with scores.database.reading() as connection:
        assert connection.execute(select(delivery.c.answer)).scalars().all() == ["550"]


def test_an_alert_is_read_in_both_languages(scores: StoredScores) -> None:
    from serving.pages.alerts import WORDS, alert_text  # noqa: PLC0415 - beside what it reads

    assert WORDS["de"].keys() == WORDS["en"].keys()
    number = lead(scores)
    rescored(scores, NOW + 1)
    staged(scores, number, "MQL", FRIDAY)
    event(scores, "demo_request", FRIDAY)
    rescored(scores, FRIDAY + 1)
    for now in (WARNED, DUE + 1):
        looked(scores, now)
    read = {
        (one["data"]["kind"], language): alert_text(
            one["data"], Reading(language, "Europe/Berlin", None)
        )
        for one in messages(scores)
        for language in ("de", "en")
    }
    assert read["sla_warning", "de"].sentences[0] == (
        "Seit 27. März 2026, 13:00 Uhr (MEZ) in Stufe MQL; zugesagt ist der nächste Schritt bis "
        "30. März 2026, 13:00 Uhr (MESZ)."
    )
    assert read["sla_broken", "en"].sentences[0].startswith("In stage MQL since 27 March 2026")
    assert read["grade", "de"].sentences[0] == "Jetzt Klasse C, vorher D."
    assert read["grade", "en"].title == "jump: lead L"
    assert read["event", "en"].link is None


def test_who_has_nothing_to_look_at_asks_once(scores: StoredScores) -> None:
    lead(scores)
    rescored(scores, NOW + 1)
    assert look_at_promises(scores, NOW + 1) == 0
