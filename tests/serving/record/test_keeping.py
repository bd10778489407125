"""Upgrades, backups and erasures; on both databases."""

import sqlite3
from contextlib import ExitStack, closing
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, select
from sqlalchemy.event import listen

from features.contract.lead import Event, moment
from serving.intake.events import Whose
from serving.intake.leads import take_lead
from serving.record.access.audits import audits_of
from serving.record.backup import restore_backup, write_backup
from serving.record.database.database import Database, RecordAwayError, RecordError
from serving.record.identity.merges import join_leads, undo_merge
from serving.record.leads.leads import find_lead
from serving.record.lifecycle.stages import StageEntry, stages_of
from serving.record.privacy.consents import NewConsent, add_consent, without_basis
from serving.record.privacy.erasure import erase_again, erase_lead, export_lead
from serving.record.schema import event, lead, metadata, profile_value
from serving.record.scores.scores import GivenScore, current_scores, give_scores
from serving.record.upgrade import check, pending, require_upgraded, upgrade
from tests.postgres import new_database
from tests.serving.record.telling import NOW, did, events, ids, profile, put, told


def quiet(step: str) -> None:
    assert step in metadata.tables


def rows(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


GIVEN = NewConsent("profiling", "consent", True, "test", None, None, NOW)


def score(number: int, probability: float, at: int = NOW) -> GivenScore:
    contributions = {"event:click": 0.5, "other": -0.25}
    return GivenScore(
        number, at, at, probability, 50, "C", "rules", None, None, None, 0.25, 0.0, contributions
    )


def filled(database: Database) -> int:
    number = put(
        database, told("L", profile={"industry": "IT"}, contact={"email": "a@b.de"})
    ).number
    put(database, told("M"))
    did(database, Whose("lead_id", "L"), Event("click", moment(NOW - 1), event_id="1"))
    did(database, Whose("lead_id", "M"), Event("click", moment(NOW - 1), event_id="2"))
    with database.writing() as connection:
        give_scores(connection, [score(number, 0.25), score(number, 0.5, NOW + 1)])
        add_consent(connection, number, GIVEN, NOW)
    return number


def test_an_upgrade_leaves_nothing_to_do(empty_url: str) -> None:
    database = Database(empty_url)
    steps = pending(database)
    assert steps
    with pytest.raises(RecordError, match="leadscore db upgrade"):
        require_upgraded(database)
    said = [f"not upgraded yet: {step}; run leadscore db upgrade" for step in steps]
    assert check(database) == said
    assert upgrade(database) == steps
    assert upgrade(database) == []
    assert check(database) == []
    require_upgraded(database)
    database.close()


def test_stages_that_were_told_before_there_was_an_agreement_are_kept(empty_url: str) -> None:
    database = Database(empty_url)
    with database.writing() as connection:
        config = Config(stdout=StringIO())
        config.set_main_option("script_location", str(files("serving.record") / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
    lead = {"number": 1, "lead_id": "L", "root": 1, "kind": "lead", "created": 1, "changed": 1}
    told = [(1, "MQL", NOW, NOW, "crm"), (1, "Won", NOW + 1, NOW, "erp")]
    with database.writing() as connection:
        connection.execute(metadata.tables["lead"].insert(), lead)
        for row in told:
            connection.exec_driver_sql(f"INSERT INTO stage_change VALUES {row}")
    assert upgrade(database)[0].startswith("0007")
    assert check(database) == []
    with database.reading() as connection:
        entries = stages_of(connection, {1: 1})[1]
    assert entries == [StageEntry(1, stage, at, source) for _, stage, at, _, source in told]
    assert {(entry.role, entry.allowed) for entry in entries} == {("crm", None)}
    database.close()


def test_a_table_that_is_not_as_expected_is_told(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    assert "add_table" in check(database)[0]


def test_a_record_of_a_later_version_is_refused(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordError, match="later version"):
        upgrade(database)


def test_an_upgrade_that_is_interrupted_leaves_nothing(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(empty_url)
    steps = pending(database)
    monkeypatch.setattr("serving.record.upgrade.command.upgrade", _half)
    with pytest.raises(KeyboardInterrupt):
        upgrade(database)
    monkeypatch.undo()
    assert pending(database) == steps
    assert upgrade(database) == steps
    assert check(database) == []
    database.close()


def _half(config: object, target: str) -> None:
    connection = config.attributes["connection"]  # type: ignore[attr-defined]
    metadata.tables["audit"].create(connection)
    raise KeyboardInterrupt


def test_a_database_that_names_no_encoding_keeps_texts_as_they_are(postgres: str) -> None:
    plain = new_database(postgres, "plain", "template0", encoding="SQL_ASCII")
    with closing(Database(plain)) as database:
        upgrade(database)
        put(database, told("Lübeck-Łódź", profile={"city": "Łódź"}))
        assert profile(database, "Lübeck-Łódź", NOW) == {"city": "Łódź"}


def test_a_backup_is_restored_into_either_kind(
    database: Database, tmp_path: Path, postgres: str
) -> None:
    filled(database)
    write_backup(database, tmp_path / "record.zip", quiet)
    assert (tmp_path / "record.zip").stat().st_mode & 0o777 == 0o600
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    restored, erased = restore_backup(other, tmp_path / "record.zip", quiet, replace=False)
    assert (restored, erased) == (sum(rows(database).values()), 0)
    assert rows(other) == rows(database)
    assert ids(events(other, "L")) == ["1"]
    # Numbers go on after those that were restored.
    assert put(other, told("N")).number == put(database, told("N")).number
    other.close()


def test_leads_that_are_there_do_not_go_unasked(database: Database, tmp_path: Path) -> None:
    filled(database)
    write_backup(database, tmp_path / "record.zip", quiet)
    put(database, told("new"))
    with pytest.raises(RecordError, match="3 leads are there and would go"):
        restore_backup(database, tmp_path / "record.zip", quiet, replace=False)
    restore_backup(database, tmp_path / "record.zip", quiet, replace=True)
    with database.reading() as connection:
        assert find_lead(connection, "new") is None
    put(database, told("new"))


def test_what_is_no_backup_changes_nothing(database: Database, tmp_path: Path) -> None:
    filled(database)
    before = rows(database)
    write_backup(database, tmp_path / "whole.zip", quiet)
    (tmp_path / "text.zip").write_text("no zip")
    whole = (tmp_path / "whole.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    for name in ("text.zip", "cut.zip", "missing.zip"):
        with pytest.raises(RecordError, match=name):
            restore_backup(database, tmp_path / name, quiet, replace=True)
    with pytest.raises(RecordError, match="there is a file already"):
        write_backup(database, tmp_path / "whole.zip", quiet)
    assert rows(database) == before


def test_who_is_erased_is_gone_and_stays_so(database: Database, tmp_path: Path) -> None:
    number = filled(database)
    write_backup(database, tmp_path / "record.zip", quiet)
    with database.writing() as connection:
        found = find_lead(connection, "L")
        assert found is not None
        held = export_lead(connection, found)
        assert erase_lead(connection, found, "test", NOW) == 1
    assert held["event"][0]["event_id"] == "=1"
    assert held["contact"][0]["value"] == "a@b.de"
    assert [row["probability"] for row in held["score_given"]] == [0.25, 0.5]
    for table in (lead, event, profile_value):
        column = table.c.number if table is lead else table.c.lead
        with database.reading() as connection:
            statement = select(func.count()).select_from(table).where(column == number)
            assert connection.execute(statement).scalar_one() == 0
    _, erased = restore_backup(database, tmp_path / "record.zip", quiet, replace=True)
    assert erased == 1
    with database.writing() as connection:
        assert find_lead(connection, "L") is None
        assert find_lead(connection, "M") is not None


def test_whoever_comes_again_after_an_erasure_stays(database: Database) -> None:
    filled(database)
    with database.writing() as connection:
        found = find_lead(connection, "L")
        assert found is not None
        erase_lead(connection, found, "test", NOW)
    put(database, told("L", NOW + 1, contact={"email": "a@b.de"}))
    with database.writing() as connection:
        assert erase_again(connection) == 0
        assert find_lead(connection, "L") is not None


def erased(database: Database, lead_id: str, at: int) -> None:
    with database.writing() as connection:
        found = find_lead(connection, lead_id)
        assert found is not None
        erase_lead(connection, found, "test", at)


def test_whoever_came_again_and_is_erased_again_stays_so(
    database: Database, tmp_path: Path
) -> None:
    put(database, told("A", NOW, contact={"email": "a@b.de"}))
    erased(database, "A", NOW + 1)
    put(database, told("A", NOW + 2, contact={"email": "a@b.de"}))
    write_backup(database, tmp_path / "record.zip", quiet)
    erased(database, "A", NOW + 3)
    _, again = restore_backup(database, tmp_path / "record.zip", quiet, replace=True)
    assert again == 1
    with database.reading() as connection:
        assert find_lead(connection, "A") is None


def test_a_colleague_with_the_number_of_whoever_is_erased_is_restored(
    database: Database, tmp_path: Path
) -> None:
    for lead_id in ("A", "B"):
        put(database, told(lead_id, NOW, contact={"phone": "+49 30 901820"}))
    write_backup(database, tmp_path / "record.zip", quiet)
    erased(database, "A", NOW + 1)
    _, again = restore_backup(database, tmp_path / "record.zip", quiet, replace=True)
    assert again == 1
    with database.reading() as connection:
        assert find_lead(connection, "A") is None
        assert find_lead(connection, "B") is not None


def test_who_was_part_of_a_lead_that_stays_erased_is_restored(
    database: Database, tmp_path: Path
) -> None:
    kept, joined = (put(database, told(lead_id)).number for lead_id in ("A", "B"))
    with database.writing() as connection:
        merged = join_leads(connection, kept, joined, "test", NOW)
        assert merged is not None
    write_backup(database, tmp_path / "record.zip", quiet)
    with database.writing() as connection:
        undo_merge(connection, merged, NOW + 1)
    erased(database, "A", NOW + 2)
    restore_backup(database, tmp_path / "record.zip", quiet, replace=True)
    with database.reading() as connection:
        assert find_lead(connection, "A") is None
        found = find_lead(connection, "B")
        assert found is not None
        assert found.lead_id == "B"


def test_a_new_lead_has_no_audit_of_one_that_is_gone(database: Database) -> None:
    put(database, told("A"))
    erased(database, "A", NOW + 1)
    new = put(database, told("B", NOW + 2))
    with database.reading() as connection:
        assert audits_of(connection, [new.number]) == []


def test_the_newest_score_of_a_lead_is_its_current_one(database: Database) -> None:
    number = filled(database)
    with database.reading() as connection:
        found = current_scores(connection, [number, 99])
    assert {key: (one.probability, one.as_of) for key, one in found.items()} == {
        number: (0.5, NOW + 1)
    }


def test_a_basis_stands_until_it_is_withdrawn(database: Database) -> None:
    number = filled(database)
    gone = GIVEN._replace(given=False, at=NOW + 10)
    assert barred(database, number, "consent") == set()
    assert barred(database, number, "contract") == {number}
    with database.writing() as connection:
        assert add_consent(connection, number, gone, NOW + 10)
        assert not add_consent(connection, number, gone, NOW + 20)
    assert barred(database, number, "consent") == {number}
    with database.writing() as connection:
        assert add_consent(connection, number, GIVEN._replace(at=NOW + 11), NOW + 11)
    assert barred(database, number, "consent") == set()


def barred(database: Database, number: int, basis: str) -> set[int]:
    with database.reading() as connection:
        return without_basis(connection, {number: number}, [basis])


def test_a_withdrawal_by_one_of_two_that_are_one_person_holds_for_both(database: Database) -> None:
    first = filled(database)
    second = put(database, told("second")).number
    with database.writing() as connection:
        add_consent(connection, second, GIVEN._replace(given=False), NOW)
    with database.reading() as connection:
        parts = {first: first, second: first}
        assert without_basis(connection, parts, ["consent"]) == {first}


@pytest.mark.parametrize("url", ["mysql://a:geheim@b/c", "nonsense geheim"])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(RecordError) as caught:
        Database(url)
    assert "geheim" not in str(caught.value)
    assert "sqlite:///leadscore.db" in str(caught.value)


def test_a_disk_that_is_full_is_told_and_nothing_is_half_written(record_file: str) -> None:
    database = Database(record_file)
    pages = "PRAGMA max_page_count = 1"  # Never less than there are.
    listen(database.engine, "connect", lambda connection, _: connection.execute(pages))
    with pytest.raises(RecordAwayError, match="no room left"), database.writing() as connection:
        for number in range(1000):
            take_lead(connection, told(f"L{number}"), NOW)
    assert rows(database)["lead"] == 0
    database.close()


def test_another_process_that_writes_for_long_is_named(record_file: str) -> None:
    database = Database(record_file)
    impatient = "PRAGMA busy_timeout = 1"
    listen(database.engine, "connect", lambda connection, _: connection.execute(impatient))
    with closing(sqlite3.connect(record_file.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordAwayError, match="another process"), database.writing():
            pass
        assert rows(database)["lead"] == 0
    put(database, told("L"))
    database.close()


def test_too_many_at_once_are_told_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0)
    with ExitStack() as all_of_them, pytest.raises(RecordAwayError, match="too many at once"):
        for _ in range(50):
            all_of_them.enter_context(database.reading())


def test_a_database_that_is_away_is_told_without_its_password() -> None:
    database = Database("postgresql+psycopg://crm:geheim@127.0.0.1:9/x?connect_timeout=2")
    with pytest.raises(RecordAwayError) as caught, database.reading():
        pass
    assert "geheim" not in str(caught.value)


def test_a_record_of_an_earlier_version_is_backed_up_by_that_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'record.db'}")
    with pytest.raises(RecordError, match="back it up by that one, then upgrade"):
        write_backup(database, tmp_path / "backup.zip", lambda step: None)
    assert not (tmp_path / "backup.zip").exists()
    database.close()
