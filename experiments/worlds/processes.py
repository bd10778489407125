"""Many runs, one after the other or two at a time, each in a process with one thread to learn."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from experiments.worlds.record import Run
from experiments.worlds.runs import Order, run
from features.contract.mistake import MistakeError
from training.progress import Progress

# Several threads wait for each other most of the time where other work takes the cores.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1"}


def run_all(orders: Sequence[Order], processes: int, progress: Progress) -> Iterator[Run]:
    """Yield runs as they end; the first that fails ends them all.

    Raises:
        MistakeError: A training refuses; the message names the world.
    """
    os.environ.update(_ENVIRONMENT)
    with (
        ProcessPoolExecutor(processes, get_context("spawn")) as pool,
        progress.bar("Training on worlds", len(orders)) as advance,
    ):
        try:
            for ended in as_completed([pool.submit(_run, order) for order in orders]):
                yield ended.result()
                advance(1)
        finally:
            pool.shutdown(cancel_futures=True)


def _run(order: Order) -> Run:
    try:
        return run(order)
    except MistakeError as mistake:
        raise MistakeError(f"{order.world}, seed {order.seed}: {mistake}") from None
