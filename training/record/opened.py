"""The record's database, opened to be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection

from features.history.sources import expand
from serving.record.database.database import Database, RecordError
from serving.record.privacy.policy import Policy, read_policy
from serving.record.upgrade import require_there, require_upgraded
from training.record.declared import RecordSource


class Record(NamedTuple):
    """One state of a record, and who of it may be learned from."""

    connection: Connection
    policy: Policy


@contextmanager
def opened_record(source: RecordSource) -> Iterator[Record]:
    """Open a record; all that is read of it is of one state, whatever is written meanwhile.

    Raises:
        RecordError: There is no such database, it does not answer, or is not upgraded.
        DocumentError: The policy file is missing or wrong.
    """
    try:
        url, policy_file = expand(source.database), source.policy_file
    except ValueError as error:
        raise RecordError(f"record: {error}") from None
    policy = read_policy(policy_file)
    database = Database(url)
    try:
        require_there(database)
        require_upgraded(database)
        with database.reading() as connection:
            yield Record(connection, policy)
    finally:
        database.close()
