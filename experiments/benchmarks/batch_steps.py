"""What each step takes of scoring the leads of a project; imports what the command does, not more.

Run by `experiments.benchmarks.batch_scoring` as
``python -m experiments.benchmarks.batch_steps PROJECT OUTPUT MODEL``.
"""

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console

from experiments.benchmarks.memory import peak_megabytes
from features.contract.clock import now
from serving.batch import history_scoring, score_file
from serving.batch.answers import Wording
from serving.scoring.strongest import Listing
from training.progress import Progress
from training.scores import basis

WHOLE, FOR_EACH = "all", "once read"
ONCE = {
    "fetch the model": (basis, "choose_basis"),
    "read the sources": (basis, "open_history"),
}
"""Functions that are called once, one after the other."""
IN_THREADS = {
    "answers and reasons": (history_scoring, "answers_of"),
    "lines of CSV": (score_file, "lines_of"),
    "write Parquet": (pq.ParquetWriter, "write_batch"),
}
"""Functions that are called for some leads at a time, and work in the thread that calls them."""
PROCESSORS = "of processors"


def score_here(project: Path, output: Path, model: str) -> dict[str, float]:
    """Score the leads of a project as the command does; return leads, megabytes, and seconds.

    Those of what is done once, of `FOR_EACH` and of `WHOLE` are of the clock on the wall; those of
    threads, of `PROCESSORS`, which is all that was done for each lead.
    """
    wording, quiet = Wording(Listing(up=5, down=5), "en"), Progress(Console(quiet=True))
    seconds = Seconds()
    for step, (owner, name) in ONCE.items():
        seconds.count(step, owner, name, time.perf_counter)
    for step, (owner, name) in IN_THREADS.items():
        seconds.count(step, owner, name, time.thread_time)
    started = time.perf_counter()
    cache = output.with_name("models")
    with basis.open_scoring(project, model, wording, quiet, cache=cache, now=now()) as scoring:
        read, worked = time.perf_counter(), time.process_time()
        scored = scoring.write(output, None, quiet)
        written = time.perf_counter()
        processors = time.process_time() - worked
    figures: dict[str, float] = {
        "leads": scored.leads,
        "megabytes": peak_megabytes(),
        WHOLE: time.perf_counter() - started,
        FOR_EACH: written - read,
        PROCESSORS: processors,
    }
    return figures | {step: seconds.by_step[step] for step in (*ONCE, *IN_THREADS)}


class Seconds:
    """Adds up what functions take, whichever threads call them.

    Attributes:
        by_step: Seconds of each step.
    """

    def __init__(self) -> None:
        """Start with none."""
        self.by_step: defaultdict[str, float] = defaultdict(float)
        self._one = threading.Lock()

    def count(self, step: str, owner: object, name: str, clock: Callable[[], float]) -> None:
        """Count what a function takes by a clock, from now on."""
        function = getattr(owner, name)

        @wraps(function)
        def counted(*args: Any, **options: Any) -> object:  # noqa: ANN401 - those of any function
            started = clock()
            try:
                return function(*args, **options)
            finally:
                took = clock() - started
                with self._one:
                    self.by_step[step] += took

        setattr(owner, name, counted)


if __name__ == "__main__":
    print(json.dumps(score_here(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
