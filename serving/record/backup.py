"""A copy of the record in one file, which either kind of database can be restored from.

A zip with one file per table, one JSON object a line. It is written from one state of the record
while the service goes on, and appears under its name once it is whole.
"""

import json
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from serving.record.access.audits import note_missing, operator_audits
from serving.record.access.users import has_users
from serving.record.database.database import Database, RecordError, insert_new
from serving.record.privacy.erasure import erase_again
from serving.record.schema import (
    api_key,
    lead,
    login_attempt,
    metadata,
    secret,
    tombstone,
    user_account,
    user_session,
)
from serving.record.upgrade import current_revision, pending

_REVISION = "revision.txt"
_ROWS = 1_000
_KEPT = (secret, tombstone, api_key, user_account)
"""Who was erased stays erased, and a revoked key revoked, whatever is restored."""

_PASSING = (user_session, login_attempt)
"""Nobody is logged in again by a backup, which so holds no session."""

_TABLES = [table for table in metadata.sorted_tables if table not in _PASSING]


def write_backup(database: Database, path: Path, on_step: Callable[[str], None]) -> int:
    """Write a backup, and return the number of its rows.

    Args:
        database: Of the record.
        path: Of the new file.
        on_step: Called with what is about to be done.

    Raises:
        RecordError: There is a file already, or it cannot be written; or the record is of an
            earlier version.
    """
    if path.exists():
        raise RecordError(f"{path}: there is a file already; name a new one")
    if pending(database):
        raise RecordError(
            "the record is of an earlier version: back it up by that one, then upgrade"
        )
    unfinished = path.with_name(f".{path.name}.unfinished")
    rows = 0
    try:
        # It holds personal data: nobody else on the machine may read it.
        unfinished.touch(mode=0o600)
        with (
            database.reading() as connection,
            zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            archive.writestr(_REVISION, current_revision(connection) or "")
            for table in _TABLES:
                on_step(table.name)
                rows += _write_table(connection, archive, table)
        unfinished.replace(path)
    except OSError as error:
        raise RecordError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def restore_backup(
    database: Database, path: Path, on_step: Callable[[str], None], *, replace: bool
) -> tuple[int, int]:
    """Put a backup's rows in place of the record's, all of them or none.

    Args:
        database: Of an upgraded record.
        path: Of the backup.
        on_step: Called with what is about to be done.
        replace: Whether leads that are there may go.

    Returns:
        The number of rows, and of leads that were erased since the backup and stay so.

    Raises:
        RecordError: It is no backup, of another version, or leads would go.
    """
    try:
        with zipfile.ZipFile(path) as archive, database.writing() as connection:
            _check(connection, archive, path, replace=replace)
            by_operators = operator_audits(connection)
            for table in reversed(_TABLES):
                if table not in _KEPT:
                    connection.execute(table.delete())
            # A user who was removed stays so: they come back only where there is none at all.
            left_out = {user_account} if has_users(connection) else set()
            rows = 0
            for table in [each for each in _TABLES if each not in left_out]:
                on_step(table.name)
                rows += _read_table(connection, archive, table)
            note_missing(connection, by_operators)
            return rows, erase_again(connection)
    except FileNotFoundError:
        raise RecordError(f"{path}: there is no such file") from None
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise RecordError(f"{path}: is no backup of a record, or damaged") from None


def _check(connection: Connection, archive: zipfile.ZipFile, path: Path, *, replace: bool) -> None:
    made, here = archive.read(_REVISION).decode(), current_revision(connection)
    if made != here:
        raise RecordError(f"{path}: was made at step {made} of the record, this one is at {here}")
    there = connection.execute(select(func.count()).select_from(lead)).scalar_one()
    if there and not replace:
        raise RecordError(f"{there:,} leads are there and would go; say --replace if they may")


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    rows = 0
    streaming = connection.execution_options(yield_per=_ROWS)
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
        for row in streaming.execute(select(table)).mappings():
            file.write(json.dumps(dict(row), ensure_ascii=False).encode() + b"\n")
            rows += 1
    return rows


def _read_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    rows = 0
    with archive.open(f"{table.name}.jsonl") as file:
        lines: Iterator[dict[str, Any]] = map(json.loads, file)
        while some := list(islice(lines, _ROWS)):
            insert_new(connection, table, some)
            rows += len(some)
    if connection.dialect.name == "postgresql" and "number" in table.c:
        # Rows brought their numbers; the next one must come after them.
        sequence = f"pg_get_serial_sequence('{table.name}', 'number')"
        newest = f"SELECT coalesce(max(number), 0) + 1 FROM {table.name}"
        connection.execute(text(f"SELECT setval({sequence}, ({newest}), false)"))
    return rows
