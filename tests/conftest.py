"""What tests of several rooms share."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from serving.record.database import Database
from serving.record.upgrade import upgrade
from tests.postgres import new_database, running_postgres
from tests.registry import Registry, make_registry

_numbers = count(1)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Return an MLflow with two versions of a small model; no test may change it."""
    return make_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def own_registry(registry: Registry, tmp_path: Path) -> str:
    """Return the address of a copy of the registry that a test may change."""
    shutil.copy(registry.tracking_uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a PostgreSQL."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a new, empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    return new_database(request.getfixturevalue("postgres"), f"record{next(_numbers)}")


@pytest.fixture
def database(record_url: str) -> Iterator[Database]:
    """Return an empty record of either kind."""
    database = Database(record_url)
    upgrade(database)
    yield database
    database.close()
