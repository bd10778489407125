"""What is asked of a database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from serving.record.database.database import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Give the texts of the statements that run meanwhile, without what begins a transaction."""
    statements: list[str] = []

    def note(_: object, __: object, text: str, *___: object) -> None:
        if not text.startswith("BEGIN"):
            statements.append(text)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
