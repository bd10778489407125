"""The record's database, opened for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serving.agreements import Agreements
    from serving.lifecycle.agreement import Lifecycle
    from serving.record.database.database import Database
    from serving.settings import Settings


@contextmanager
def record_database() -> Iterator["Database"]:
    """Open the record of the settings."""
    from serving.record.database.database import Database, RecordError
    from serving.settings import Settings

    url = Settings.from_environment().database_url
    if url is None:
        raise RecordError("no record is named; set LEADSCORE_DATABASE_URL=sqlite:///leadscore.db")
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def lifecycle_in_force() -> "tuple[str, Lifecycle]":
    """Return the text of the lifecycle in force and what it says; without a record, of the file."""
    from features.contract.document import read_text
    from serving.lifecycle.agreement import SHIPPED, read_lifecycle
    from serving.record.upgrade import require_there, require_upgraded
    from serving.settings import Settings

    settings = Settings.from_environment()
    if settings.database_url is None:
        return read_text(settings.lifecycle or SHIPPED), read_lifecycle(settings.lifecycle)
    with record_database() as database:
        require_there(database)
        require_upgraded(database)
        agreed = agreements_of(database).lifecycle
    return agreed.text, agreed.said


def agreements_of(database: "Database", settings: "Settings | None" = None) -> "Agreements":
    """Return what is in force: the newest versions of a record, else the files of the settings.

    Args:
        database: Of the record.
        settings: Name the files; None means those of the environment.
    """
    from serving.agreements import Agreements
    from serving.settings import Settings

    settings = settings or Settings.from_environment()
    agreements = Agreements(database, settings.lifecycle, settings.rules)
    agreements.look()
    return agreements
