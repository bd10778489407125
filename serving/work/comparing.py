"""Leads whose contacts are new, compared with others: may two be one person?"""

from serving.intake.duplicates import compare_waiting
from serving.record.database.database import Database
from serving.record.identity.duplicates import any_uncompared

BATCH = 100
"""Leads of one transaction; nobody else can write to SQLite for as long."""


def compare_new(database: Database) -> int:
    """Compare a batch of leads, note which may be one person, and return how many were compared.

    Several workers on one PostgreSQL share the leads.

    Raises:
        RecordAwayError: The database does not answer; nothing was done.
    """
    with database.reading() as connection:
        if not any_uncompared(connection):
            return 0
    with database.writing() as connection:
        return compare_waiting(connection, BATCH)
