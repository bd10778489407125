"""Lists taken into the record: each person once, all rows or none; on both databases."""

import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from features.contract.lead import ContractError
from serving.intake.events import Whose
from serving.intake.importing.leads import Terms, import_leads
from serving.intake.importing.report import ImportReport
from serving.record.access.audits import audits_of
from serving.record.database.database import Database
from serving.record.identity.contacts import find_by_contact
from serving.record.identity.merges import undo_merge
from serving.record.leads.leads import StoredLead, find_lead, leads_by_number
from serving.record.privacy.consents import without_basis
from serving.record.schema import lead, metadata
from serving.record.upgrade import upgrade
from tests.serving.intake.importing.lists import understood
from tests.serving.record.telling import HOUR, NOW, did, event, events, profile, put, told

LATER = count(NOW + HOUR, 1_000)


def taken(database: Database, data: str, *said: str, **terms: object) -> ImportReport:
    table, columns = understood(data, *said)
    return import_leads(database, table, columns, Terms(**terms), next(LATER))  # type: ignore[arg-type]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.new, report.changed, report.unchanged


def rows(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def owner(database: Database, kind: str, value: str) -> StoredLead:
    with database.reading() as connection:
        number = find_by_contact(connection, kind, [value])[value]
        [found] = leads_by_number(connection, [number])
    return found


LIST = (
    "Vorname;Nachname;E-Mail;Telefon;Firma;Position;Mitarbeiter;Erstellt am\n"
    "Karla;Sommer;K.Sommer@Example.com;030 901820;Sommer GmbH;Geschäftsführung;1.200;01.03.2026\n"
    "Jo;Winter;;+49 171 1234567;Winter AG;;12;\n"
)


def test_a_list_becomes_leads_once(database: Database) -> None:
    assert counts(taken(database, LIST)) == (2, 0, 0)
    found = owner(database, "email", "k.sommer@example.com")
    assert (found.kind, found.created) == ("lead", 1_772_319_600_000_000)
    assert "sommer" not in found.lead_id
    assert profile(database, found.lead_id, next(LATER)) == {
        "role": "Geschäftsführung", "employees": 1200, "employees_band": "250+",
        "free_mailer": False, "phone_country": "DE",
    }  # fmt: skip
    before = rows(database)
    assert counts(taken(database, LIST)) == (0, 0, 2)
    assert rows(database) == before
    assert counts(taken(database, LIST.replace("1.200", "1.300"))) == (0, 1, 1)


def test_a_dry_run_tells_the_same_and_keeps_nothing(database: Database) -> None:
    before = rows(database)
    terms: dict[str, Any] = {"event": "trade_fair_visit", "at": NOW}
    tried = taken(database, LIST, dry_run=True, **terms)
    assert rows(database) == before
    done = taken(database, LIST, **terms)
    assert (tried.imported, done.imported) == (False, True)
    assert tried.model_dump(exclude={"imported"}) == done.model_dump(exclude={"imported"})


BAD = (
    "E-Mail;Telefon;Mitarbeiter;Land\n"
    "a@b.de;030 901820;12;\n"
    "geheim@;4921123456;viele;\n"
    ";;5;\n"
    "c@d.de;01 58858;;AT\n"
    "e@f.de;;;;zuviel\n"
)


def test_a_bad_row_keeps_all_others_out(database: Database) -> None:
    before = rows(database)
    report = taken(database, BAD)
    assert (report.imported, report.rows, report.refused_rows, report.new) == (False, 5, 4, 1)
    assert rows(database) == before
    assert [(one.line, one.column) for one in report.refused] == [
        (3, "E-Mail"), (3, "Telefon"), (3, "Mitarbeiter"), (4, None), (5, "Telefon"), (6, None),
    ]  # fmt: skip
    said = report.model_dump_json()
    assert not any(value in said for value in ("geheim", "4921123456", "viele", "zuviel"))
    report = taken(database, BAD, skip_bad_rows=True)
    assert (report.imported, report.refused_rows, counts(report)) == (True, 4, (1, 0, 0))
    assert counts(taken(database, BAD, skip_bad_rows=True)) == (0, 0, 1)


def test_a_list_of_bad_rows_alone_imports_nothing(database: Database) -> None:
    assert not taken(database, "E-Mail\nx@\n", skip_bad_rows=True).imported


def test_a_row_is_the_lead_that_has_its_address_or_number(database: Database) -> None:
    put(
        database,
        told("L-1", contact={"email": "a@b.de"}),
        told("L-2", contact={"phone": "030 111111"}),
    )
    put(database, told("L-3", contact={"phone": "030 222222"}))
    report = taken(database, "Mail;Tel;Branche\nA@B.de;;x\n;+4930111111;y\nc@d.de;030 222222;z\n")
    assert counts(report) == (0, 3, 0)
    found = [profile(database, one, next(LATER))["industry"] for one in ("L-1", "L-2", "L-3")]
    assert found == ["x", "y", "z"]
    assert owner(database, "email", "c@d.de").lead_id == "L-3"


def test_colleagues_share_a_switchboard(database: Database) -> None:
    put(database, told("L-1", contact={"email": "chef@b.de", "phone": "030 901820"}))
    report = taken(database, "Mail;Tel\nx@b.de;030 901820\ny@b.de;030 901820\n")
    assert counts(report) == (2, 0, 0)
    # A number alone is whoever had it first.
    assert counts(taken(database, "Mail;Tel\n;030 901820\n")) == (0, 0, 1)


def test_rows_of_one_person_are_one_lead(database: Database) -> None:
    report = taken(
        database,
        "ID;Mail;Tel;Branche;Land\n;a@b.de;030 901820;x;\n;;030 901820;;DE\n;A@b.de;;y;\n"
        "L-9;c@d.de;;;\n;c@d.de;;z;\n",
    )
    assert (report.rows, counts(report)) == (5, (2, 0, 0))
    found = owner(database, "phone", "+4930901820")
    known = profile(database, found.lead_id, next(LATER))
    assert (known["industry"], known["country"]) == ("y", "DE")
    assert profile(database, "L-9", next(LATER))["industry"] == "z"


def test_one_id_for_two_people_is_refused(database: Database) -> None:
    report = taken(database, "ID;Mail\nL-1;a@b.de\nL-1;c@d.de\nL-1;A@b.de\n")
    assert [(one.line, one.column) for one in report.refused] == [(3, "ID")]
    assert "line 2" in report.refused[0].message


def test_a_visitor_becomes_the_lead_of_the_list(database: Database) -> None:
    did(database, Whose("email", "a@b.de"), event("page_view", NOW - HOUR))
    assert counts(taken(database, "Mail\na@b.de\n")) == (1, 0, 0)
    assert counts(taken(database, "Mail\na@b.de\n")) == (0, 0, 1)
    found = owner(database, "email", "a@b.de")
    assert [e.event_type for e in events(database, found.lead_id)] == ["page_view"]


def test_a_merged_lead_is_heard_as_one(database: Database) -> None:
    did(database, Whose("email", "a@b.de"), event("page_view", NOW - HOUR))
    put(database, told("L-1", contact={"email": "a@b.de"}))
    with database.writing() as connection:
        undo_merge(connection, 1, NOW)
    # Whoever took them apart knows better: neither stands for the other, and the list goes on.
    assert sum(counts(taken(database, "Mail\na@b.de\n"))) == 1


def test_an_account_and_an_id_are_those_of_the_list(database: Database) -> None:
    taken(database, "Lead-ID;Kundennummer;Firma\n4711.0;K-1;x\n", "Firma=contact.company")
    with database.reading() as connection:
        found = find_lead(connection, "4711.0")
    assert found is not None
    assert found.account_id == "K-1"
    taken(database, "Lead-ID;Firma\n4711.0;y\n")
    with database.reading() as connection:
        again = find_lead(connection, "4711.0")
    assert again is not None
    assert again.account_id == "K-1"


def test_what_every_lead_did_is_kept_once(database: Database) -> None:
    terms: dict[str, Any] = {"event": "trade_fair_visit", "at": NOW, "source": "fair"}
    assert taken(database, "Mail\na@b.de\n", **terms).events == 1
    report = taken(database, "Mail\na@b.de\nc@d.de\n", **terms)
    assert (report.events, counts(report)) == (1, (1, 0, 1))
    found = owner(database, "email", "a@b.de")
    assert found.created == NOW
    with database.reading() as connection:
        assert [(who, what) for _, who, what, _ in audits_of(connection, [found.number])] == [
            ("fair", "told")
        ]


def test_consent_is_what_the_list_says_and_nothing_else(database: Database) -> None:
    said = "Einwilligung=consent.profiling"
    data = "Mail;Einwilligung\na@b.de;ja\nc@d.de;nein\ne@f.de;\ng@h.de;x\nG@h.de;nein\n"
    with pytest.raises(ContractError, match="'Einwilligung' was given"):
        taken(database, data, said)
    assert taken(database, data, said, occurred=NOW).consents == 3
    again = taken(database, data, said, occurred=NOW)
    assert (again.consents, counts(again)) == (0, (0, 0, 4))
    mails = ["a@b.de", "c@d.de", "e@f.de", "g@h.de"]
    numbers = {owner(database, "email", mail).number: mail for mail in mails}
    with database.reading() as connection:
        barred = without_basis(connection, {n: n for n in numbers}, ["consent"])
    assert {numbers[number] for number in barred} == {"c@d.de", "e@f.de", "g@h.de"}
    assert taken(database, "Mail;Einwilligung\na@b.de;vielleicht\n", said, occurred=NOW).refused


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"event": "visit"}, "at: belongs to an event"),
        ({"at": NOW}, "at: belongs to an event"),
        ({"event": "visit", "at": NOW * 2}, "at: lies in the future"),
        ({"occurred": NOW * 2}, "occurred: lies in the future"),
    ],
)
def test_terms_that_cannot_be_met_are_refused(
    database: Database, terms: dict[str, Any], said: str
) -> None:
    with pytest.raises(ContractError, match=said):
        taken(database, "Mail\na@b.de\n", **terms)


