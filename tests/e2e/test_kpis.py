"""Costs and figures by the front door, by the agreement that is in force."""

import csv
from pathlib import Path

import pytest

from serving.lifecycle.agreement import SHIPPED
from serving.record.database.database import Database
from serving.record.lifecycle.agreements import Version, agree
from tests.e2e.command import ENVIRONMENT, leadscore, said

COSTS = (
    "month,channel,amount,currency\n2026-03,ads,1200.50,{currency}\n2026-04,ads,800,{currency}\n"
)


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(ENVIRONMENT, "LEADSCORE_DATABASE_URL", "sqlite:///record.db")
    said(tmp_path, "db", "upgrade")
    return tmp_path


def test_costs_are_tried_kept_and_replaced(record: Path) -> None:
    (record / "costs.csv").write_text(COSTS.format(currency="EUR"), encoding="utf-8")
    assert "2 costs of 2,000.50 EUR; nothing is kept" in said(
        record, "costs", "costs.csv", "--dry-run"
    )
    for _ in range(2):
        assert "2 costs of 2,000.50 EUR; kept" in said(record, "costs", "costs.csv")
    said(record, "kpis", "--from", "2026-03-01", "--to", "2026-05-01", "--csv", "kpis.csv")
    with (record / "kpis.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["figure"]: row for row in csv.DictReader(file)}
    assert float(rows["cost_per_lead"]["numerator"]) == 2000.5


def test_the_agreement_of_the_record_counts_and_not_that_of_a_file(record: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    francs = text.replace('currency = "EUR"    ', 'currency = "CHF"    ')
    assert francs != text
    database = Database(f"sqlite:///{record / 'record.db'}")
    with database.writing() as connection:
        agree(connection, Version("lifecycle", 1, francs, "user 1", 1))
    database.close()
    (record / "costs.csv").write_text(COSTS.format(currency="EUR"), encoding="utf-8")
    refused = leadscore(record, "costs", "costs.csv")
    assert refused.returncode == 1
    assert "CHF" in refused.stderr and "Traceback" not in refused.stderr
    (record / "costs.csv").write_text(COSTS.format(currency="CHF"), encoding="utf-8")
    assert "CHF; kept" in said(record, "costs", "costs.csv")
    assert "Money in CHF" in said(record, "kpis")
