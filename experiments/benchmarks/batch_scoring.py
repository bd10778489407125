"""`leadscore score` of many leads with five reasons: each step, leads a second, memory, growth.

Each run is a process of its own, so that its peak memory is its own. "Once read" counts what is
done for every lead: features, scores, reasons, and the file.

    python -m experiments.benchmarks.batch_scoring --leads 100000 1000000 --suffix parquet csv
"""

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import pyarrow.parquet as pq
from rich.console import Console

from experiments.simulator import simulate
from features.contract.clock import now
from features.local import LocalFeatures
from serving.batch.answers import Wording, answers_of, tell
from serving.batch.csv_lines import lines_of
from serving.scoring.answer import Listing
from training.pipeline import train
from training.progress import Progress
from training.project.history import open_history
from training.scores.basis import choose_basis, open_scoring

_TRAINED_ON = 10_000
_START = "start"
_ONCE: dict[str, tuple[Callable[..., object], ...]] = {
    "fetch the model": (choose_basis,),
    "read the sources": (open_history,),
}
_FOR_EACH: dict[str, tuple[Callable[..., object], ...]] = {
    "compute features": (LocalFeatures.partitions,),
    "score and explain": (tell,),
    "answers and reasons": (answers_of,),
    "write": (pq.ParquetWriter.write_batch, lines_of),
}


class Figures(NamedTuple):
    """What a run took.

    Attributes:
        leads: How many were scored.
        seconds: By step, and of all of it.
        megabytes: Peak memory.
    """

    leads: int
    seconds: dict[str, float]
    megabytes: float


def measure(model: Path, project: Path, suffix: str) -> Figures:
    """Score the leads of a project in a new process."""
    output = project.with_name(f"scores.{suffix}")
    command = [sys.executable, "-m", "experiments.benchmarks.batch_scoring", "--step"]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, str(project), str(output), str(model)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    took = time.perf_counter() - started
    told = Figures(**json.loads(done.stdout.splitlines()[-1]))
    inside = told.seconds.pop("all")
    return told._replace(seconds={_START: took - inside} | told.seconds | {"all": took})


def score_here(project: Path, output: Path, model: str) -> Figures:
    """Score the leads of a project as the command does, and return what each step took."""
    wording, quiet = Wording(Listing(up=5, down=5), "en"), Progress(Console(quiet=True))
    with cProfile.Profile() as profile:
        started = time.perf_counter()
        cache = output.with_name("models")
        with open_scoring(project, model, wording, quiet, cache=cache, now=now()) as scoring:
            scored = scoring.write(output, None, quiet)
        seconds = {"all": time.perf_counter() - started}
    calls: dict[Any, Any] = vars(pstats.Stats(profile))["stats"]
    for step, functions in (_ONCE | _FOR_EACH).items():
        keys = [_key(function.__code__) for function in functions]
        seconds[step] = sum(calls[key][3] for key in keys if key in calls)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Figures(scored.leads, seconds, kilobytes / 1024)


def _key(code: CodeType) -> tuple[str, int, str]:
    return code.co_filename, code.co_firstlineno, code.co_name


def _show(leads: int, suffix: str, figures: Figures) -> None:
    whole = figures.seconds.pop("all")
    each = sum(figures.seconds[step] for step in _FOR_EACH)
    print(
        f"{leads:,} leads in the sources: {figures.leads:,} open ones scored into {suffix} in "
        f"{whole:.1f} s, {figures.leads / whole:,.0f} a second, once read "
        f"{figures.leads / each:,.0f} a second; peak {figures.megabytes:,.0f} MB"
    )
    rest = whole - sum(figures.seconds.values())
    for step, seconds in (figures.seconds | {"the rest": rest}).items():
        print(f"{step:>26}: {seconds:6.2f} s, {seconds / whole:4.0%}")


def main() -> int:
    """Print the figures of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--suffix", nargs="+", default=["parquet", "csv"])
    parser.add_argument("--step", nargs=3, metavar=("PROJECT", "OUTPUT", "MODEL"))
    options = parser.parse_args()
    if options.step is not None:
        project, output, model = options.step
        print(json.dumps(score_here(Path(project), Path(output), model)._asdict()))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        history = simulate(folder / "trained", leads=_TRAINED_ON)
        training = train(history.project, Progress(Console(quiet=True)), now=now())
        training.shipped.save(folder / "model")
        for leads in options.leads:
            project = simulate(folder / str(leads), leads=leads, seed=11).project
            for suffix in options.suffix:
                _show(leads, suffix, measure(folder / "model", project, suffix))
    return 0


if __name__ == "__main__":
    sys.exit(main())
