"""Where two countries behave in opposite ways, a model of its own is worth it."""

from pathlib import Path

import pytest

from experiments.use_cases import GENERAL, OWN, Compared, compared, table_of
from experiments.worlds.opposite import ABROAD, HOME


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Compared]:
    folder: Path = tmp_path_factory.mktemp("opposite")
    return compared(folder, 1)


def test_a_model_of_its_own_is_closer_to_the_truth(found: list[Compared]) -> None:
    home, general, own = found
    asked = [(one.country, one.model) for one in found]
    assert asked == [(HOME, GENERAL), (ABROAD, GENERAL), (ABROAD, OWN)]
    assert general.figures.questions == own.figures.questions < home.figures.questions
    # The general model ranks its leads no better than chance does.
    assert general.figures.auc < 0.55
    assert own.figures.auc > general.figures.auc + 0.1
    assert own.figures.log_loss < general.figures.log_loss
    assert own.figures.error < general.figures.error
    assert own.figures.ratio == pytest.approx(1.0, abs=0.25)


def test_the_table_has_a_line_for_each_with_its_range(found: list[Compared]) -> None:
    _, _, *lines = table_of([found, found]).splitlines()
    assert [line.split(" | ")[:2] for line in lines] == [
        ["| DE", "general"], ["| AT", "general"], ["| AT", "own"],
    ]  # fmt: skip
    auc = f"{found[-1].figures.auc:.3f}"
    assert f"{auc} ({auc} to {auc})" in lines[-1]
