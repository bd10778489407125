"""What the tests of several pages share."""

import os
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT
from tests.e2e.command import COMMAND, ENVIRONMENT


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Give variables by which a shell finds the command, and a record in the test's folder."""
    leadscore = tmp_path / "leadscore"
    leadscore.write_text(f'#!/bin/sh\nexec "{COMMAND[0]}" -m leadscore "$@"\n')
    leadscore.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    record = {"LEADSCORE_DATABASE_URL": f"sqlite:///{tmp_path / 'leadscore.db'}"}
    return {**ENVIRONMENT, **record, "PATH": path, "PYTHONPATH": str(ROOT)}
