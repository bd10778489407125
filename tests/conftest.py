"""What tests of several rooms share."""

import shutil
from pathlib import Path

import pytest

from tests.registry import Registry, make_registry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Return an MLflow with two versions of a small model; no test may change it."""
    return make_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def own_registry(registry: Registry, tmp_path: Path) -> str:
    """Return the address of a copy of the registry that a test may change."""
    shutil.copy(registry.tracking_uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path / 'mlflow.db'}"
