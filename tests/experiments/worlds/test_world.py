import filecmp
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from experiments.worlds.catalogue import WORLDS
from experiments.worlds.daily import NEVER
from experiments.worlds.demo import demo
from experiments.worlds.leads import LEADS
from experiments.worlds.moments import after_events, age_of, at_end, at_random
from experiments.worlds.opposite import opposite
from experiments.worlds.truth import END, HORIZON
from experiments.worlds.world import Outcomes, World
from features.contract.duration import DAY_US
from training.progress import Progress
from training.project.history import open_history
from training.project.project import read_project
from training.project.timeline import open_for

Make = Callable[[Path, int], World]


def small_demo(folder: Path, seed: int) -> World:
    return demo(folder, seed, leads=800)


MAKE: dict[str, Make] = {**WORLDS, "demo": small_demo, "opposite": opposite}


@pytest.fixture(scope="module", params=list(MAKE))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return MAKE[request.param](tmp_path_factory.mktemp("world") / request.param, 3)


def test_the_leads_open_at_the_end_are_those_that_would_be_scored(world: World) -> None:
    path = world.folder / "project.toml"
    project = read_project(path)
    assert project.stages is not None
    assert project.rows is not None
    assert project.rows.horizon == world.horizon == HORIZON
    with open_history(project, path.parent, Progress(Console(quiet=True)), world.end) as history:
        scored = open_for(history, project.stages, None, world.end) >= 0
        ids = history.leads().lead_id[scored]
    lead = at_end(world).lead
    assert sorted(ids.tolist()) == sorted(world.outcomes.lead_id[lead].tolist())
    assert 0.1 < len(lead) / len(world.outcomes.lead_id) < 0.9


def test_nothing_in_the_files_is_later_than_the_end_or_after_a_lead_converted(
    world: World,
) -> None:
    stages = pq.read_table(world.folder / "stages.parquet")["at"].cast(pa.int64()).to_numpy()
    assert stages.max() <= END
    assert world.outcomes.created.max() <= END
    assert (world.outcomes.created < world.outcomes.ended).all()
    if not (world.folder / "events.parquet").is_file():
        return
    events = pq.read_table(world.folder / "events.parquet")
    position = {lead: n for n, lead in enumerate(world.outcomes.lead_id.tolist())}
    lead = np.array([position[each] for each in events["lead_id"].to_pylist()])
    occurred = events["occurred_at"].cast(pa.int64()).to_numpy()
    assert (world.outcomes.created[lead] <= occurred).all()
    assert (occurred < np.minimum(world.outcomes.ended[lead], END)).all()


@pytest.mark.parametrize("name", [name for name in MAKE if name != "demo"])
def test_a_seed_makes_one_world(name: str, tmp_path: Path) -> None:
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        MAKE[name](tmp_path / folder / name, seed)
    for file in (tmp_path / "a" / name).iterdir():
        again, other = (tmp_path / folder / name / file.name for folder in "bc")
        assert filecmp.cmp(file, again, shallow=False)
        assert filecmp.cmp(file, other, shallow=False) == (file.name == "project.toml")


def test_questions_are_about_open_leads(world: World) -> None:
    asked = [at_end(world), at_random(world, np.random.default_rng(1))]
    if (world.folder / "events.parquet").is_file():
        asked.append(after_events(world))
        assert len(asked[-1].lead) > 100
    assert len(asked[0].lead) > 100
    # Leads of the constant world come in over its first 500 days only.
    assert (len(asked[1].lead) > 1_000) == (world.folder.name != "constant")
    for questions in asked:
        assert (age_of(world, questions) >= 0).all()
        assert (questions.as_of < world.outcomes.ended[questions.lead]).all()
        assert (questions.as_of <= END).all()
    for questions in asked[1:]:
        assert (age_of(world, questions) < 90).all()
        assert (questions.as_of >= END - 90 * DAY_US).all()


def test_accounts_have_several_leads_that_convert_together(tmp_path: Path) -> None:
    world = WORLDS["accounts"](tmp_path / "accounts", 3)
    account = np.array(pq.read_table(world.folder / "leads.parquet")["account_id"].to_pylist())
    _, member, sizes = np.unique(account, return_inverse=True, return_counts=True)
    assert 1 == sizes.min() < sizes.max() <= 6
    won = world.outcomes.ended <= END
    mates = np.bincount(member, won)[member] - won
    several = sizes[member] > 1
    share = mates[several] / (sizes[member][several] - 1)
    assert share[won[several]].mean() > 1.1 * share[~won[several]].mean()


def test_the_past_rate_looks_at_every_lead_once_a_horizon() -> None:
    def day(*days: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return END + (np.array(days) * DAY_US).astype(np.int64)

    outcomes = Outcomes(
        lead_id=np.array(["a", "b", "c", "d"], dtype=object),
        # Open 60 and 30 days before: a. 60 days before: b, c. Converted later: b, at the border.
        created=day(-70, -61, -60, -5),
        ended=np.array([NEVER, *day(-30, -40, 3)]),
        converted=np.array([False, True, False, True]),
    )
    world = World(Path(), END, HORIZON, outcomes, truth=None)  # type: ignore[arg-type]
    assert world.past_rate == 1 / 4


def test_the_past_rate_of_a_constant_hazard_is_its_probability(tmp_path: Path) -> None:
    world = WORLDS["constant"](tmp_path / "constant", 1)
    assert len(world.outcomes.lead_id) == LEADS
    assert world.past_rate == pytest.approx(1 - np.exp(-0.03), rel=0.1)
