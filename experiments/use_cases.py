"""Is a model of its own worth it? A general model and one of the leads abroad, held against truth.

python -m experiments.use_cases --seeds 5 --page
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from rich.console import Console

from experiments.learning import learn
from experiments.page import RESULTS, write_section
from experiments.worlds.asking import answering
from experiments.worlds.figures import Figures, compare
from experiments.worlds.moments import Questions, at_end
from experiments.worlds.opposite import ABROAD, HOME, opposite
from experiments.worlds.world import World
from features.contract.mistake import MistakeError

GENERAL, OWN = "general", "own"

_SECTION = """\
## A model for a use case

Written by `python -m experiments.use_cases --seeds {seeds} --page`. In this world, two countries
behave in opposite ways; a quarter of 3,000 leads is abroad. The general model learns from all
leads, the other one by `[leads] where = {{ country = "{abroad}" }}` from those abroad alone. Both
are asked about the leads that are open at the end, and held against the true probabilities; figures
are means over seeds, with the lowest and highest.

{table}
"""


class Compared(NamedTuple):
    """What a model promised the leads of a country, against the truth."""

    country: str
    model: str
    figures: Figures


def compared(folder: Path, seed: int) -> list[Compared]:
    """Make the world of a seed in a folder, train both models, and ask them.

    Raises:
        MistakeError: A training refuses.
    """
    world = opposite(folder / "opposite", seed)
    project = world.folder / "project.toml"
    own = world.folder / "own.toml"
    where = f'[leads]\nwhere = {{ country = "{ABROAD}" }}\n'
    text = project.read_text(encoding="utf-8")
    own.write_text(f"{text}\n{where}", encoding="utf-8")
    found = []
    for name, file, countries in ((GENERAL, project, (HOME, ABROAD)), (OWN, own, (ABROAD,))):
        learn(file, folder / name, world.end)
        with answering(world, folder / name) as answers:
            for country in countries:
                asked = _open_in(world, country)
                lead_id = world.outcomes.lead_id[asked.lead].tolist()
                true = world.truth.probability(lead_id, asked.as_of, world.horizon)
                figures = compare(answers.promised(asked), true, world.past_rate)
                found.append(Compared(country, name, figures))
    return found


def _open_in(world: World, country: str) -> Questions:
    """Ask about the leads of a country that are open at the end."""
    asked = at_end(world)
    table = pq.read_table(world.folder / "leads.parquet")
    there = dict(zip(table["lead_id"].to_pylist(), table["country"].to_pylist(), strict=True))
    ids = world.outcomes.lead_id[asked.lead].tolist()
    wanted = np.array([there[lead_id] == country for lead_id in ids])
    return Questions(asked.lead[wanted], asked.as_of[wanted])


def table_of(runs: Sequence[Sequence[Compared]]) -> str:
    """Return runs as a table of Markdown."""
    heads = ["leads", "model", "AUC", "best possible", "promised / true", "mean error", "log loss"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return "\n".join([*lines, *_rows(runs)])


def _rows(runs: Sequence[Sequence[Compared]]) -> Iterator[str]:
    for same in zip(*runs, strict=True):
        first, figures = same[0], [one.figures for one in same]
        cells = [
            _range([f.auc for f in figures], 3),
            _range([f.best_auc for f in figures], 3),
            _range([f.ratio for f in figures], 2),
            _range([f.error for f in figures], 4),
            _range([f.log_loss for f in figures], 4),
        ]
        yield f"| {first.country} | {first.model} | " + " | ".join(cells) + " |"


def _range(values: Sequence[float], digits: int) -> str:
    mean, low, high = np.mean(values), min(values), max(values)
    return f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def main() -> None:
    """Run what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="counted from 1")
    parser.add_argument("--page", action="store_true", help="write them to docs/results.md")
    arguments = parser.parse_args()
    runs = []
    for seed in range(1, arguments.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(compared(Path(folder), seed))
    table = table_of(runs)
    Console().print(table, markup=False, highlight=False, soft_wrap=True)
    if arguments.page:
        text = _SECTION.format(seeds=arguments.seeds, abroad=ABROAD, table=table)
        write_section(RESULTS, "use-cases", text)


if __name__ == "__main__":
    try:
        main()
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
