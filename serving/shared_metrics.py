"""Metrics of several processes, counted together."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryDirectory

from prometheus_client.multiprocess import mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable that names the folder; the library reads it when it is imported."""


@contextmanager
def shared_metrics() -> Iterator[Callable[[int], None]]:
    """Let processes that are started meanwhile count together.

    A folder that the variable names already is used as it is, since others may count in it, too.

    Yields:
        What is to be told the id of each process that has ended: what was under way in it is no
        more. What it has counted stays.
    """
    if folder := os.environ.get(FOLDER):
        yield partial(mark_process_dead, path=folder)
        return
    with TemporaryDirectory(prefix="leadscore-metrics-") as fresh:
        os.environ[FOLDER] = fresh
        try:
            yield partial(mark_process_dead, path=fresh)
        finally:
            del os.environ[FOLDER]
