"""A list of contacts taken into the record by the front door."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.command import ENVIRONMENT, leadscore, said
from tests.e2e.conftest import Mistake

LIST = (
    "Messe Hannover 2026;;;\r\n"
    "Vorname;Nachname;E-Mail;Notiz\r\n"
    "Karla;Müller;k.mueller@example.com;# ruft an\r\n"
    "Jo;Winter;j.winter@example.com;\r\n"
)


@pytest.fixture
def fair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # For processes of their own, and for this one.
    monkeypatch.setitem(ENVIRONMENT, "LEADSCORE_DATABASE_URL", "sqlite:///record.db")
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", "sqlite:///record.db")
    (tmp_path / "fair.csv").write_bytes(LIST.encode("cp1252"))
    said(tmp_path, "db", "upgrade")
    return tmp_path


def leads(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "record.db")) as connection:
        found: int = connection.execute("SELECT count(*) FROM lead").fetchone()[0]
    return found


def test_a_list_is_shown_tried_and_kept(fair: Path) -> None:
    tried = said(fair, "import", "fair.csv", "--dry-run")
    assert "2 rows read as CSV, cp1252, separated by ';'" in tried
    assert "contact.first_name" in tried
    assert "not taken" in tried
    assert leads(fair) == 0
    event = ("--event", "trade_fair_visit", "--at", "01.03.2026", "--report", "report.json")
    assert "Kept." in said(fair, "import", "fair.csv", *event)
    report = json.loads((fair / "report.json").read_text(encoding="utf-8"))
    assert (report["new"], report["events"], report["columns_left"]) == (2, 2, ["Notiz"])
    assert leads(fair) == 2
    said(fair, "import", "fair.csv", *event)
    report = json.loads((fair / "report.json").read_text(encoding="utf-8"))
    assert (report["new"], report["unchanged"], report["events"]) == (0, 2, 0)


def test_a_refused_row_is_shown_and_nothing_kept(fair: Path) -> None:
    with (fair / "fair.csv").open("ab") as file:
        file.write(b"[red];x;geheim@;y\r\n")
    process = leadscore(fair, "import", "fair.csv")
    assert process.returncode == 1
    assert "is no e-mail address" in process.stdout
    assert "geheim" not in process.stdout + process.stderr
    assert "Traceback" not in process.stderr
    assert leads(fair) == 0
    process = leadscore(fair, "import", "fair.csv", "--skip-bad-rows")
    assert process.returncode == 1
    assert leads(fair) == 2


def test_mistakes_are_told_by_file_or_option(fair: Path, mistake: Mistake) -> None:
    (fair / "bad.csv").write_text("E-Mail;Mail\na@b.de;c@d.de\n")
    assert mistake(fair, "import", "none.csv") == "error: none.csv: there is no such file"
    assert "fair.pdf: must end in one of .csv" in mistake(fair, "import", "fair.pdf")
    assert "bad.csv: columns 'E-Mail' and 'Mail'" in mistake(fair, "import", "bad.csv")
    assert "cannot be written" in mistake(fair, "import", "bad.csv", "--report", "no/report.json")


def test_terms_that_cannot_be_met_keep_nothing(fair: Path) -> None:
    process = leadscore(fair, "import", "fair.csv", "--event", "visit")
    assert process.returncode == 1
    assert (
        process.stderr.splitlines()[-1]
        == "error: --at belongs to an event; say both of them or none"
    )
    process = leadscore(fair, "import", "fair.csv", "--at", "gestern")
    assert process.returncode == 2
    assert "--at" in process.stderr
    assert leads(fair) == 0
