"""Train on worlds of known truth, and hold what is promised against what is true.

python -m experiments.worlds --seeds 20 --out worlds.json
"""

import argparse
import sys
from pathlib import Path

from pydantic import TypeAdapter
from rich.console import Console

from experiments.page import RESULTS, write_section
from experiments.worlds.catalogue import WORLDS
from experiments.worlds.processes import run_all
from experiments.worlds.record import Run
from experiments.worlds.report import report
from experiments.worlds.runs import Order
from features.contract.mistake import MistakeError
from training.progress import Progress

_RUNS = TypeAdapter(list[Run])

_SECTION = """\
## Worlds of known truth

Written by `python -m experiments.worlds --seeds {seeds} --page`. Each world is made by chance, and
the true probability of every lead is known in closed form, so that no luck of outcomes is in these
figures: the product trains on the history as a user would, and what it promises to the open leads
is held against the truth. Ratios are of sums of probabilities; lowest and highest are of seeds. The
past rate is the share of open leads that converted within a horizon, over all of the past.

{table}
"""
_BESIDE = "### Before\n\nThe same with an earlier version.\n\n"


def main() -> None:
    """Run what is asked for, and print the tables."""
    arguments = _arguments()
    done = _read(arguments.out) if arguments.out and arguments.out.is_file() else []
    known = {(each.world, each.seed) for each in done}
    orders = [
        Order(world, seed, arguments.demo_leads)
        for seed in range(1, arguments.seeds + 1)
        for world in arguments.worlds
        if (world, seed) not in known
    ]
    for each in run_all(orders, arguments.processes, Progress()):
        done.append(each)
        if arguments.out:
            arguments.out.write_bytes(_RUNS.dump_json(done, indent=1))
    table = report(done)
    if arguments.beside:
        table += f"\n\n{_BESIDE}{report(_read(arguments.beside))}"
    Console().print(table, markup=False, highlight=False, soft_wrap=True)
    if arguments.page:
        write_section(RESULTS, "worlds", _SECTION.format(seeds=arguments.seeds, table=table))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=_worlds, default=list(WORLDS), help="names, by commas")
    parser.add_argument("--seeds", type=int, default=20, help="of each world, counted from 1")
    parser.add_argument("--demo-leads", type=int, default=20_000, help="leads of the demo")
    parser.add_argument("--processes", type=int, choices=(1, 2), default=1)
    parser.add_argument("--out", type=Path, help="JSON; what is in it already is not run again")
    parser.add_argument("--beside", type=Path, help="JSON of an earlier version to show, too")
    parser.add_argument("--page", action="store_true", help="write them to docs/results.md")
    return parser.parse_args()


def _worlds(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in WORLDS:
            raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(WORLDS)}")
    return names


def _read(path: Path) -> list[Run]:
    return _RUNS.validate_json(path.read_bytes())


if __name__ == "__main__":
    try:
        main()
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
