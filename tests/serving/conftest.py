"""An empty record of either kind."""

from collections.abc import Iterator

import pytest

from serving.record.database import Database
from serving.record.upgrade import upgrade


@pytest.fixture
def database(record_url: str) -> Iterator[Database]:
    database = Database(record_url)
    upgrade(database)
    yield database
    database.close()