def test_a_lead_that_comes_tomorrow_is_refused(database: Database) -> None:
    report = taken(database, "Mail;Erstellt\na@b.de;01.01.2099\n")
    assert report.refused[0].message == "lies in the future; correct it"


def test_no_address_becomes_a_profile_value(database: Database) -> None:
    report = taken(database, "Mail;Notiz\na@b.de;auch x@y.de\n", "Notiz=profile.note")
    assert [(one.column, "x@y.de" in one.message) for one in report.refused] == [("Notiz", False)]


def test_newer_values_of_others_stand_and_the_list_is_still_taken_once(database: Database) -> None:
    put(database, told("L-1", NOW, contact={"email": "a@b.de"}, profile={"industry": "steel"}))
    data = "Mail;Branche\na@b.de;IT\n"
    assert counts(taken(database, data, occurred=NOW - HOUR)) == (0, 1, 0)
    assert counts(taken(database, data, occurred=NOW - HOUR)) == (0, 0, 1)
    assert profile(database, "L-1", next(LATER))["industry"] == "steel"


CELLS = {
    "ID": st.sampled_from(["", "", "L-1", "L-2", "z"]),
    "Mail": st.sampled_from(["", "a@b.de", "c@d.de", "e@f.de"]),
    "Tel": st.sampled_from(["", "030 901820", "0171 1234567"]),
    "Branche": st.sampled_from(["", "x", "y"]),
    "Kundennummer": st.sampled_from(["", "A", "B"]),
    "Erstellt": st.sampled_from(["", "01.03.2026", "02.03.2026"]),
}


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'import.db'}")
    upgrade(database)
    yield database
    database.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=6).filter(
        lambda rows: any(row["ID"] or row["Mail"] or row["Tel"] for row in rows)
    ),
    st.integers(0, 3),
)
def test_any_list_taken_twice_changes_nothing(
    file: Database, cells: list[dict[str, str]], stored: int
) -> None:
    with file.writing() as connection:
        connection.execute(lead.delete())
    for number in range(stored):
        drawn = random.Random(number)
        kinds = {"email": "c@d.de", "phone": "030 901820"}
        chosen = {kind: kinds[kind] for kind in kinds if drawn.random() < 0.6}
        put(file, told(f"L-{number}", contact=chosen))
    data = (
        "\n".join(
            ";".join(row) for row in [CELLS, *([one[name] for name in CELLS] for one in cells)]
        )
        + "\n"
    )
    first = taken(file, data, skip_bad_rows=True)
    before = rows(file)
    again = taken(file, data, skip_bad_rows=True)
    assert counts(again) == (0, 0, sum(counts(first)))
    assert rows(file) == before
