"""The tables brought to what the code expects, by Alembic; and whether they are."""

import logging
from importlib.resources import files
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from serving.record.database.database import Database, RecordAwayError, RecordError
from serving.record.schema import metadata

_log = logging.getLogger(__name__)


def pending(database: Database) -> list[str]:
    """Return the steps that an upgrade would take, each in words.

    Raises:
        RecordError: The record was made by a later version of the product.
    """
    with database.reading() as connection:
        return _pending(connection)


def upgrade(database: Database) -> list[str]:
    """Take all pending steps in one transaction, and return them.

    Raises:
        RecordError: The record was made by a later version of the product.
    """
    with database.writing() as connection:
        steps = _pending(connection)
        if steps:
            command.upgrade(_config(connection), "head")
    return steps


def check(database: Database) -> list[str]:
    """Return what is not as the code expects, as sentences; nothing if all is well."""
    with database.reading() as connection:
        if steps := _pending(connection):
            return [f"not upgraded yet: {step}; run leadscore db upgrade" for step in steps]
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        said = [f"table structure differs: {difference[0]}" for difference in differences]
        if database.embedded:
            [result] = connection.exec_driver_sql("PRAGMA quick_check(1)").fetchone() or ("?",)
            said += [] if result == "ok" else [f"the file is damaged: {result}; restore a backup"]
        return said


def current_revision(connection: Connection) -> str | None:
    """Return the step that the record is at, None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def require_there(database: Database) -> None:
    """Refuse a record in a file that is not there, which SQLite would make, and find empty.

    Raises:
        RecordError: With what to do.
    """
    if database.embedded and not Path(database.engine.url.database or "").is_file():
        raise RecordError(f"there is no record at {database.shown}; check LEADSCORE_DATABASE_URL")


def require_upgraded(database: Database) -> None:
    """Refuse a record that is not as the code expects.

    A server that is away is looked at as soon as it answers; a file does not come by itself.

    Raises:
        RecordError: With what to do.
    """
    try:
        with database.reading() as connection:
            _require(connection, database.shown)
    except RecordAwayError as error:
        if database.embedded:
            raise
        _log.warning("started without the record, which is asked again and again: %s", error)
        database.check_first(
            lambda connection: _require(connection, database.shown, RecordAwayError)
        )


def _require(connection: Connection, shown: str, refusal: type[RecordError] = RecordError) -> None:
    if _pending(connection):
        raise refusal(f"the record at {shown} is not upgraded: leadscore db upgrade")


def _pending(connection: Connection) -> list[str]:
    script = ScriptDirectory.from_config(_config(connection))
    current = current_revision(connection)
    known = list(script.walk_revisions())
    if current is not None and current not in {revision.revision for revision in known}:
        raise RecordError("the record was made by a later version; install that one")
    steps = []
    for revision in known:
        if revision.revision == current:
            break
        steps.append(f"{revision.revision} {revision.doc.rstrip('.')}")
    return steps[::-1]


def _config(connection: Connection) -> Config:
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(files("serving.record") / "migrations"))
    config.attributes["connection"] = connection
    return config
