"""Lists of leads over HTTP; on both databases."""

import httpx
import pytest

from serving.http.state import ServiceState
from serving.record.database.database import Database
from tests.serving.intake.importing.lists import SHEET, workbook
from tests.serving.problems import problem_of
from tests.serving.server import running


def sent(
    client: httpx.Client,
    content: bytes | str,
    kind: str = "text/csv",
    **options: str | bool | list[str],
) -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    headers = {"Content-Type": kind}
    return client.post("/v1/leads:import", content=data, headers=headers, params=options)


CSV = "E-Mail;Firma;Branche;Notiz\nk.sommer@example.com;Sommer GmbH;IT;ruft an\n"


def leads(client: httpx.Client) -> list[str]:
    found = client.get("/v1/leads", params={"sort": "changed"}).raise_for_status().json()["leads"]
    return [lead["lead_id"] for lead in found]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CSV.encode("cp1252"), "text/csv; charset=windows-1252"),
        (CSV, "application/vnd.ms-excel"),
        (workbook(*(line.split(";") for line in CSV.splitlines())), SHEET),
        (
            '{"E-Mail": "k.sommer@example.com", "Firma": "x", "Branche": "IT", "Notiz": "y"}\n',
            "application/x-ndjson",
        ),
    ],
    ids=["csv", "windows", "excel", "json"],
)
def test_a_list_is_kept_whatever_its_form(
    client: httpx.Client, content: bytes | str, kind: str
) -> None:
    tried = sent(client, content, kind, dry_run=True).raise_for_status().json()
    assert (tried["imported"], tried["new"], leads(client)) == (False, 1, [])
    done = sent(client, content, kind).raise_for_status().json()
    assert done == {**tried, "imported": True}
    assert done["columns_left"] == ["Notiz"]
    [lead_id] = leads(client)
    held = client.get(f"/v1/leads/{lead_id}/export").raise_for_status().json()["tables"]
    assert {row["field"]: row["value"] for row in held["profile_value"]} == {
        "industry": "IT", "free_mailer": False,
    }  # fmt: skip
    again = sent(client, content, kind).raise_for_status().json()
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)


def test_options_say_what_cannot_be_guessed(client: httpx.Client) -> None:
    csv = "E-Mail;Messe;Einwilligung\nk.sommer@example.com;Hannover;ja\n"
    done = sent(
        client,
        csv,
        column=["Messe=profile.fair", "Einwilligung=consent.profiling"],
        occurred="2026-03-01T09:00:00+01:00",
        event="trade_fair_visit",
        at="2026-03-01T09:00:00+01:00",
        source="fair",
        separator=";",
    ).raise_for_status()
    assert [done.json()[name] for name in ("new", "events", "consents")] == [1, 1, 1]
    [lead_id] = leads(client)
    held = client.get(f"/v1/leads/{lead_id}/export").json()["tables"]
    assert held["consent"][0]["source"] == held["event"][0]["source"] == "fair"


def test_a_bad_row_keeps_all_out_unless_it_may_be_skipped(client: httpx.Client) -> None:
    csv = CSV + "geheim@;x;y;z\n"
    report = sent(client, csv).raise_for_status().json()
    assert (report["imported"], report["refused_rows"], leads(client)) == (False, 1, [])
    [row] = report["refused"]
    assert (row["line"], row["column"], "geheim" in row["message"]) == (3, "E-Mail", False)
    report = sent(client, csv, skip_bad_rows=True).raise_for_status().json()
    assert (report["imported"], report["refused_rows"], len(leads(client))) == (True, 1, 1)


def test_what_cannot_be_taken_is_refused_in_one_shape(client: httpx.Client) -> None:
    for answer, field, said in [
        (sent(client, CSV, "application/pdf"), "content-type", "must be one of text/csv"),
        (sent(client, CSV, ""), "content-type", "must be one of"),
        (sent(client, "geheim;x\n1;2\n"), None, "none of the first 20 rows"),
        (sent(client, CSV, SHEET), None, "no Excel workbook"),
        (sent(client, "{", "application/x-ndjson"), None, "line 1: is no JSON"),
        (sent(client, CSV, column="Frima=account_id"), None, "did you mean 'Firma'"),
        (sent(client, CSV, event="visit"), "at", "belongs to an event"),
        (sent(client, CSV, at="2026-03-01"), "query.at", "time zone"),
        (sent(client, CSV, colum="x"), "query.colum", "not known here"),
        (sent(client, CSV, source=""), "query.source", "at least 1 character"),
        (sent(client, "E-Mail\n" + "a@b.de\n" * 10_001), None, "more than 10,000 rows"),
    ]:
        assert problem_of(answer) == (422, "invalid_request", field)
        assert said in answer.json()["detail"]
        assert "geheim" not in answer.text
    assert leads(client) == []
    assert problem_of(sent(client, b"x" * (32 * 1024 * 1024 + 1))) == (413, "too_large", None)


def test_without_a_record_nothing_is_read(database: Database) -> None:
    with running(ServiceState()) as client:
        assert sent(client, CSV).status_code == 503
