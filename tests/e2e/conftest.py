"""A trained project that tests of this room look at, and what runs a command that fails.

It trains once for all tests of a file.
"""

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import leadscore
from tests.e2e.command import said
from tests.training.firm import write_firm

Mistake = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ran.

    Attributes:
        folder: Where.
        output: What it printed.
    """

    folder: Path
    output: str


@dataclass(frozen=True, slots=True)
class Scored:
    """Leads that were scored.

    Attributes:
        rows: The file, read back.
        output: What the command printed.
    """

    rows: list[dict[str, Any]]
    output: str


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a firm's project, trained twice, and what the second training printed."""
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder, leads=300)
    said(folder, "train", "project.toml")
    return Ran(folder, said(folder, "train", "project.toml"))


@pytest.fixture(scope="session")
def scored(trained: Ran) -> Scored:
    """Return the scores of the firm's leads by its champion; its copy is kept from now on."""
    output = said(trained.folder, "score", "project.toml", "scores.parquet")
    return Scored(pq.read_table(trained.folder / "scores.parquet").to_pylist(), output)


@pytest.fixture
def mistake(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Mistake:
    """Return what runs a command inside this process and gives the sentence it ends with.

    The interpreter prints such a sentence to standard error and exits with 1.
    """

    def run(folder: Path, *arguments: str) -> str:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["leadscore", *arguments])
        # The libraries that a command imports only when called warn of themselves.
        with warnings.catch_warnings(action="ignore"), pytest.raises(SystemExit) as caught:
            leadscore.main()
        assert capsys.readouterr().out == ""
        sentence = caught.value.code
        assert isinstance(sentence, str)
        return sentence

    return run
