"""`leadscore score` of many leads with reasons: leads a second, memory, and how both grow.

python -m experiments.benchmarks.batch_scoring --leads 100000 1000000
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
from rich.console import Console

from experiments.simulator import simulate
from features.contract.clock import now
from training.pipeline import train
from training.progress import Progress

_TRAINED_ON = 10_000


def score(model: str, folder: Path, leads: int) -> tuple[int, float, float]:
    """Simulate and score leads; return how many were open, seconds, and peak megabytes."""
    simulation = simulate(folder, leads=leads, seed=11)
    output = folder / "scores.parquet"
    command = [sys.executable, "-m", "leadscore", "score", str(simulation.project), str(output)]
    command += ["--model", model]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    # The largest child so far; sizes are given in ascending order.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return pq.read_metadata(output).num_rows, seconds, peak


def main() -> int:
    """Print the figures of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=[100_000, 1_000_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        history = simulate(folder / "trained", leads=_TRAINED_ON)
        training = train(history.project, Progress(Console(quiet=True)), now=now())
        training.shipped.save(folder / "model")
        for leads in sorted(options.leads):
            scored, seconds, peak = score(str(folder / "model"), folder / str(leads), leads)
            print(
                f"{leads:>10,} leads in the sources: {scored:>9,} open ones scored in "
                f"{seconds:6.1f} s, {scored / seconds:6.0f} a second, peak {peak:5.0f} MB"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
