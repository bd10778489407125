"""Keys that the record keeps."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from features.contract.clock import now
from serving.access.key import Key, new_key, successor
from serving.access.key_file import KeyFile
from serving.access.keyring import MINUTE_US, KeyRefusedError, Keyring
from serving.record.access.audits import OperatorAudit, operator_audits
from serving.record.access.keys import RecordKeys, known_keys
from serving.record.backup import restore_backup, write_backup
from serving.record.database.database import Database
from serving.record.schema import api_key

NOW = 1_780_000_000_123_456


def made(name: str = "crm", at: int = NOW) -> tuple[Key, str]:
    return new_key(name, frozenset({"score", "write"}), at, at + 10**12)


def test_what_is_kept_is_read(database: Database) -> None:
    store, (first, _), (second, _) = RecordKeys(database), made(), made("web", NOW + 1)
    assert store.read() == []
    store.put(second, first)
    assert store.read() == [first, second]
    ended = replace(first, expires=NOW + 2, revoked=NOW + 3)
    store.put(ended)
    assert store.read() == [ended, second]


def test_the_record_holds_no_secret(database: Database) -> None:
    store, (key, token) = RecordKeys(database), made()
    store.put(key)
    with database.reading() as connection:
        assert token[-64:] not in str(connection.execute(select(api_key)).all())


def test_the_last_use_goes_forward_and_an_end_leaves_it(database: Database) -> None:
    store, (first, _), (second, _) = RecordKeys(database), made(), made("web", NOW + 1)
    store.put(first, second)
    store.note_uses({first.id: NOW + 20, "nobody": NOW})
    store.note_uses({first.id: NOW + 10, second.id: NOW + 30})
    assert [key.used for key in store.read()] == [NOW + 20, NOW + 30]
    store.put(replace(first, revoked=NOW + 40))
    assert store.read()[0] == replace(first, used=NOW + 20, revoked=NOW + 40)


def test_a_service_notes_when_a_key_was_used(database: Database) -> None:
    store, (key, token) = RecordKeys(database), made()
    store.put(key)
    keyring = Keyring(store, clock=lambda: NOW + 5)
    keyring.read()
    keyring.key_of(token)
    with pytest.raises(KeyRefusedError):
        keyring.key_of(token[:-1] + ("1" if token[-1] == "0" else "0"))
    keyring.note_uses()
    assert store.read() == [replace(key, used=NOW + 5)]


def test_a_use_within_a_minute_of_the_last_is_not_written(database: Database) -> None:
    store, (key, token) = RecordKeys(database), made()
    store.put(key)
    at, noted = [NOW], []
    keyring = Keyring(store, clock=lambda: at[0])
    for later in (0, MINUTE_US - 1, MINUTE_US):
        at[0] = NOW + later
        keyring.read()
        keyring.key_of(token)
        keyring.note_uses()
        noted.append(store.read()[0].used)
    assert noted == [NOW, NOW, NOW + MINUTE_US]


def test_a_backup_brings_no_revoked_key_back(database: Database, tmp_path: Path) -> None:
    store, (old, _), (later, _) = RecordKeys(database), made(), made("web", NOW + 1)
    store.put(old)
    write_backup(database, tmp_path / "record.zip", lambda _: None)
    revoked = replace(old, revoked=NOW + 2)
    store.put(revoked, later)
    restore_backup(database, tmp_path / "record.zip", lambda _: None, replace=True)
    assert store.read() == [revoked, later]
    with database.writing() as connection:
        connection.execute(api_key.delete())
    restore_backup(database, tmp_path / "record.zip", lambda _: None, replace=True)
    assert store.read() == [old]
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(api_key)).scalar_one() == 1


def audited(database: Database) -> list[OperatorAudit]:
    with database.reading() as connection:
        return operator_audits(connection)


def test_what_becomes_of_a_key_is_in_the_audit_and_its_secret_is_not(database: Database) -> None:
    at = [NOW]
    store, (first, token) = RecordKeys(database, clock=lambda: at[0]), made()
    store.put(first)
    at[0] += 1
    old, second, _ = successor(first, at[0], 5)
    store.put(old, second)
    at[0] += 1
    revoked = replace(second, revoked=at[0])
    store.put(revoked)
    # Nothing becomes of them a second time.
    store.put(old, revoked)
    store.note_uses({first.id: NOW})
    before, after = f"{first.id} (crm): score, write", f"{second.id} (crm): score, write"
    assert audited(database) == [
        (NOW, "leadscore keys", "key_made", before),
        (NOW + 1, "leadscore keys", "key_rotated", before),
        (NOW + 1, "leadscore keys", "key_made", after),
        (NOW + 2, "leadscore keys", "key_revoked", after),
    ]
    assert not any(part in str(audited(database)) for part in (token[-64:], first.digest))


def test_a_key_that_is_revoked_while_somebody_rotates_it_stays_revoked(database: Database) -> None:
    store, (key, _) = RecordKeys(database), made()
    store.put(key)
    old, new, _ = successor(key, NOW + 1, 5)
    store.put(replace(key, revoked=NOW + 1))
    store.put(old, new)
    assert store.read() == [replace(old, revoked=NOW + 1), new]


def test_a_backup_takes_nothing_of_keys_out_of_the_audit(
    database: Database, tmp_path: Path
) -> None:
    store, (old, _), (later, _) = RecordKeys(database, clock=lambda: NOW), made(), made("web")
    store.put(old)
    write_backup(database, tmp_path / "record.zip", lambda _: None)
    store.put(replace(old, revoked=NOW), later)
    before = audited(database)
    restore_backup(database, tmp_path / "record.zip", lambda _: None, replace=True)
    assert audited(database) == before
    assert len(before) == 3


def test_keys_are_those_of_the_file_or_else_of_the_record(
    database: Database, tmp_path: Path
) -> None:
    at = now()
    in_file, in_record = made(at=at), made(at=at)
    file = tmp_path / "keys.toml"
    KeyFile(file).put(in_file[0])
    assert known_keys(None, None).open
    assert known_keys(None, database).open
    RecordKeys(database).put(in_record[0])
    assert known_keys(None, database).key_of(in_record[1]) == in_record[0]
    both = known_keys(file, database)
    assert both.key_of(in_file[1]) == in_file[0]
    with pytest.raises(KeyRefusedError):
        both.key_of(in_record[1])
