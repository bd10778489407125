"""One demo and one trained project that all of this room's tests look at."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.command import free_port, said
from tests.training.firm import write_firm


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ran.

    Attributes:
        folder: Where.
        output: What it printed.
    """

    folder: Path
    output: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a small demo; the port is free again afterwards."""
    folder = tmp_path_factory.mktemp("demo")
    port = str(free_port())
    return Ran(folder, said(folder, "demo", "--no-serve", "--leads", "4000", "--port", port))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a firm's project, trained twice, and what the second training printed."""
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder, leads=400)
    said(folder, "train", "project.toml")
    return Ran(folder, said(folder, "train", "project.toml"))
