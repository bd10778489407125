"""What is too old goes, and nothing else; on both databases, and by the command."""

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from features.contract.clock import now
from features.contract.lead import Event, moment
from leadscore import app
from serving.intake.events import Whose
from serving.lifecycle.bant import Report
from serving.record.access.audits import note_audit
from serving.record.database.database import Database
from serving.record.leads.leads import find_lead
from serving.record.lifecycle.bant import add_report
from serving.record.privacy.erasure import erase_again
from serving.record.privacy.policy import Retention
from serving.record.privacy.retention import BATCH, expired, let_go
from serving.record.queue.outbox import (
    DELIVERED,
    Message,
    add_messages,
    claim_deliveries,
    settle_delivery,
)
from serving.record.queue.webhooks import add_webhook
from serving.record.schema import audit, bant_report, contact, lead, outbox, score_given, tombstone
from serving.record.scores.scores import GivenScore, current_scores, give_scores
from tests.serving.record.telling import HOUR, NOW, did, put, told

DAY = 24 * HOUR
PERIOD = 30 * DAY
BORDER = NOW - PERIOD


def kept(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.execute(select(lead.c.lead_id)).scalars())


def goes(database: Database, **periods: str) -> dict[str, int]:
    """Let go, having counted before and after."""
    policy = Retention.model_validate(periods)
    counted = expired(database, policy, NOW)
    gone = let_go(database, policy, NOW, lambda _: None)
    assert gone == counted
    assert not any(expired(database, policy, NOW).values())
    return gone


def test_a_lead_goes_once_nothing_was_recorded_for_longer_than_the_period(
    database: Database,
) -> None:
    for lead_id, at in (("old", BORDER - 1), ("border", BORDER), ("new", NOW)):
        put(database, told(lead_id, at, contact={"email": f"{lead_id}@b.de"}))
    put(database, told("lives", BORDER - DAY))
    did(database, Whose("lead_id", "lives"), Event("click", moment(BORDER)), at=BORDER)
    assert goes(database, leads_without_activity="30d") == {"leads_without_activity": 1}
    assert kept(database) == {"border", "new", "lives"}
    with database.reading() as connection:
        assert "old@b.de" not in connection.execute(select(contact.c.value)).scalars().all()
        # No mark keeps it away.
        assert connection.execute(select(tombstone)).all() == []
    put(database, told("old", NOW))
    with database.writing() as connection:
        assert erase_again(connection) == 0
        assert find_lead(connection, "old") is not None


def test_visitors_have_a_period_of_their_own(database: Database) -> None:
    visit = Event("page_view", moment(BORDER - DAY))
    did(database, Whose("anonymous_id", "stranger"), visit, at=BORDER - 1)
    did(database, Whose("anonymous_id", "known"), visit, at=BORDER - 1)
    put(
        database,
        told("joined", BORDER - 1, contact={"anonymous_id": "known", "phone": "+4930901820"}),
    )
    assert goes(database, visitors="30d") == {"visitors": 1}
    assert "joined" in kept(database)
    assert len(kept(database)) == 2
    # Whoever turned out to be the same person goes with the lead.
    assert goes(database, leads_without_activity="30d") == {"leads_without_activity": 1}
    assert kept(database) == set()


def test_the_newest_score_of_a_lead_stays(database: Database) -> None:
    number = put(database, told("L")).number
    for given in (BORDER - 2, BORDER - 1):
        with database.writing() as connection:
            give_scores(connection, [scored(number, given)])
    assert goes(database, scores="30d") == {"scores": 1}
    with database.reading() as connection:
        assert connection.execute(select(score_given.c.given)).scalars().all() == [BORDER - 1]
        assert current_scores(connection, [number])[number].as_of == BORDER - 1


def scored(number: int, given: int) -> GivenScore:
    return GivenScore(number, given, given, 0.5, 50, "C", "rules", None, None, None, 0.0, 0.0, {})


def test_what_was_found_out_goes_and_the_lead_stays(database: Database) -> None:
    number = put(database, told("L")).number
    for recorded in (BORDER - 1, BORDER):
        report = Report({"need": {"code": "x"}}, "call", 0.9, recorded, "u-17", "a note")
        with database.writing() as connection:
            assert add_report(connection, number, report, recorded)
    assert goes(database, bant="30d") == {"bant": 1}
    with database.reading() as connection:
        assert connection.execute(select(bant_report.c.at)).scalars().all() == [BORDER]
    assert kept(database) == {"L"}


def test_the_audit_goes_and_tells_that_it_went(database: Database) -> None:
    with database.writing() as connection:
        for at in (BORDER - 1, BORDER):
            note_audit(connection, at, "test", "told", None, "x")
    assert goes(database, audit="30d") == {"audit": 1}
    with database.reading() as connection:
        entries = connection.execute(
            select(audit.c.at, audit.c.action, audit.c.detail).order_by(audit.c.number)
        ).all()
    assert [tuple(entry) for entry in entries] == [
        (BORDER, "told", "x"),
        (NOW, "retention", "audit: 1"),
    ]


def test_a_message_that_is_on_its_way_stays(database: Database) -> None:
    with database.writing() as connection:
        add_webhook(connection, "http://127.0.0.1:9/", ["a"], BORDER - 3)
        add_messages(connection, [Message("a", None, {"n": 1})], BORDER - 2)
        [sent] = claim_deliveries(connection, BORDER - 2, 10)
        settle_delivery(connection, sent, DELIVERED, "200", BORDER - 2)
        add_messages(connection, [Message("a", None, {"n": 2})], BORDER - 1)
        add_messages(connection, [Message("b", None, {"n": 3})], BORDER - 1)
    assert goes(database, outbox="30d") == {"outbox": 2}
    with database.reading() as connection:
        assert connection.execute(select(outbox.c.payload)).scalars().all() == [{"n": 2}]


def test_many_go_batch_by_batch_each_with_its_count(database: Database) -> None:
    with database.writing() as connection:
        rows = [{"at": BORDER - 1, "actor": "test", "action": "told"}] * (2 * BATCH + 1)
        connection.execute(audit.insert(), rows)
    assert goes(database, audit="30d") == {"audit": 2 * BATCH + 1}
    with database.reading() as connection:
        said = connection.execute(select(audit.c.detail).order_by(audit.c.number)).scalars().all()
    assert said == [f"audit: {BATCH}", f"audit: {BATCH}", "audit: 1"]


def test_without_a_period_everything_is_kept(database: Database) -> None:
    put(database, told("L", BORDER - 100 * DAY))
    assert goes(database) == {}
    assert kept(database) == {"L"}


def test_the_command_tells_first_and_lets_go_when_told(
    database: Database, record_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = now()
    put(database, told("old", at - 365 * DAY), told("new", at))
    (tmp_path / "policy.toml").write_text('[retention]\nleads_without_activity = "26w"\n')
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", record_url)
    monkeypatch.setenv("LEADSCORE_POLICY", str(tmp_path / "policy.toml"))

    def run(*options: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["db", "retain", *options])
        return result.exit_code, result.output

    assert run()[0] == run("--dry-run", "--yes")[0] == 2
    assert run("--dry-run")[1].startswith("leads_without_activity: 1 would go\n")
    assert kept(database) == {"old", "new"}
    assert run("--yes")[1].startswith("leads_without_activity: 1 went\n")
    assert kept(database) == {"new"}
    assert run("--yes")[1].startswith("leads_without_activity: 0 went\n")
