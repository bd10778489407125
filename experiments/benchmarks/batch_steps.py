"""What each step takes of scoring the leads of a project; imports what the command does, not more.

Run by `experiments.benchmarks.batch_scoring` as
``python -m experiments.benchmarks.batch_steps PROJECT OUTPUT MODEL``.
"""

import cProfile
import json
import pstats
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console

from features.contract.clock import now
from features.local import LocalFeatures
from serving.batch.answers import Wording, answers_of, tell
from serving.batch.csv_lines import lines_of
from serving.scoring.answer import Listing
from training.progress import Progress
from training.project.history import open_history
from training.scores.basis import choose_basis, open_scoring

WHOLE = "all"
ONCE: dict[str, tuple[Callable[..., object], ...]] = {
    "fetch the model": (choose_basis,),
    "read the sources": (open_history,),
}
FOR_EACH: dict[str, tuple[Callable[..., object], ...]] = {
    "compute features": (LocalFeatures.partitions,),
    "score and explain": (tell,),
    "answers and reasons": (answers_of,),
    "write": (pq.ParquetWriter.write_batch, lines_of),
}


def score_here(project: Path, output: Path, model: str) -> dict[str, float]:
    """Score the leads of a project as the command does; return leads, megabytes, and seconds.

    Those of processors say what it would take on one core.
    """
    wording, quiet = Wording(Listing(up=5, down=5), "en"), Progress(Console(quiet=True))
    with cProfile.Profile() as profile:
        started = time.perf_counter()
        cache = output.with_name("models")
        with open_scoring(project, model, wording, quiet, cache=cache, now=now()) as scoring:
            scored = scoring.write(output, None, quiet)
        figures: dict[str, float] = {WHOLE: time.perf_counter() - started}
    calls: dict[Any, Any] = vars(pstats.Stats(profile))["stats"]
    for step, functions in (ONCE | FOR_EACH).items():
        keys = [_key(function.__code__) for function in functions]
        figures[step] = sum(calls[key][3] for key in keys if key in calls)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures["processors"] = time.process_time()
    return figures | {"leads": scored.leads, "megabytes": kilobytes / 1024}


def _key(code: CodeType) -> tuple[str, int, str]:
    return code.co_filename, code.co_firstlineno, code.co_name


if __name__ == "__main__":
    print(json.dumps(score_here(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
