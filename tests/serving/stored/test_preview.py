"""A lifecycle file checked, shown and tried on the leads of a record, which it does not change."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from features.contract.clock import now
from features.contract.document import DocumentError
from leadscore import app
from serving.intake.events import Whose
from serving.lifecycle.agreement import SHIPPED
from serving.record.database.database import Database
from serving.record.lifecycle.agreements import Version, agree
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.schema import audit, outbox, stage_change
from serving.scoring.rules import SHIPPED as SHIPPED_RULES
from tests.serving.record.telling import HOUR, did, event, put, told

FILE = """
version = "2026-10"
[stages.MAL]
[stages.SAL]
[stages.customer]
end = true
[[transitions]]
from = "lead"
to = "MAL"
by = ["rule"]
needs = { fit_at_least = 0.0 }
[[transitions]]
from = "MAL"
to = "SAL"
by = ["rule", "sales"]
needs = { grade = "B" }
[[transitions]]
from = "SAL"
to = "customer"
by = ["sales"]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "lifecycle.toml").write_text(FILE, encoding="utf-8")
    return str(tmp_path / "lifecycle.toml")


def run(*command: str) -> str:
    result = CliRunner().invoke(app, ["lifecycle", *command], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_a_preview_counts_and_changes_nothing(
    database: Database, record_url: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", record_url)
    at, role = now() - HOUR, {"role": "CEO", "employees": 240, "industry": "Maschinenbau"}
    for lead_id, profile in (("hot", role), ("fits", role), ("poor", {"role": "student"}),
                             ("silent", role), ("own", role)):  # fmt: skip
        number = put(database, told(lead_id, at, created=at, profile=profile)).number
        with database.writing() as connection:
            consent = NewConsent("profiling", "consent", lead_id != "silent", "t", None, None, at)
            add_consent(connection, number, consent, at)
            if lead_id == "own":
                add_stages(connection, [StageEntry(number, "Opportunity", at, "crm")], at)
    for kind in ("demo_request", "price_page"):
        did(database, Whose("lead_id", "hot"), event(kind, at, "1"), at=at)
    did(database, Whose("anonymous_id", "cookie"), event("page_view", at, "2"), at=at)
    assert run("preview", file).splitlines() == [
        "        1  in a stage that this file does not know; see [stages.*] also",
        "        2  lead stay",
        "        1  lead -> MAL",
        "        1  lead -> SAL",
        "5 leads looked at by the rules; nothing was changed",
    ]
    with database.reading() as connection:
        assert len(connection.execute(select(stage_change)).all()) == 1
        assert connection.execute(select(outbox)).all() == []
        assert connection.execute(select(audit)).all() == []


def test_a_preview_scores_by_the_rules_of_the_record_and_says_what_models_are_away(
    database: Database, record_url: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", record_url)
    at = now() - HOUR
    number = put(database, told("fits", at, created=at, profile={"role": "CEO"})).number
    with database.writing() as connection:
        add_consent(
            connection, number, NewConsent("profiling", "consent", True, "t", None, None, at), at
        )
    assert "lead -> MAL" in run("preview", file)
    useless = re.sub(r"points = \d+", "points = -1", SHIPPED_RULES.read_text(encoding="utf-8"))
    with database.writing() as connection:
        agree(connection, Version("rules", 1, useless, "user 1", now()))
    own = '[[use_cases]]\nname = "it"\nwhen = { industry = "IT" }\nmodel = "models:/it@champion"\n'
    Path(file).write_text(FILE + own, encoding="utf-8")
    stays, away, _ = run("preview", file).splitlines()
    assert stays == "        1  lead stay"
    assert away.startswith(
        "use case it: scored as all others: models:/it@champion could not be had"
    )
    assert "models:/it@champion" in run("show", file)


def test_a_file_is_checked_and_shown(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("check", file).startswith(f"{file}: all is well; version 2026-10, fingerprint ")
    shown = run("show", file)
    assert "fit_at_least 0.0" in shown and "rule, sales" in shown
    assert "bought_elsewhere" in run("show")
    assert run("show", "--as-file") == SHIPPED.read_text(encoding="utf-8")
    monkeypatch.setenv("LEADSCORE_LIFECYCLE", file)
    assert "version 2026-10" in run("show")
    Path(file).write_text(FILE.replace("MAL", "MLA"), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"lifecycle.toml: stages.MLA"):
        run("check", file)


def test_the_newest_version_of_a_record_comes_before_the_file(
    database: Database, record_url: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", record_url)
    monkeypatch.setenv("LEADSCORE_LIFECYCLE", file)
    assert run("show", "--as-file") == FILE
    newer = FILE.replace("2026-10", "2026-11")
    with database.writing() as connection:
        agree(connection, Version("lifecycle", 1, newer, "user 1", now()))
    assert run("show", "--as-file") == newer
    assert "version 2026-11" in run("show")
    assert "version 2026-10" in run("show", file)
