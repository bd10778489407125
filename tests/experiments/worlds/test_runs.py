"""The whole way: make a world, train, ask, and hold against the truth."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pydantic import TypeAdapter

from experiments.worlds.asking import TrainedWorld, answering
from experiments.worlds.figures import compare
from experiments.worlds.moments import at_end
from experiments.worlds.record import END, Run
from experiments.worlds.report import report
from experiments.worlds.seasonal import seasonal
from experiments.worlds.world import World
from tests.e2e.command import said


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = seasonal(tmp_path_factory.mktemp("world") / "seasonal", 1)
    said(world.folder, "train", "project.toml")
    return world


@pytest.fixture(scope="module")
def answers(world: World) -> Iterator[TrainedWorld]:
    [manifest] = world.folder.rglob("mlartifacts/**/manifest.json")
    with answering(world, manifest.parent) as answers:
        yield answers


def test_promised_is_what_the_front_door_scores(
    world: World, answers: TrainedWorld, tmp_path: Path
) -> None:
    scores = tmp_path / "scores.parquet"
    said(world.folder, "score", "project.toml", str(scores), "--as-of", "2026-06-30")
    table = pq.read_table(scores)
    scored = dict(zip(table["lead_id"].to_pylist(), table["probability"].to_pylist(), strict=True))
    questions = at_end(world)
    asked = world.outcomes.lead_id[questions.lead].tolist()
    assert scored.keys() == set(asked)
    expected = [scored[lead] for lead in asked]
    assert answers.promised(questions) == pytest.approx(expected, abs=1e-9)

    strongest = [
        max(abs(reason["contribution"]) for reason in reasons)
        for reasons in table["reasons"].to_pylist()
    ]
    assert answers.strongest_reason(questions) == pytest.approx(np.exp(np.median(strongest)))


def test_what_is_in_the_file_is_shown_and_not_run_again(tmp_path: Path) -> None:
    out = tmp_path / "worlds.json"
    true = np.array([0.1, 0.3])
    run = Run("ageing", 1, 1.0, {END: compare(2 * true, true, constant=0.2)}, None)
    written = TypeAdapter(list[Run]).dump_json([run])
    out.write_bytes(written)
    asked = ["--worlds", "ageing", "--seeds", "1", "--out", str(out), "--beside", str(out)]
    # Training imports what warns, and warnings are errors in tests.
    command = [sys.executable, "-m", "experiments.worlds", *asked]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200).stdout
    assert shown.startswith(report([run]))
    assert shown.count(report([run])) == 2
    assert out.read_bytes() == written
