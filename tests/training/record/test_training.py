"""A history told to the record trains as the same history in files; on both databases."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from experiments.simulator import Simulation, simulate
from features.contract.document import DocumentError
from features.contract.lead import moment
from serving.batch.answers import Wording
from serving.record.database.database import RecordError
from serving.scoring.strongest import Listing
from tests.training.record.telling import record_project, rows, tell
from training.learning.procedure import Procedure
from training.learning.refit import refit
from training.progress import Progress
from training.project.history import open_history
from training.project.project import Project, read_project
from training.project.timeline import StageError
from training.rows.dataset import Dataset, build_dataset
from training.scores.basis import choose_basis
from training.scores.project_scoring import ProjectScoring

QUIET = Progress(Console(quiet=True))
FIXED = """
[model]
season = false
by_age = false
half_life = 0.5
logistic_c = 0.1
tree_weight = 0.5
leaves = 4
rounds = 10
calibration = "none"
"""


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    simulation = simulate(tmp_path_factory.mktemp("market"), leads=150, seed=11)
    with simulation.project.open("a", encoding="utf-8") as project:
        project.write(FIXED)
    return simulation


@pytest.fixture(scope="module")
def filed(simulation: Simulation) -> Dataset:
    """Return what is learned from the files."""
    return dataset(read_project(simulation.project), simulation.folder)


@pytest.fixture(scope="module")
def told_url(simulation: Simulation, shared_url: str) -> str:
    """Return the address of a record that was told it all; no test may change it."""
    tell(shared_url, simulation)
    return shared_url


@pytest.fixture
def of_record(
    simulation: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Project]:
    """Return what makes the project whose source is the record of an address."""

    def project(url: str) -> Project:
        monkeypatch.setenv("LEADSCORE_DATABASE_URL", url)
        return read_project(record_project(simulation, tmp_path / "record.toml"))

    return project


@pytest.fixture
def told_project(told_url: str, of_record: Callable[[str], Project]) -> Project:
    return of_record(told_url)


@pytest.fixture
def project(record_url: str, of_record: Callable[[str], Project]) -> Project:
    return of_record(record_url)


def dataset(project: Project, folder: Path) -> Dataset:
    with open_history(project, folder, QUIET) as history:
        return build_dataset(project, folder, history, QUIET)


def test_the_record_trains_as_files_do(
    simulation: Simulation, told_project: Project, filed: Dataset
) -> None:
    told = dataset(told_project, simulation.folder)
    for left, right in (
        (told.learning, filed.learning),
        *((told.open_leads[cutoff], filed.open_leads[cutoff]) for cutoff in filed.open_leads),
    ):
        assert np.array_equal(told.lead_id[left.rows.lead], filed.lead_id[right.rows.lead])
        assert np.array_equal(left.rows.as_of, right.rows.as_of)
        assert np.array_equal(left.rows.label, right.rows.label)
        assert left.table.feature_set == right.table.feature_set
        assert np.array_equal(left.table.numbers, right.table.numbers, equal_nan=True)
        for field, texts in right.table.texts.items():
            assert left.table.texts[field].tolist() == texts.tolist()
    assert told.schedule.cutoffs == filed.schedule.cutoffs
    assert len(told.learning.rows) > 500 and told.learning.rows.converted >= 10
    models = [refit(one, Procedure(one, told_project.model)) for one in (told, filed)]
    assert len({model.learned.booster_text for model in models}) == 1
    assert models[0].learned.ensemble.linear.model == models[1].learned.ensemble.linear.model


def test_leads_of_the_record_are_scored_by_the_project(
    simulation: Simulation, told_project: Project, tmp_path: Path
) -> None:
    choice = choose_basis(told_project, tmp_path, "rules", tmp_path)
    with open_history(told_project, tmp_path, QUIET) as history:
        scoring = ProjectScoring(told_project, history, choice, Wording(Listing(), "en"))
        scored = scoring.write(tmp_path / "scores.csv", None, QUIET)
        newest = max(rows(simulation, "events"), key=lambda event: event["recorded_at"])
        assert moment(scored.as_of - 1).isoformat()[:19] == newest["recorded_at"][:19]
        assert scored.leads > 30
        assert scoring.answer("L0000001", None).lead_id == "L0000001"


def test_there_must_be_a_record(
    project: Project, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", empty_url)
    with pytest.raises(RecordError, match=r"there is no record|is not upgraded"):
        open_history(project, tmp_path, QUIET)
    monkeypatch.delenv("LEADSCORE_DATABASE_URL")
    with pytest.raises(RecordError, match="LEADSCORE_DATABASE_URL is not set; set it"):
        open_history(project, tmp_path, QUIET)
    assert not (tmp_path / "empty.db").exists()


def test_an_empty_record_holds_nothing_to_learn_from(project: Project, tmp_path: Path) -> None:
    with pytest.raises(StageError, match="holds no lead"):
        dataset(project, tmp_path)


def test_the_policy_decides_who_is_learned_from(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADSCORE_POLICY", str(tmp_path / "policy.toml"))
    with pytest.raises(DocumentError, match=r"policy\.toml: there is no such file"):
        open_history(project, tmp_path, QUIET)
