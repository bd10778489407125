"""A project about one group of leads: rows, features and past of these leads alone."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from features.contract.lead import micros
from features.history.history import END_OF_TIME
from tests.features.files import write
from tests.training.firm import write_firm
from training.progress import Progress
from training.project.history import open_history
from training.project.members import members_of
from training.project.project import read_project
from training.project.timeline import StageError
from training.rows.dataset import Dataset, Scene, build_dataset

QUIET = Progress(Console(quiet=True))
WHERE = '[leads]\nwhere = { industry = [" it ", "BAU"] }\n'
GROUP = {"IT", "Bau"}


def built(project_file: Path, added: str = "") -> Dataset:
    file = project_file.with_name("some.toml")
    file.write_text(project_file.read_text(encoding="utf-8") + added, encoding="utf-8")
    project = read_project(file)
    with open_history(project, file.parent, QUIET, END_OF_TIME) as history:
        return build_dataset(project, file.parent, history, QUIET)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a firm in which only leads of trade read the price list."""
    folder = tmp_path_factory.mktemp("firm")
    file = write_firm(folder, leads=200)
    leads = (folder / "leads.csv").read_text(encoding="utf-8").splitlines()[1:]
    trade = [line.split(",") for line in leads if line.endswith("Handel")]
    prices = [f"P{n},{lead},prices,{at},{at},1" for n, (lead, at, *_) in enumerate(trade)]
    with (folder / "events.csv").open("a", encoding="utf-8") as events:
        events.write("\n".join(prices) + "\n")
    return file


@pytest.fixture(scope="module")
def every(firm: Path) -> Dataset:
    return built(firm)


@pytest.fixture(scope="module")
def some(firm: Path) -> Dataset:
    return built(firm, WHERE)


def of_group(scene: Scene) -> Scene:
    industry = scene.table.texts["industry"].tolist()
    return scene.take(np.array([one in GROUP for one in industry]))


def same(found: Scene, expected: Scene) -> None:
    for name in ("lead", "as_of", "label", "group", "kind"):
        np.testing.assert_array_equal(getattr(found.rows, name), getattr(expected.rows, name))
    features = found.table.feature_set
    np.testing.assert_array_equal(found.table.numbers, expected.table.select(features).numbers)


def test_rows_are_those_of_the_group_and_see_what_they_always_saw(
    every: Dataset, some: Dataset
) -> None:
    same(some.learning, of_group(every.learning))
    assert 0 < len(some.learning.rows) < len(every.learning.rows)
    # Events of the account by other leads count, so the same features have the same values.
    features = some.learning.table.feature_set.features
    assert any(getattr(feature, "level", None) == "account" for feature in features)
    both = some.open_leads.keys() & every.open_leads.keys()
    for cutoff in both:
        same(some.open_leads[cutoff], of_group(every.open_leads[cutoff]))


def test_only_what_its_leads_do_becomes_a_feature(every: Dataset, some: Dataset) -> None:
    names = [
        {feature.name for feature in one.feature_set(one.schedule.end).features}
        for one in (every, some)
    ]
    assert [any("prices" in name for name in of_it) for of_it in names] == [True, False]


def test_the_report_says_so_first(some: Dataset, every: Dataset) -> None:
    leads = some.learning.rows.leads
    assert some.notes[0] == (
        f"Learned from leads with industry it or BAU alone, {leads} of 200; what other leads of an "
        "account did counts as done by the account."
    )
    assert not any("alone" in note for note in every.notes)
    assert some.learning.rows.over <= every.learning.rows.over


def test_a_group_without_rows_is_told_with_what_to_do(firm: Path) -> None:
    with pytest.raises(StageError, match="no lead with industry Bergbau has a row to learn from"):
        built(firm, '[leads]\nwhere = { industry = "Bergbau" }\n')


def test_a_lead_is_one_of_them_while_its_profile_says_so(tmp_path: Path) -> None:
    write(tmp_path, "leads.csv", ["id,created", "A,2026-01-01T00:00:00Z", "B,2026-01-01T00:00:00Z"])
    write(tmp_path, "known.csv", [
        "id,at,country,size", "A,2026-01-05T00:00:00Z,AT,5", "A,2026-01-09T00:00:00Z,DE,5",
        "B,2026-01-05T00:00:00Z,at,6",
    ])  # fmt: skip
    file = tmp_path / "project.toml"
    file.write_text("""
name = "firm"
[sources.leads]
path = "leads.csv"
columns = { lead_id = "id", created_at = "created" }
[[sources.profiles]]
path = "known.csv"
columns = { lead_id = "id", recorded_at = "at" }
fields = ["country", "size"]
[profile]
categorical = ["country"]
numeric = ["size"]
[leads]
where = { country = "AT", size = [5, 7] }
""", encoding="utf-8")  # fmt: skip
    project = read_project(file)
    with open_history(project, tmp_path, QUIET, END_OF_TIME) as history:
        inside = members_of(project, history)
        codes = {lead: code for code, lead in enumerate(history.leads().lead_id)}
        asked = [("A", 4), ("A", 5), ("A", 8), ("A", 9), ("B", 5)]
        lead = np.array([codes[lead_id] for lead_id, _ in asked])
        as_of = np.array([micros(datetime(2026, 1, day, tzinfo=UTC), "") for _, day in asked])
        assert inside(lead, as_of).tolist() == [False, True, True, False, False]
        assert inside(lead[:0], as_of[:0]).tolist() == []


def test_rows_of_a_flat_file_are_those_of_the_group(tmp_path: Path) -> None:
    answers = ["yes", "no", "no", ""] * 20
    lines = [f"{'AT' if n % 2 else 'DE'},{answer}" for n, answer in enumerate(answers)]
    write(tmp_path, "leads.csv", ["country,bought", *lines])
    file = tmp_path / "project.toml"
    file.write_text(
        'name = "flat"\n[sources.leads]\npath = "leads.csv"\n[profile]\ncategorical = ["country"]\n'
        '[flat]\nlabel = "bought"\npositive = "yes"\n[features]\nadd = []\n',
        encoding="utf-8",
    )
    dataset = built(file, '[leads]\nwhere = { country = "de" }\n')
    # Of four leads, the first and the third are there; both of them have an outcome.
    assert (len(dataset.learning.rows), dataset.learning.rows.label.sum()) == (40, 20)
    assert dataset.learning.rows.immature == 0
    assert built(file, '[leads]\nwhere = { country = "AT" }\n').learning.rows.immature == 20
