"""What the tests of several pages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT
from tests.docs.program import installed
from tests.e2e.command import ENVIRONMENT


@pytest.fixture(scope="session")
def search_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return a path to search on which a shell finds the command."""
    with installed(tmp_path_factory.mktemp("programs")) as path:
        yield path


@pytest.fixture
def environment(tmp_path: Path, search_path: str) -> dict[str, str]:
    """Give variables by which a shell finds the command, and a record in the test's folder."""
    record = {"LEADSCORE_DATABASE_URL": f"sqlite:///{tmp_path / 'leadscore.db'}"}
    return {**ENVIRONMENT, **record, "PATH": search_path, "PYTHONPATH": str(ROOT)}
