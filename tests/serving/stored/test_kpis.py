"""Figures of a record on either database, held against the same lives without one."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from features.contract.duration import DAY_US, HOUR_US
from leadscore import app
from serving.intake.events import Whose
from serving.lifecycle.kpis.calendar import month_begins, week_of
from serving.lifecycle.kpis.costs import Cost
from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.groups import Dimension, Key
from serving.lifecycle.kpis.kpis import Kpis
from serving.record.database.database import Database
from serving.record.identity.merges import join_leads
from serving.record.lifecycle.costs import costs_of, keep_costs
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.schema import score_given
from serving.stored.kpis import kpis_of
from tests.serving.lifecycle.agreements import agreement
from tests.serving.record.telling import did, event, put, told

BEGIN, END = month_begins("2026-01"), month_begins("2026-04")
LATE = month_begins("2027-01")


def at(day: int, hour: int = 0) -> int:
    """Return a moment of January 2026, or after it."""
    return BEGIN + (day - 1) * DAY_US + hour * HOUR_US


def lead(
    database: Database, lead_id: str, *steps: tuple[str, int, str, str | None], **profile: object
) -> int:
    """Tell of a lead that was created on the first of January."""
    number = put(database, told(lead_id, at(1), created=at(1), profile=profile)).number
    entries = [
        StageEntry(number, stage, when, "u-1", role=role, reason=reason)  # type: ignore[arg-type]
        for stage, when, role, reason in steps
    ]
    with database.writing() as connection:
        add_stages(connection, entries, at(1))
    return number


def figures(
    database: Database, *by: Dimension, as_of: int = LATE, end: int = END, **terms: object
) -> Kpis:
    with database.reading() as connection:
        return kpis_of(connection, agreement(**terms), BEGIN, end, by, as_of)


def test_a_record_tells_its_figures(database: Database) -> None:
    won = lead(
        database, "won", ("MQL", at(2), "rule", None), ("SAL", at(2, 5), "sales", None),
        ("SQL", at(4), "sales", None), ("Closed Won", at(14), "crm", None),
        channel="Ads ", deal_value=900,
    )  # fmt: skip
    lead(database, "no", ("MQL", at(2), "rule", None), ("recycled", at(3), "sales", "no_time"),
         channel="ads")  # fmt: skip
    lead(database, "called", ("MQL", at(3), "rule", None), utm_source="fair")
    lead(database, "new", ("MQL", at(80), "rule", None))
    lead(database, "odd", ("Opportunity", at(2), "crm", None))
    did(database, Whose("lead_id", "called"), event("call", at(3, 1), "1"), at=at(3, 1))
    with database.writing() as connection:
        keep_costs(connection, [Cost("2026-01", "ads", None, 100.0)], at(40))
    stages = {"MAL": {}, "MQL": {}, "SAL": {}, "SQL": {}, "disqualified": {}, "recycled": {},
              "customer": {"also": ["won", "closed won"], "end": True}}  # fmt: skip
    found = figures(database, "channel", stages=stages, as_of=at(170))
    total = found.total.figures
    assert total["mql_to_sql"] == share(1, 4, 0)
    assert total["acceptance_rate"] == share(1, 2, 2)
    assert total["speed_to_lead"] == Figure(3, 4, 14.5, None, None, 0)
    assert total["close_rate"] == share(0, 0, 1)
    assert total["cost_per_lead"] == Figure(100.0, 5, 20.0)
    # On Friday, 2 January, both were due at 17:00; a call moves nobody on.
    assert total["within_sla"] == share(1, 4)
    assert "within_sla" not in figures(database, stages=stages, sla=None, alerts=[]).total.figures
    assert found.total.rejections == {"no_time": share(1, 1)}
    assert [group.key for group in found.groups] == [("ads",), ("fair",), (None,)]
    ads, fair, unknown = (group.figures for group in found.groups)
    assert ads["cost_per_lead"] == Figure(100.0, 2, 50.0)
    assert "cost_per_lead" not in fair
    assert fair["speed_to_lead"].value == 1
    assert unknown["mql_to_sql"] == share(0, 1)
    mature = figures(database, stages=stages).total.figures
    assert mature["close_rate"] == share(1, 1)
    assert mature["sales_cycle"].value == 10
    assert mature["deal_value"] == Figure(900, 1, 900.0)
    assert mature["cost_per_sql"].value == 100
    # What is told later was not known then.
    early = figures(database, as_of=at(4)).total.figures
    assert early["mql_to_sql"] == share(0, 0, 3)
    assert won


def test_figures_are_told_apart(database: Database) -> None:
    known = {"channel": "ads", "campaign": "x", "country_code": "AT"}
    lead(database, "a", ("MQL", at(2), "rule", None), **known)
    lead(database, "b", ("MQL", at(40), "rule", None), channel="ads")
    with database.writing() as connection:
        costs = [Cost("2026-01", "ads", "x", 10.0), Cost("2026-01", "ads", None, 5.0)]
        keep_costs(connection, costs, at(40))
    cases = [{"name": "austria", "when": {"country_code": "AT"},
              "needs": {"MQL": {"grade": "C"}}}]  # fmt: skip
    expected: dict[tuple[Dimension, ...], list[Key]] = {
        ("month",): [("2026-01",), ("2026-02",)],
        ("week",): [("2026-W01",), (week_of(at(40)),)],
        ("use_case",): [("austria",), (None,)],
        ("grade",): [(None,)],
        ("channel", "campaign"): [("ads", "x"), ("ads", None)],
        (): [],
    }
    for by, keys in expected.items():
        found = figures(database, *by, use_cases=cases)
        assert {group.key for group in found.groups} == {*keys}, by
        with_costs = {by_one for by_one in ("month", "channel") if by_one in by}
        assert any("cost_per_lead" in g.figures for g in found.groups) is bool(with_costs)
        assert found.total.figures["cost_per_lead"].numerator == 15
    [of_x, of_none] = figures(database, "channel", "campaign").groups
    assert of_x.figures["cost_per_lead"] == Figure(10.0, 1, 10.0)
    assert of_none.figures["cost_per_lead"] == Figure(5.0, 1, 5.0)


def test_leads_that_are_one_person_count_once(database: Database) -> None:
    first = lead(database, "first", ("MQL", at(2), "rule", None), channel="ads")
    second = lead(database, "second", ("SQL", at(9), "crm", None), channel="fair")
    with database.writing() as connection:
        join_leads(connection, first, second, "u-1", at(10))
    found = figures(database).total.figures
    assert found["mql_to_sql"] == share(1, 1)


def _score(database: Database, number: int, when: int, probability: float, grade: str) -> None:
    row = {
        "lead": number, "as_of": when, "given": when, "probability": probability, "score": 50,
        "grade": grade, "basis": "model", "log_odds": 0.0, "base_log_odds": 0.0,
        "contributions": {},
    }  # fmt: skip
    with database.writing() as connection:
        connection.execute(score_given.insert(), [row])


def test_the_first_score_of_the_period_is_held_to_its_promise(database: Database) -> None:
    came = lead(database, "came", ("SQL", at(30), "crm", None))
    not_yet = lead(database, "not yet", ("SQL", at(60), "crm", None))
    before = lead(database, "before", ("SQL", at(3), "crm", None))
    for number in (came, not_yet, before):
        _score(database, number, BEGIN - 1, 0.9, "D")
        _score(database, number, at(5), 0.3, "A")
        _score(database, number, at(6), 0.8, "C")
    found = figures(database).total.promises
    assert [(one.grade, one.basis, one.expected, one.realised) for one in found] == [
        ("A", "model", 0.3, share(1, 2))
    ]
    assert [one.realised.waiting for one in figures(database, as_of=at(31)).total.promises] == [2]


def test_a_case_has_the_grade_of_then(database: Database) -> None:
    told_by_crm = lead(database, "a", ("MQL", at(5), "crm", None))
    _score(database, told_by_crm, at(4), 0.1, "D")
    _score(database, told_by_crm, at(5), 0.3, "B")
    _score(database, told_by_crm, at(6), 0.4, "A")
    lead(database, "b", ("MQL", at(5), "crm", None))
    groups = figures(database, "grade").groups
    assert [(g.key, g.figures["mql_to_sql"].denominator) for g in groups if g.key != ("D",)] == [
        (("B",), 1), ((None,), 1),
    ]  # fmt: skip


def test_costs_told_again_are_replaced(database: Database) -> None:
    costs = [Cost("2026-01", "ads", None, 1.0), Cost("2026-01", "ads", "x", 2.0)]
    with database.writing() as connection:
        keep_costs(connection, costs, at(40))
        keep_costs(connection, [costs[1]._replace(amount=3.0)], at(41))
        assert costs_of(connection) == [costs[0], costs[1]._replace(amount=3.0)]


def test_a_record_without_leads_has_no_figures(database: Database) -> None:
    found = figures(database, "month")
    assert found.groups == () and found.total.promises == ()
    assert all(figure.value is None for figure in found.total.figures.values())


def test_more_groups_than_anybody_reads_are_refused(
    record_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.lifecycle.kpis.kpis.MOST_GROUPS", 1)
    database = Database(record_file)
    for name in ("a", "b"):
        lead(database, name, ("MQL", at(2), "rule", None), channel=name)
    with pytest.raises(Exception, match="there are 2 groups; ask for at most 1"):
        figures(database, "channel")
    database.close()


def test_figures_are_told_on_a_terminal_and_as_csv(
    record_file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", record_file)
    monkeypatch.setenv("COLUMNS", "200")
    database = Database(record_file)
    lead(database, "a", ("MQL", at(2), "rule", None), channel='=HYPERLINK("x")')
    database.close()
    costs, out = tmp_path / "costs.csv", tmp_path / "kpis.csv"
    costs.write_text("month;channel;campaign;amount;currency\n2026-01;Ads;;1.000,50;eur\n")
    assert "1 costs of 1,000.50 EUR; nothing is kept" in run("costs", str(costs), "--dry-run")
    assert "kept" in run("costs", str(costs))
    period = ("--from", "2026-01-01", "--to", "2026-04-01")
    shown = run("kpis", *period)
    assert "MQL to SQL" in shown and "1,000.50 of 1" in shown
    run("kpis", *period, "--by", "channel", "--csv", str(out))
    rows = list(csv.DictReader(StringIO(out.read_text())))
    assert {row["channel"] for row in rows} == {"", "ads", '\'=hyperlink("x")'}
    for wrong in (("--by", "x"), ("--by", "month", "--by", "month"), ("--from", "2026-05-01")):
        assert CliRunner().invoke(app, ["kpis", *period, *wrong]).exit_code == 2


def run(*command: str) -> str:
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout
