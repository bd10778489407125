"""`leadscore score` of many leads with five reasons: each step, leads a second, memory, growth.

Each run is a process of its own. "Once read" is the time from the history at hand to the file:
features, scores, reasons and writing; answers are worded by threads beside the rest. Seconds of
processors say what each step of it would take on one core.

    python -m experiments.benchmarks.batch_scoring --leads 100000 1000000 --suffix parquet csv
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from experiments.benchmarks.batch_steps import FOR_EACH, IN_THREADS, ONCE, PROCESSORS, WHOLE
from experiments.simulator import simulate
from features.contract.clock import now
from training.pipeline import train
from training.progress import Progress

_TRAINED_ON = 10_000


def measure(model: Path, project: Path, suffix: str) -> dict[str, float]:
    """Score the leads of a project in a new process; return leads, megabytes, and seconds."""
    command = [sys.executable, "-m", "experiments.benchmarks.batch_steps"]
    command += [str(project), str(project.with_name(f"scores.{suffix}")), str(model)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    took = time.perf_counter() - started
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told | {"start": took - told[WHOLE], WHOLE: took}


def show(leads: int, suffix: str, figures: dict[str, float]) -> None:
    """Print what a run took."""
    scored, whole, each = figures["leads"], figures[WHOLE], figures[FOR_EACH]
    print(
        f"{leads:,} leads in the sources: {scored:,.0f} open ones scored into {suffix} in "
        f"{whole:.1f} s, once read {scored / each:,.0f} a second; "
        f"peak {figures['megabytes']:,.0f} MB"
    )
    steps = {step: figures[step] for step in ("start", *ONCE, FOR_EACH)}
    for step, seconds in (steps | {"the rest": whole - sum(steps.values())}).items():
        print(f"{step:>26}: {seconds:6.2f} s, {seconds / whole:4.0%}")
    processors = figures[PROCESSORS]
    print(f"{FOR_EACH}, {processors:.2f} s of processors, {scored / processors:,.0f} leads in each")
    steps = {step: figures[step] for step in IN_THREADS if figures[step]}
    others = {"features, scores, the rest": processors - sum(steps.values())}
    for step, seconds in (others | steps).items():
        print(f"{step:>26}: {seconds:6.2f} s, {seconds / processors:4.0%}")


def main() -> int:
    """Print the figures of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--suffix", nargs="+", default=["parquet", "csv"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        history = simulate(folder / "trained", leads=_TRAINED_ON)
        training = train(history.project, Progress(Console(quiet=True)), now=now())
        training.shipped.save(folder / "model")
        for leads in options.leads:
            project = simulate(folder / str(leads), leads=leads, seed=11).project
            for suffix in options.suffix:
                show(leads, suffix, measure(folder / "model", project, suffix))
    return 0


if __name__ == "__main__":
    sys.exit(main())
